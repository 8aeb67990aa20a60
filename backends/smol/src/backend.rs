//! The handle on a smol runtime.

use std::{
    future::Future,
    io,
    sync::{Arc, PoisonError, RwLock},
};

use anyrt_async_io::{AsyncIoSource, Gate, Tally, Timer};
use anyrt_core::{Backend, Capabilities, Gone, Instant, OwnedIo, Refused, RuntimeId};
use async_executor::Executor;

use crate::{ambient, contained::Contained};

/// A handle on smol: on the executor that a [`SmolRuntime`](crate::SmolRuntime) owns, or on smol's
/// global one.
#[derive(Clone, Debug)]
pub struct Smol(pub(crate) Kind);

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Global,
    Own(Arc<Own>),
}

/// What the handles on a runtime of one's own share with it.
#[derive(Debug)]
pub(crate) struct Own {
    pub(crate) id: RuntimeId,
    /// `None` after shutdown: dropping the executor is what drops its tasks.
    pub(crate) executor: RwLock<Option<Arc<Executor<'static>>>>,
    pub(crate) gate: Gate,
    pub(crate) jobs: Tally,
    pub(crate) workers: usize,
}

impl Own {
    fn spawn<F>(&self, task: F) -> Result<(), Gone>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let executor = self.executor.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(executor) = &*executor {
            executor.spawn(Contained::new(task)).detach();
            return Ok(());
        }
        // The task's destructor may spawn, and must not find the lock held.
        drop(executor);
        drop(task);
        Err(Gone)
    }

    fn spawn_blocking(&self, job: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let ticket = self.jobs.begin().ok_or(Gone)?;
        blocking::unblock(move || {
            let ticket = ticket;
            if ticket.is_closed() {
                drop(job);
            } else {
                job();
            }
        })
        .detach();
        Ok(())
    }
}

impl Smol {
    fn gate(&self) -> Option<&Gate> {
        match &self.0 {
            Kind::Global => None,
            Kind::Own(own) => Some(&own.gate),
        }
    }
}

impl Backend for Smol {
    type Timer = Timer;
    type Source = AsyncIoSource;

    fn name(&self) -> &'static str {
        "smol"
    }

    fn id(&self) -> RuntimeId {
        match &self.0 {
            Kind::Global => RuntimeId::of("smol", ()),
            Kind::Own(own) => own.id,
        }
    }

    fn capabilities(&self) -> Capabilities {
        let (all, threads) = match &self.0 {
            Kind::Global => (Capabilities::all().without_shutdown(), ambient::threads()),
            Kind::Own(own) => (Capabilities::all(), own.workers),
        };
        if threads == 1 {
            all.without_parallel_tasks()
        } else {
            all
        }
    }

    fn spawn<F>(&self, task: F) -> Result<(), Gone>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        match &self.0 {
            Kind::Global => {
                smol::spawn(task).detach();
                Ok(())
            }
            Kind::Own(own) => own.spawn(task),
        }
    }

    fn spawn_blocking<J>(&self, job: J) -> io::Result<()>
    where
        J: FnOnce() + Send + 'static,
    {
        match &self.0 {
            Kind::Global => {
                blocking::unblock(job).detach();
                Ok(())
            }
            Kind::Own(own) => own.spawn_blocking(job),
        }
    }

    fn now(&self) -> Instant {
        std::time::Instant::now().into()
    }

    fn timer(&self, at: Option<Instant>) -> Timer {
        Timer::new(at, self.gate())
    }

    fn register(&self, io: OwnedIo) -> Result<AsyncIoSource, Refused<OwnedIo>> {
        AsyncIoSource::register(io, self.gate())
    }

    /// The threads of the global executor cannot be told from others: `false` there.
    fn on_runtime_thread(&self) -> bool {
        self.gate().is_some_and(Gate::is_entered)
    }
}
