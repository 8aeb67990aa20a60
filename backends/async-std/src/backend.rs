//! The handle on async-std's global runtime.

use std::{future::Future, io};

use anyrt_async_io::{AsyncIoSource, Timer};
use anyrt_core::tally::Tally;
use anyrt_core::{Backend, Capabilities, Gone, Instant, OwnedIo, Refused, RuntimeId};
use async_std::task;

use crate::ambient;

/// A handle on async-std, which has one runtime per process.
#[derive(Clone, Debug)]
pub struct AsyncStd {
    /// The blocking jobs of this run, which its end waits for.
    jobs: Option<Tally>,
}

impl AsyncStd {
    /// async-std's runtime, from any thread; it starts at its first use and ends with the process.
    #[expect(
        clippy::new_without_default,
        reason = "a runtime is asked for by name, not filled in by default"
    )]
    pub fn new() -> Self {
        Self { jobs: None }
    }

    pub(crate) fn owned(jobs: Tally) -> Self {
        Self { jobs: Some(jobs) }
    }
}

impl Backend for AsyncStd {
    type Timer = Timer;
    type Source = AsyncIoSource;

    fn name(&self) -> &'static str {
        "async-std"
    }

    fn id(&self) -> RuntimeId {
        RuntimeId::of("async-std", ())
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::all().without_shutdown()
    }

    fn spawn<F>(&self, task: F) -> Result<(), Gone>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        // Dropping async-std's handle detaches the task.
        drop(task::spawn(task));
        Ok(())
    }

    fn spawn_blocking<J>(&self, job: J) -> io::Result<()>
    where
        J: FnOnce() + Send + 'static,
    {
        let ticket = self.jobs.as_ref().and_then(Tally::begin);
        blocking::unblock(move || {
            let _ticket = ticket;
            job();
        })
        .detach();
        Ok(())
    }

    fn now(&self) -> Instant {
        std::time::Instant::now().into()
    }

    fn timer(&self, at: Option<Instant>) -> Timer {
        Timer::new(at, None)
    }

    fn register(&self, io: OwnedIo) -> Result<AsyncIoSource, Refused<OwnedIo>> {
        AsyncIoSource::register(io, None)
    }

    fn on_runtime_thread(&self) -> bool {
        ambient::is_driven_here()
    }
}
