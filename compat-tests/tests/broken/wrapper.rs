//! A runtime that does one thing wrong and everything else right.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use anyrt_core::{
    Backend, BorrowedIo, Capabilities, Gone, Instant, Interest, Launch, OwnedIo, Progress,
    RawTimer, Refused, RuntimeId, Source,
};
use anyrt_smol::{Smol, SmolRuntime};

pub(crate) type Task = Pin<Box<dyn Future<Output = ()> + Send>>;
pub(crate) type Job = Box<dyn FnOnce() + Send>;
pub(crate) type DynTimer = Pin<Box<dyn RawTimer>>;
pub(crate) type DynSource = Box<dyn Source>;

/// What is done wrong; every default is right.
pub(crate) trait Fault: Send + Sync + 'static {
    const NAME: &'static str;

    fn new() -> Self;

    fn spawn(&self, smol: &Smol, task: Task) -> Result<(), Gone> {
        smol.spawn(task)
    }

    fn spawn_blocking(&self, smol: &Smol, job: Job) -> io::Result<()> {
        smol.spawn_blocking(job)
    }

    fn block_until(&self, smol: &Smol, poll: &mut dyn FnMut(&mut Context<'_>) -> Poll<()>) {
        smol.block_until(poll);
    }

    fn timer(&self, smol: &Smol, at: Option<Instant>) -> DynTimer {
        Box::pin(smol.timer(at))
    }

    fn register(&self, smol: &Smol, io: OwnedIo) -> Result<DynSource, Refused<OwnedIo>> {
        smol.register(io)
            .map(|source| Box::new(source) as DynSource)
    }
}

pub(crate) struct Broken<F> {
    smol: SmolRuntime,
    fault: Arc<F>,
}

impl<F: Fault> Broken<F> {
    pub(crate) fn new() -> Self {
        Self {
            smol: SmolRuntime::new(Some(2)).expect("smol starts"),
            fault: Arc::new(F::new()),
        }
    }
}

impl<F: Fault> Launch for Broken<F> {
    type Backend = BrokenBackend<F>;

    fn backend(&self) -> BrokenBackend<F> {
        BrokenBackend {
            smol: self.smol.backend(),
            fault: Arc::clone(&self.fault),
        }
    }

    fn block_on(&self, main: Pin<&mut (dyn Future<Output = ()> + '_)>) {
        self.smol.block_on(main);
    }

    fn shutdown(self, grace: Duration) -> bool {
        self.smol.shutdown(grace)
    }
}

pub(crate) struct BrokenBackend<F> {
    smol: Smol,
    fault: Arc<F>,
}

impl<F> Clone for BrokenBackend<F> {
    fn clone(&self) -> Self {
        Self {
            smol: self.smol.clone(),
            fault: Arc::clone(&self.fault),
        }
    }
}

impl<F: Fault> Backend for BrokenBackend<F> {
    type Timer = Timer;
    type Source = Watched;

    fn name(&self) -> &'static str {
        F::NAME
    }

    fn id(&self) -> RuntimeId {
        self.smol.id()
    }

    fn capabilities(&self) -> Capabilities {
        self.smol.capabilities()
    }

    fn spawn<T>(&self, task: T) -> Result<(), Gone>
    where
        T: Future<Output = ()> + Send + 'static,
    {
        self.fault.spawn(&self.smol, Box::pin(task))
    }

    fn spawn_blocking<J>(&self, job: J) -> io::Result<()>
    where
        J: FnOnce() + Send + 'static,
    {
        self.fault.spawn_blocking(&self.smol, Box::new(job))
    }

    fn now(&self) -> Instant {
        self.smol.now()
    }

    fn timer(&self, at: Option<Instant>) -> Timer {
        Timer(self.fault.timer(&self.smol, at))
    }

    fn register(&self, io: OwnedIo) -> Result<Watched, Refused<OwnedIo>> {
        self.fault.register(&self.smol, io).map(Watched)
    }

    fn block_until(&self, poll: &mut dyn FnMut(&mut Context<'_>) -> Poll<()>) {
        self.fault.block_until(&self.smol, poll);
    }

    fn on_runtime_thread(&self) -> bool {
        self.smol.on_runtime_thread()
    }
}

pub(crate) struct Timer(DynTimer);

impl RawTimer for Timer {
    fn reset(mut self: Pin<&mut Self>, at: Option<Instant>) {
        self.0.as_mut().reset(at);
    }

    fn poll_elapsed(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        self.0.as_mut().poll_elapsed(cx)
    }
}

pub(crate) struct Watched(DynSource);

impl Source for Watched {
    fn io(&self) -> BorrowedIo<'_> {
        self.0.io()
    }

    fn poll_io(
        &self,
        cx: &mut Context<'_>,
        interest: Interest,
        op: &mut dyn FnMut(BorrowedIo<'_>) -> io::Result<Progress>,
    ) -> Poll<io::Result<usize>> {
        self.0.poll_io(cx, interest, op)
    }

    fn into_io(self: Box<Self>) -> io::Result<OwnedIo> {
        self.0.into_io()
    }
}
