//! A backend that anyrt was not compiled with, as one more arm of the handle.

use std::{future::Future, io, panic::Location, pin::Pin, sync::Arc, task};

use anyrt_core::{
    Backend, BorrowedIo, Capabilities, Describe, ErasedBackend, Gone, Instant, Interest, Origin,
    OwnedIo, Progress, RawTimer, Refused, RuntimeId, Source,
};

/// A third party's backend behind a pointer.
#[derive(Clone)]
pub(crate) struct Erased(pub(crate) Arc<dyn ErasedBackend>);

/// Its timer.
pub(crate) struct ErasedTimer(Pin<Box<dyn RawTimer>>);

/// Its source.
pub(crate) struct ErasedSource(Box<dyn Source>);

impl Backend for Erased {
    type Timer = ErasedTimer;
    type Source = ErasedSource;

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
        self.0.spawn_boxed(Box::pin(task))
    }

    fn spawn_from<F>(&self, origin: Origin, task: F) -> Result<(), Gone>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.0.spawn_boxed_from(origin, Box::pin(task))
    }

    fn describe_with(&self, describe: Describe) {
        self.0.describe_with(describe);
    }

    fn spawn_blocking<J>(&self, job: J) -> io::Result<()>
    where
        J: FnOnce() + Send + 'static,
    {
        self.0.spawn_blocking_boxed(Box::new(job))
    }

    fn spawn_blocking_from<J>(&self, place: &'static Location<'static>, job: J) -> io::Result<()>
    where
        J: FnOnce() + Send + 'static,
    {
        self.0.spawn_blocking_boxed_from(place, Box::new(job))
    }

    fn now(&self) -> Instant {
        self.0.now()
    }

    fn timer(&self, at: Option<Instant>) -> ErasedTimer {
        ErasedTimer(self.0.timer_boxed(at))
    }

    fn register(&self, io: OwnedIo) -> Result<ErasedSource, Refused<OwnedIo>> {
        self.0.register_boxed(io).map(ErasedSource)
    }

    fn block_until(&self, poll: &mut dyn FnMut(&mut task::Context<'_>) -> task::Poll<()>) {
        self.0.block_until(poll);
    }

    fn on_runtime_thread(&self) -> bool {
        self.0.on_runtime_thread()
    }
}

impl RawTimer for ErasedTimer {
    fn reset(mut self: Pin<&mut Self>, at: Option<Instant>) {
        self.0.as_mut().reset(at);
    }

    fn poll_elapsed(
        mut self: Pin<&mut Self>,
        cx: &mut task::Context<'_>,
    ) -> task::Poll<Result<(), Gone>> {
        self.0.as_mut().poll_elapsed(cx)
    }
}

impl Source for ErasedSource {
    fn io(&self) -> BorrowedIo<'_> {
        self.0.io()
    }

    fn poll_io(
        &self,
        cx: &mut task::Context<'_>,
        interest: Interest,
        op: &mut dyn FnMut(BorrowedIo<'_>) -> io::Result<Progress>,
    ) -> task::Poll<io::Result<usize>> {
        self.0.poll_io(cx, interest, op)
    }

    fn into_io(self: Box<Self>) -> io::Result<OwnedIo> {
        self.0.into_io()
    }
}
