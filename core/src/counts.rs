//! What is alive in a run, so that a leak can be seen.

use std::sync::atomic::{
    AtomicUsize,
    Ordering::{Relaxed, SeqCst},
};

/// How many tasks, timers and holds of the facade are alive in one run.
#[derive(Debug, Default)]
pub struct Counts {
    /// Tasks that were spawned and whose future has not been dropped.
    pub tasks: Count,
    /// Timers that the backend made and that have not been dropped.
    pub timers: Count,
    /// Holds placed and not released.
    pub holds: Count,
    /// Worker-thread jobs that were handed to the backend and have neither run nor been withdrawn.
    pub jobs: Count,
}

/// One number that goes up and down.
#[derive(Debug, Default)]
pub struct Count(AtomicUsize);

impl Count {
    /// One more.
    #[inline]
    pub fn up(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    /// One less; returns how many are left.
    #[inline]
    pub fn down(&self) -> usize {
        self.0.fetch_sub(1, SeqCst) - 1
    }

    /// How many there are.
    pub fn now(&self) -> usize {
        self.0.load(SeqCst)
    }
}
