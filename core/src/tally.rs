//! How many are at work, and a wait until nobody is: for backends whose shutdown waits for jobs.
//!
//! ```
//! use anyrt_core::tally::Tally;
//!
//! let jobs = Tally::default();
//! let ticket = jobs.begin().expect("nothing is closed yet");
//! jobs.close();
//! assert!(jobs.begin().is_none() && ticket.is_closed());
//! drop(ticket);
//! assert!(jobs.wait(None));
//! ```

use std::{
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

/// The lowest bit says that nobody may begin any more; the others count.
const CLOSED: usize = 1;
const ONE: usize = 2;

/// Counts what is at work, refuses newcomers once closed, and waits for the rest.
#[derive(Clone, Debug, Default)]
pub struct Tally(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    state: AtomicUsize,
    lock: Mutex<()>,
    idle: Condvar,
}

/// One that is at work, until this is dropped.
#[derive(Debug)]
pub struct Ticket(Tally);

impl Tally {
    /// Counts one more; `None` once closed.
    pub fn begin(&self) -> Option<Ticket> {
        let before = self.0.state.fetch_add(ONE, Ordering::AcqRel);
        let ticket = Ticket(self.clone());
        (before & CLOSED == 0).then_some(ticket)
    }

    /// Lets nobody begin any more.
    pub fn close(&self) {
        self.0.state.fetch_or(CLOSED, Ordering::AcqRel);
    }

    /// Waits until nobody is at work, or `until`; `None` waits for ever. True if nobody is.
    ///
    /// Only after [`close`](Tally::close): until then nobody is told.
    pub fn wait(&self, until: Option<Instant>) -> bool {
        let inner = &*self.0;
        let mut lock = inner.lock.lock().unwrap_or_else(PoisonError::into_inner);
        while inner.state.load(Ordering::Acquire) >= ONE {
            lock = match until {
                None => inner
                    .idle
                    .wait(lock)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return false;
                    }
                    inner
                        .idle
                        .wait_timeout(lock, left)
                        .unwrap_or_else(PoisonError::into_inner)
                        .0
                }
            };
        }
        true
    }
}

impl Ticket {
    /// Whether the tally was closed since this one began.
    pub fn is_closed(&self) -> bool {
        self.0.0.state.load(Ordering::Acquire) & CLOSED != 0
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let inner = &*self.0.0;
        let before = inner.state.fetch_sub(ONE, Ordering::AcqRel);
        if before == ONE | CLOSED {
            // Whoever looked before this holds the lock until it waits.
            drop(inner.lock.lock());
            inner.idle.notify_all();
        }
    }
}
