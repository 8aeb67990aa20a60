//! The handle on a smol runtime.

use std::{future::Future, io, sync::Arc};

use anyrt_async_io::{AsyncIoSource, Gate, Timer};
use anyrt_core::{Backend, Capabilities, Gone, Instant, OwnedIo, Refused, RuntimeId};

use crate::{ambient, own::Own};

/// A handle on smol: on the executor that a [`SmolRuntime`](crate::SmolRuntime) owns, or on smol's
/// global one.
#[derive(Clone, Debug)]
pub struct Smol(pub(crate) Kind);

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Global,
    Own(Arc<Own>),
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
        match threads {
            0 => all.without_parallel_tasks().without_own_threads(),
            1 => all.without_parallel_tasks(),
            _ => all,
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
