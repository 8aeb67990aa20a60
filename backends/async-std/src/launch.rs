//! A run on async-std's global runtime.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use anyrt_core::Launch;

use crate::{AsyncStd, ambient, backend::Own};

/// One run on async-std; its end refuses what is new, waits for the run's blocking jobs, and leaves async-std as
/// it was.
#[derive(Debug, Default)]
pub struct AsyncStdRuntime {
    own: Arc<Own>,
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
        AsyncStd::owned(Arc::clone(&self.own))
    }

    /// Polls `main` alone: tasks run on async-std's own threads.
    ///
    /// Not by `async_std::task::block_on`: where that has once unwound, it runs no local tasks any more.
    fn block_on(&self, main: Pin<&mut (dyn Future<Output = ()> + '_)>) {
        ambient::blocked_on(|| async_io::block_on(main));
    }

    /// Tasks that have started go on, and so do jobs after `grace`; nothing else starts through this run's handles.
    fn shutdown(self, grace: Duration) -> bool {
        self.own.tasks.close();
        self.own.jobs.close();
        self.own.jobs.wait(Instant::now().checked_add(grace))
    }
}
