//! The handle on a simulation.

use std::{
    fmt,
    future::Future,
    io,
    panic::Location,
    sync::Arc,
    task::{Context, Poll},
};

use anyrt_core::{
    Backend, Capabilities, Describe, Gone, Instant, Origin, OwnedIo, Refused, RuntimeId,
};

use crate::{NoSource, SimTimer, executor::Core, task::SpawnedBy};

/// A handle on one simulation, for any thread.
///
/// Made by [`SimRuntime::backend`](anyrt_core::Launch::backend).
#[derive(Clone)]
pub struct Sim {
    core: Arc<Core>,
}

impl Sim {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core }
    }
}

impl Backend for Sim {
    type Timer = SimTimer;
    type Source = NoSource;

    fn name(&self) -> &'static str {
        "sim"
    }

    fn id(&self) -> RuntimeId {
        self.core.id()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::all()
            .without_parallel_tasks()
            .without_own_threads()
            .without_descriptors()
            .with_virtual_clock()
    }

    #[track_caller]
    fn spawn<F>(&self, task: F) -> Result<(), Gone>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let by = SpawnedBy::Program(Location::caller());
        self.core.spawn(Box::pin(task), by)
    }

    fn spawn_from<F>(&self, origin: Origin, task: F) -> Result<(), Gone>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.core.spawn(Box::pin(task), SpawnedBy::Facade(origin))
    }

    fn describe_with(&self, describe: Describe) {
        self.core.describe_with(describe);
    }

    #[track_caller]
    fn spawn_blocking<J>(&self, job: J) -> io::Result<()>
    where
        J: FnOnce() + Send + 'static,
    {
        self.core.submit(Box::new(job), Location::caller())
    }

    fn spawn_blocking_from<J>(&self, place: &'static Location<'static>, job: J) -> io::Result<()>
    where
        J: FnOnce() + Send + 'static,
    {
        self.core.submit(Box::new(job), place)
    }

    fn now(&self) -> Instant {
        self.core.lock().timers.now()
    }

    fn timer(&self, at: Option<Instant>) -> SimTimer {
        SimTimer::new(Arc::clone(&self.core), at)
    }

    fn register(&self, io: OwnedIo) -> Result<NoSource, Refused<OwnedIo>> {
        Err(NoSource::refuse(io))
    }

    fn block_until(&self, poll: &mut dyn FnMut(&mut Context<'_>) -> Poll<()>) {
        self.core.block_until(poll);
    }

    fn on_runtime_thread(&self) -> bool {
        self.core.is_driven_here()
    }
}

impl fmt::Debug for Sim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sim")
            .field("id", &self.core.id())
            .finish_non_exhaustive()
    }
}
