//! The call, as the user sees it.

use std::{
    error, fmt,
    future::Future,
    io, panic,
    pin::Pin,
    task::{Context, Poll},
};

use anyrt_core::{
    Gone, context,
    tree::{self, Reason},
};
use pin_project_lite::pin_project;

use super::call::{Call, Ended};
use crate::{runtime::NoRuntime, sync::CapacityLimiter};

/// Runs `f` on a worker thread, where it may block, and returns its value.
///
/// Nothing happens before the first poll. Rules H1 to H3.
///
/// # Cancel safety
///
/// Under a cancelled facade scope: waiting for a token ends, a function that has not started is withdrawn, and
/// one that runs is waited for, unless [`ToThread::abandon_on_cancel`] was called. If foreign code drops
/// the future, a running function is abandoned.
///
/// # Panics
///
/// With the panic of `f`. When there is no runtime, the runtime is gone, or no thread is to be had:
/// [`ToThread::try_run`] reports these three instead.
#[doc(alias = "spawn_blocking")]
#[doc(alias = "run_sync")]
#[doc(alias = "unblock")]
#[track_caller]
pub fn to_thread<T, F>(f: F) -> ToThread<T>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    ToThread {
        call: Call::new(Box::new(f)),
    }
}

pin_project! {
    /// The future of [`to_thread`].
    #[must_use = "futures do nothing until they are awaited"]
    pub struct ToThread<T: 'static> {
        #[pin]
        call: Call<T>,
    }
}

pin_project! {
    /// The future of [`ToThread::try_run`].
    #[must_use = "futures do nothing until they are awaited"]
    pub struct TryToThread<T: 'static> {
        #[pin]
        call: Call<T>,
    }
}

impl<T: Send + 'static> ToThread<T> {
    /// Takes the token from `limiter` instead of the default one.
    pub fn limiter(mut self, limiter: &CapacityLimiter) -> Self {
        self.call.set_limiter(limiter);
        self
    }

    /// Lets a cancelled scope leave a running function behind. It runs on to its end, keeps its token
    /// until then, and its value is dropped.
    pub fn abandon_on_cancel(mut self) -> Self {
        self.call.set_abandon();
        self
    }

    /// Reports what awaiting would have to panic about. Rule H2.
    ///
    /// # Errors
    ///
    /// See [`ThreadError`]. The function has been dropped then, and the token is back.
    ///
    /// # Cancel safety, panics
    ///
    /// As if the call itself were awaited: see [`to_thread`](super::to_thread()).
    pub fn try_run(self) -> TryToThread<T> {
        TryToThread { call: self.call }
    }
}

impl<T: Send + 'static> Future for ToThread<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let mut call = self.project().call;
        match call.as_mut().poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ended::Returned(value)) => Poll::Ready(value),
            Poll::Ready(Ended::Panicked(payload)) => panic::resume_unwind(payload),
            Poll::Ready(Ended::NotRun(ThreadError::Gone)) => {
                // The scope around it reports the shutdown (rule R6).
                let Some(scope) = context::nearest_scope() else {
                    panic!("{}", ThreadError::Gone);
                };
                tree::cancel(&scope, Reason::Shutdown);
                Poll::Pending
            }
            Poll::Ready(Ended::NotRun(error)) => match call.place() {
                Some(place) => panic!("{error}; the call is at {place}"),
                None => panic!("{error}"),
            },
        }
    }
}

impl<T: Send + 'static> Future for TryToThread<T> {
    type Output = Result<T, ThreadError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().call.poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ended::Returned(value)) => Poll::Ready(Ok(value)),
            Poll::Ready(Ended::Panicked(payload)) => panic::resume_unwind(payload),
            Poll::Ready(Ended::NotRun(error)) => Poll::Ready(Err(error)),
        }
    }
}

impl<T> fmt::Debug for ToThread<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToThread").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for TryToThread<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryToThread").finish_non_exhaustive()
    }
}

/// A function was not run on a worker thread.
#[derive(Debug)]
#[non_exhaustive]
pub enum ThreadError {
    /// There is no runtime around the call.
    NoRuntime(NoRuntime),
    /// The runtime was shut down before the function started.
    Gone,
    /// The operating system gave no thread; fewer at once may do.
    NoThread(io::Error),
}

impl fmt::Display for ThreadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRuntime(error) => error.fmt(f),
            Self::Gone => f.write_str(
                "the runtime was shut down before the function could start on a worker thread",
            ),
            Self::NoThread(error) => write!(
                f,
                "no worker thread could be started ({error}): lower the limiter's total, or raise the \
                 system's limit on threads"
            ),
        }
    }
}

impl error::Error for ThreadError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::NoRuntime(error) => Some(error),
            Self::Gone => Some(&Gone),
            Self::NoThread(error) => Some(error),
        }
    }
}
