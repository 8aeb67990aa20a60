//! Scopes that end by themselves.

use std::{
    error, fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use anyrt_core::{
    Instant,
    tree::{Deadline, Reason},
};
use pin_project_lite::pin_project;

use super::cancellable::Cancellable;

/// Gives `body` at most `delay`, and moves on with `None` if that was not enough.
///
/// The clock starts at the first poll. The body is polled before any timer is made, so that a body that is
/// ready costs next to nothing. A `delay` of zero ends a body that suspends at its first suspension;
/// one too long for the clock never ends it. A body that only has to let others run, after many operations that were all
/// ready, has not suspended the first time (rule C8).
///
/// # Cancel safety
///
/// If dropped before completion, the body is dropped where it suspends.
///
/// # Panics
///
/// When the body suspends where there is no runtime (rule R2).
#[inline]
pub fn move_on_after<Fut: Future>(delay: Duration, body: Fut) -> MoveOnAfter<Fut> {
    MoveOnAfter {
        body: Cancellable::new(Deadline::After(delay), Some(body)),
    }
}

/// Like [`move_on_after`], with the instant itself; `None` never ends it. Rules C6, C7.
///
/// # Cancel safety, panics
///
/// See [`move_on_after`].
pub fn move_on_at<Fut: Future>(at: impl Into<Option<Instant>>, body: Fut) -> MoveOnAfter<Fut> {
    MoveOnAfter {
        body: Cancellable::new(at.into().map_or(Deadline::Never, Deadline::At), Some(body)),
    }
}

/// Gives `body` at most `delay`, and fails if that was not enough. Rules C6, C7.
///
/// Otherwise like [`move_on_after`].
///
/// # Errors
///
/// [`TimedOut`] if the body was dropped at its deadline.
///
/// # Cancel safety, panics
///
/// See [`move_on_after`].
#[doc(alias = "timeout")]
#[inline]
pub fn fail_after<Fut: Future>(delay: Duration, body: Fut) -> FailAfter<Fut> {
    FailAfter {
        body: Cancellable::new(Deadline::After(delay), Some(body)),
    }
}

/// Like [`fail_after`], with the instant itself; `None` never ends it. Rules C6, C7.
///
/// # Errors
///
/// [`TimedOut`] if the body was dropped at its deadline.
///
/// # Cancel safety, panics
///
/// See [`move_on_after`].
#[doc(alias = "timeout_at")]
pub fn fail_at<Fut: Future>(at: impl Into<Option<Instant>>, body: Fut) -> FailAfter<Fut> {
    FailAfter {
        body: Cancellable::new(at.into().map_or(Deadline::Never, Deadline::At), Some(body)),
    }
}

pin_project! {
    /// The future of [`move_on_after`] and [`move_on_at`].
    #[must_use = "futures do nothing until they are awaited"]
    pub struct MoveOnAfter<Fut> {
        #[pin]
        body: Cancellable<Fut>,
    }
}

pin_project! {
    /// The future of [`fail_after`] and [`fail_at`].
    #[must_use = "futures do nothing until they are awaited"]
    pub struct FailAfter<Fut> {
        #[pin]
        body: Cancellable<Fut>,
    }
}

impl<Fut: Future> Future for MoveOnAfter<Fut> {
    type Output = Option<Fut::Output>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().body.poll(cx).map(Result::ok)
    }
}

impl<Fut: Future> Future for FailAfter<Fut> {
    type Output = Result<Fut::Output, TimedOut>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project()
            .body
            .poll(cx)
            .map(|outcome| outcome.map_err(|reason| TimedOut { reason }))
    }
}

impl<Fut> fmt::Debug for MoveOnAfter<Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MoveOnAfter").finish_non_exhaustive()
    }
}

impl<Fut> fmt::Debug for FailAfter<Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FailAfter").finish_non_exhaustive()
    }
}

/// The deadline passed, and the body was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedOut {
    reason: Reason,
}

impl TimedOut {
    /// [`Reason::Deadline`], or [`Reason::Shutdown`] when the runtime that kept the time is gone.
    pub fn reason(&self) -> Reason {
        self.reason
    }
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "timed out: {}", self.reason)
    }
}

impl error::Error for TimedOut {}
