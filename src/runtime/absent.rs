//! The stand-in for a backend that is not compiled in: a type without values.
//!
//! With it the handle has the same variants whatever features are on, and no `match` needs a `cfg`.

use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll},
};

use anyrt_core::{
    Backend, BorrowedIo, Capabilities, Gone, Instant, Interest, OwnedIo, Progress, RawTimer,
    Refused, RuntimeId, Source,
};

/// A backend, a timer and a source that can not exist.
#[derive(Clone, Debug)]
pub(crate) enum Absent {}

impl Backend for Absent {
    type Timer = Self;
    type Source = Self;

    fn name(&self) -> &'static str {
        match *self {}
    }

    fn id(&self) -> RuntimeId {
        match *self {}
    }

    fn capabilities(&self) -> Capabilities {
        match *self {}
    }

    fn spawn<F>(&self, _task: F) -> Result<(), Gone>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        match *self {}
    }

    fn spawn_blocking<J>(&self, _job: J) -> io::Result<()>
    where
        J: FnOnce() + Send + 'static,
    {
        match *self {}
    }

    fn now(&self) -> Instant {
        match *self {}
    }

    fn timer(&self, _at: Option<Instant>) -> Self {
        match *self {}
    }

    fn register(&self, _io: OwnedIo) -> Result<Self, Refused<OwnedIo>> {
        match *self {}
    }

    fn on_runtime_thread(&self) -> bool {
        match *self {}
    }
}

impl RawTimer for Absent {
    fn reset(self: Pin<&mut Self>, _at: Option<Instant>) {
        match *self {}
    }

    fn poll_elapsed(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        match *self {}
    }
}

impl Source for Absent {
    fn io(&self) -> BorrowedIo<'_> {
        match *self {}
    }

    fn poll_io(
        &self,
        _cx: &mut Context<'_>,
        _interest: Interest,
        _op: &mut dyn FnMut(BorrowedIo<'_>) -> io::Result<Progress>,
    ) -> Poll<io::Result<usize>> {
        match *self {}
    }

    fn into_io(self: Box<Self>) -> io::Result<OwnedIo> {
        match *self {}
    }
}
