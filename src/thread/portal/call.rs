//! A call through a portal, as the thread that made it sees it.

use std::{
    convert::Infallible,
    fmt,
    future::Future,
    panic,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use super::error::PortalError;
use crate::{
    payload::Payload,
    runtime::Timer,
    task::{Identity, Members, TaskError},
    thread::remote::{Remote, block_on, spawn_remote, would_block},
};

/// A call that runs, made by [`Portal::spawn`](super::Portal::spawn): to be waited for, awaited, or cancelled.
///
/// A thread [waits](Self::wait) for it; async code, on whichever runtime, awaits it. Dropping it does nothing: the call runs
/// on, and the portal waits for it, unless [`cancel_on_drop`](Self::cancel_on_drop) was asked for. If an await is dropped
/// before completion, the call can be awaited again.
#[must_use = "dropped, nobody hears how the call ends: use `wait`, or await it"]
pub struct PortalCall<T> {
    remote: Remote<T>,
    members: Arc<Members<Infallible>>,
    cancel: fn(&Remote<T>),
    cancels: bool,
}

impl<T: Send + 'static> PortalCall<T> {
    #[track_caller]
    pub(super) fn new<Fut>(
        members: &Arc<Members<Infallible>>,
        identity: Identity,
        future: Fut,
    ) -> Result<Self, PortalError>
    where
        Fut: Future<Output = T> + Send + 'static,
    {
        // A portal that has closed meanwhile has been stopped before.
        let remote = spawn_remote(members, identity, future).map_err(|_| PortalError::Stopped)?;
        Ok(Self {
            remote,
            members: Arc::clone(members),
            cancel: Remote::cancel,
            cancels: false,
        })
    }
}

impl<T> PortalCall<T> {
    /// Blocks this thread until the call has ended.
    ///
    /// # Errors
    ///
    /// See [`PortalError`]. On a thread that polls tasks the call runs on, unheard.
    ///
    /// # Panics
    ///
    /// With the panic of the call.
    pub fn wait(mut self) -> Result<T, PortalError> {
        if would_block(self.members.handle()) {
            return Err(PortalError::OnRuntimeThread);
        }
        let handle = self.members.handle().clone();
        let ended = block_on(&handle, &mut self);
        self.cancels = false;
        ended
    }

    /// Blocks this thread until the call has ended, but no longer than `limit` by the runtime's clock; `None` then, and the
    /// call runs on.
    ///
    /// # Errors, panics
    ///
    /// See [`wait`](Self::wait).
    pub fn wait_timeout(&mut self, limit: Duration) -> Option<Result<T, PortalError>> {
        let members = Arc::clone(&self.members);
        let handle = members.handle();
        if would_block(handle) {
            return Some(Err(PortalError::OnRuntimeThread));
        }
        let until = handle.now().checked_add(limit);
        let mut timer = pin!(Timer::new(handle, members.runtime.shared(), until));
        handle.block_until(&mut |cx| {
            if let Poll::Ready(ended) = Pin::new(&mut *self).poll(cx) {
                return Poll::Ready(Some(ended));
            }
            // A runtime that has gone ends the call, too.
            match timer.as_mut().poll_elapsed(cx) {
                Poll::Ready(Ok(())) => Poll::Ready(None),
                Poll::Ready(Err(_)) | Poll::Pending => Poll::Pending,
            }
        })
    }

    /// Cancels the call. One that has completed keeps its value.
    pub fn cancel(&self) {
        (self.cancel)(&self.remote);
    }

    /// Has the call cancelled when this is dropped: a scope around an await of it then cancels it, too, on whichever runtime.
    /// Nobody waits for its end there; the portal does.
    pub fn cancel_on_drop(mut self) -> Self {
        self.cancels = true;
        self
    }

    /// Whether the call has ended.
    pub fn is_finished(&self) -> bool {
        self.remote.is_finished()
    }
}

impl<T> Future for PortalCall<T> {
    type Output = Result<T, PortalError>;

    /// # Panics
    ///
    /// With the panic of the call; and when polled again after it has given its outcome.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let ended: Poll<Result<Result<T, Payload>, TaskError>> =
            Pin::new(&mut self.remote).poll(cx);
        match ended {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(Ok(value))) => Poll::Ready(Ok(value)),
            Poll::Ready(Ok(Err(payload))) => panic::resume_unwind(payload),
            Poll::Ready(Err(_)) => Poll::Ready(Err(PortalError::Cancelled)),
        }
    }
}

impl<T> Drop for PortalCall<T> {
    fn drop(&mut self) {
        if self.cancels {
            self.cancel();
        }
    }
}

impl<T> fmt::Debug for PortalCall<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PortalCall")
            .field("finished", &self.is_finished())
            .finish_non_exhaustive()
    }
}
