//! A backend as if anyrt had never heard of it: every call goes through the erased form.

use std::{
    future::Future,
    io,
    panic::Location,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use anyrt_core::{
    Backend, Capabilities, Describe, Gone, Instant, Launch, Origin, OwnedIo, Refused, RuntimeId,
};

/// A runtime whose backend has a type that the facade does not know.
#[derive(Debug)]
pub struct Erased<L>(L);

impl<L> Erased<L> {
    pub(super) fn new(launch: L) -> Self {
        Self(launch)
    }
}

/// A backend of a type that the facade does not know.
#[derive(Clone, Debug)]
pub struct ErasedBackend<B>(B);

impl<B: Backend> Backend for ErasedBackend<B> {
    type Timer = B::Timer;
    type Source = B::Source;

    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn id(&self) -> RuntimeId {
        self.0.id()
    }

    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }

    fn spawn<F>(&self, task: F) -> Result<(), Gone>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.0.spawn(task)
    }

    fn spawn_from<F>(&self, origin: Origin, task: F) -> Result<(), Gone>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.0.spawn_from(origin, task)
    }

    fn describe_with(&self, describe: Describe) {
        self.0.describe_with(describe);
    }

    fn spawn_blocking_from<J>(&self, place: &'static Location<'static>, job: J) -> io::Result<()>
    where
        J: FnOnce() + Send + 'static,
    {
        self.0.spawn_blocking_from(place, job)
    }

    fn spawn_blocking<J>(&self, job: J) -> io::Result<()>
    where
        J: FnOnce() + Send + 'static,
    {
        self.0.spawn_blocking(job)
    }

    fn now(&self) -> Instant {
        self.0.now()
    }

    fn timer(&self, at: Option<Instant>) -> B::Timer {
        self.0.timer(at)
    }

    fn register(&self, io: OwnedIo) -> Result<B::Source, Refused<OwnedIo>> {
        self.0.register(io)
    }

    fn block_until(&self, poll: &mut dyn FnMut(&mut Context<'_>) -> Poll<()>) {
        self.0.block_until(poll);
    }

    fn on_runtime_thread(&self) -> bool {
        self.0.on_runtime_thread()
    }
}

impl<L: Launch> Launch for Erased<L> {
    type Backend = ErasedBackend<L::Backend>;

    fn backend(&self) -> Self::Backend {
        ErasedBackend(self.0.backend())
    }

    fn block_on(&self, main: Pin<&mut (dyn Future<Output = ()> + '_)>) {
        self.0.block_on(main);
    }

    fn shutdown(self, grace: Duration) -> bool {
        self.0.shutdown(grace)
    }
}
