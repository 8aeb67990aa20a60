//! A run on async-std's global runtime.

use std::{
    future::Future,
    pin::Pin,
    time::{Duration, Instant},
};

use anyrt_core::Launch;
use anyrt_core::tally::Tally;

use crate::{AsyncStd, ambient};

/// One run on async-std; its end waits for the run's blocking jobs, and leaves async-std as it was.
#[derive(Debug, Default)]
pub struct AsyncStdRuntime {
    jobs: Tally,
}

impl AsyncStdRuntime {
    /// A run on the runtime that the whole process shares.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Launch for AsyncStdRuntime {
    type Backend = AsyncStd;

    fn backend(&self) -> AsyncStd {
        AsyncStd::owned(self.jobs.clone())
    }

    /// Polls `main` alone: tasks run on async-std's own threads.
    ///
    /// Not by `async_std::task::block_on`: where that has once unwound, it runs no local tasks any more.
    fn block_on(&self, main: Pin<&mut (dyn Future<Output = ()> + '_)>) {
        ambient::blocked_on(|| async_io::block_on(main));
    }

    /// Nothing ends but this value: tasks that are left go on, and so do jobs after `grace`.
    fn shutdown(self, grace: Duration) -> bool {
        self.jobs.close();
        self.jobs.wait(Instant::now().checked_add(grace))
    }
}
