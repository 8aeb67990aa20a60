//! The handle on async-std's global runtime.

use std::{future::Future, io, sync::Arc};

use anyrt_async_io::{AsyncIoSource, Timer};
use anyrt_core::tally::{Tally, Ticket};
use anyrt_core::{Backend, Capabilities, Gone, Instant, OwnedIo, Refused, RuntimeId};
use async_std::task;

use crate::{ambient, task::Task};

/// A handle on async-std, which has one runtime per process.
#[derive(Clone, Debug)]
pub struct AsyncStd {
    own: Option<Arc<Own>>,
}

/// What the handles of one run share with it; its end closes both.
#[derive(Debug, Default)]
pub(crate) struct Own {
    /// Blocking jobs, which the end of the run waits for.
    pub(crate) jobs: Tally,
    /// Tasks. Those that have started go on.
    pub(crate) tasks: Tally,
}

impl AsyncStd {
    /// async-std's runtime, from any thread; it starts at its first use and ends with the process.
    #[expect(
        clippy::new_without_default,
        reason = "a runtime is asked for by name, not filled in by default"
    )]
    pub fn new() -> Self {
        Self { own: None }
    }

    pub(crate) fn owned(own: Arc<Own>) -> Self {
        Self { own: Some(own) }
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
        let ticket = match &self.own {
            Some(own) => Some(own.tasks.begin().ok_or(Gone)?),
            None => None,
        };
        // Dropping async-std's handle detaches the task.
        drop(task::spawn(Task::new(task, ticket)));
        Ok(())
    }

    fn spawn_blocking<J>(&self, job: J) -> io::Result<()>
    where
        J: FnOnce() + Send + 'static,
    {
        let ticket = match &self.own {
            Some(own) => Some(own.jobs.begin().ok_or(Gone)?),
            None => None,
        };
        blocking::unblock(move || {
            let ticket = ticket;
            if ticket.as_ref().is_some_and(Ticket::is_closed) {
                drop(job);
            } else {
                job();
            }
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
