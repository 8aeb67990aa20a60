//! The object-safe mirror of [`Backend`], for runtimes that anyrt was not compiled with.

use std::{
    future::Future,
    io,
    panic::Location,
    pin::Pin,
    task::{Context, Poll},
};

use super::{
    Backend, Capabilities, Describe, Gone, Origin, OwnedIo, RawTimer, Refused, RuntimeId, Source,
};
use crate::Instant;

mod sealed {
    pub trait Sealed {}
    impl<B: super::Backend> Sealed for B {}
}

/// [`Backend`] behind a pointer; implemented for every backend, and only by this blanket.
///
/// Each call boxes what the static trait passes unboxed.
pub trait ErasedBackend: Send + Sync + sealed::Sealed {
    /// See [`Backend::name`].
    fn name(&self) -> &'static str;
    /// See [`Backend::id`].
    fn id(&self) -> RuntimeId;
    /// See [`Backend::capabilities`].
    fn capabilities(&self) -> Capabilities;
    /// See [`Backend::spawn`].
    ///
    /// # Errors
    /// See [`Backend::spawn`].
    #[track_caller]
    fn spawn_boxed(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>) -> Result<(), Gone>;
    /// See [`Backend::spawn_from`].
    ///
    /// # Errors
    /// See [`Backend::spawn`].
    #[track_caller]
    fn spawn_boxed_from(
        &self,
        origin: Origin,
        task: Pin<Box<dyn Future<Output = ()> + Send>>,
    ) -> Result<(), Gone>;
    /// See [`Backend::describe_with`].
    fn describe_with(&self, describe: Describe);
    /// See [`Backend::spawn_blocking`].
    ///
    /// # Errors
    /// See [`Backend::spawn_blocking`].
    #[track_caller]
    fn spawn_blocking_boxed(&self, job: Box<dyn FnOnce() + Send>) -> io::Result<()>;
    /// See [`Backend::spawn_blocking_from`].
    ///
    /// # Errors
    /// See [`Backend::spawn_blocking`].
    #[track_caller]
    fn spawn_blocking_boxed_from(
        &self,
        place: &'static Location<'static>,
        job: Box<dyn FnOnce() + Send>,
    ) -> io::Result<()>;
    /// See [`Backend::now`].
    fn now(&self) -> Instant;
    /// See [`Backend::timer`].
    fn timer_boxed(&self, at: Option<Instant>) -> Pin<Box<dyn RawTimer>>;
    /// See [`Backend::register`].
    ///
    /// # Errors
    /// See [`Backend::register`].
    fn register_boxed(&self, io: OwnedIo) -> Result<Box<dyn Source>, Refused<OwnedIo>>;
    /// See [`Backend::block_until`].
    fn block_until(&self, poll: &mut dyn FnMut(&mut Context<'_>) -> Poll<()>);
    /// See [`Backend::on_runtime_thread`].
    fn on_runtime_thread(&self) -> bool;
}

impl<B: Backend> ErasedBackend for B {
    fn name(&self) -> &'static str {
        Backend::name(self)
    }

    fn id(&self) -> RuntimeId {
        Backend::id(self)
    }

    fn capabilities(&self) -> Capabilities {
        Backend::capabilities(self)
    }

    fn spawn_boxed(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>) -> Result<(), Gone> {
        Backend::spawn(self, task)
    }

    fn spawn_boxed_from(
        &self,
        origin: Origin,
        task: Pin<Box<dyn Future<Output = ()> + Send>>,
    ) -> Result<(), Gone> {
        Backend::spawn_from(self, origin, task)
    }

    fn describe_with(&self, describe: Describe) {
        Backend::describe_with(self, describe);
    }

    fn spawn_blocking_boxed(&self, job: Box<dyn FnOnce() + Send>) -> io::Result<()> {
        Backend::spawn_blocking(self, job)
    }

    fn spawn_blocking_boxed_from(
        &self,
        place: &'static Location<'static>,
        job: Box<dyn FnOnce() + Send>,
    ) -> io::Result<()> {
        Backend::spawn_blocking_from(self, place, job)
    }

    fn now(&self) -> Instant {
        Backend::now(self)
    }

    fn timer_boxed(&self, at: Option<Instant>) -> Pin<Box<dyn RawTimer>> {
        Box::pin(Backend::timer(self, at))
    }

    fn register_boxed(&self, io: OwnedIo) -> Result<Box<dyn Source>, Refused<OwnedIo>> {
        Backend::register(self, io).map(|source| Box::new(source) as Box<dyn Source>)
    }

    fn block_until(&self, poll: &mut dyn FnMut(&mut Context<'_>) -> Poll<()>) {
        Backend::block_until(self, poll);
    }

    fn on_runtime_thread(&self) -> bool {
        Backend::on_runtime_thread(self)
    }
}
