//! The timer that a runtime makes.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use super::Gone;
use crate::Instant;

/// A timer: pending until its instant, ready ever after, until it is reset.
///
/// # Duties
///
/// - Never early: ready only when the runtime's [`now`](super::Backend::now) has reached the instant.
/// - The last waker polled with is the one that is woken.
/// - Ready stays ready, however often it is polled, until [`reset`](RawTimer::reset).
/// - Polling, resetting and dropping work on any thread, without the runtime's own context.
/// - An instant too far away for the runtime's own arithmetic means never; it does not panic.
/// - After shutdown: `Err(Gone)`, and whoever waits is woken to see it.
/// - A timer that has elapsed is ready also when the runtime's own cooperation budget is spent.
pub trait RawTimer: Send + Sync {
    /// Sets a new instant, earlier or later; `None` means never.
    ///
    /// The waker of an earlier poll need not be kept: the caller polls again.
    fn reset(self: Pin<&mut Self>, at: Option<Instant>);

    /// Ready once the instant has passed.
    ///
    /// # Errors
    ///
    /// [`Gone`] when the runtime has shut down. An elapsed timer may answer either way then.
    fn poll_elapsed(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Gone>>;
}
