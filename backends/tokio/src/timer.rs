//! A timer on tokio's wheel that answers [`Gone`] where tokio's own would panic.

use std::{
    panic::{self, AssertUnwindSafe},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use anyrt_core::{Gone, Instant, RawTimer};
use pin_project_lite::pin_project;
use tokio::{
    runtime::Handle,
    task::coop,
    time::{self, Sleep},
};

use crate::{
    ambient,
    backend::{self, Own},
};

/// What tokio's `far_future` uses: long enough to be never, short enough for every clock.
const FAR_FUTURE: Duration = Duration::from_secs(86_400 * 365 * 30);

/// tokio rounds a deadline up to the next millisecond, and panics if that overflows.
const ROUNDING: Duration = Duration::from_millis(1);

pin_project! {
    /// A timer of a tokio runtime; registered at its first poll.
    ///
    /// At shutdown tokio fires every timer it knows, and a `Sleep` that is polled afterwards panics.
    /// So this one is registered without being polled, and once it has fired it is not polled again:
    /// whether it fired because its time had come is read off the clock. A timer for "never" is
    /// registered too, since whoever waits on it has to be woken at shutdown.
    #[derive(Debug)]
    pub struct Timer {
        handle: Handle,
        own: Option<Arc<Own>>,
        at: Option<Instant>,
        #[pin]
        sleep: Option<Sleep>,
    }
}

impl Timer {
    #[inline]
    pub(crate) fn new(handle: Handle, own: Option<Arc<Own>>, at: Option<Instant>) -> Self {
        Self {
            handle,
            own,
            at,
            sleep: None,
        }
    }
}

impl RawTimer for Timer {
    fn reset(self: Pin<&mut Self>, at: Option<Instant>) {
        let mut this = self.project();
        *this.at = at;
        if let Some(sleep) = this.sleep.as_mut().as_pin_mut() {
            sleep.reset(deadline(at));
        }
    }

    fn poll_elapsed(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        let mut this = self.project();
        if this.sleep.is_none() {
            if this.at.is_some_and(|at| backend::now() >= at) {
                return Poll::Ready(Ok(()));
            }
            let deadline = deadline(*this.at);
            let entered = this.handle.enter();
            this.sleep.set(Some(time::sleep_until(deadline)));
            drop(entered);
            if let Some(sleep) = this.sleep.as_mut().as_pin_mut() {
                // Registers; the first poll would as well, but panics after shutdown.
                sleep.reset(deadline);
            }
        }
        if let Some(sleep) = this.sleep.as_mut().as_pin_mut() {
            let _ticket = match &*this.own {
                Some(own) if !ambient::is_own_thread(this.handle, own) => {
                    Some(own.polls.begin().ok_or(Gone)?)
                }
                _ => None,
            };
            if !sleep.is_elapsed() {
                ready!(poll(sleep, cx));
            }
        }
        Poll::Ready(outcome(this.handle, *this.at))
    }
}

/// Polls whatever is left of tokio's budget: a timer that is due must not wait for it.
///
/// tokio panics here only if the runtime shuts down between the caller's look and this poll. That takes a
/// runtime that others started, polled from a thread that is not its own. The caller sees by the clock
/// what happened.
fn poll(sleep: Pin<&mut Sleep>, cx: &mut Context<'_>) -> Poll<()> {
    let mut sleep = coop::unconstrained(sleep);
    panic::catch_unwind(AssertUnwindSafe(|| Pin::new(&mut sleep).poll(cx)))
        .unwrap_or(Poll::Ready(()))
}

/// Why a timer set for `at` has fired: its time has come, or the runtime is gone.
fn outcome(handle: &Handle, at: Option<Instant>) -> Result<(), Gone> {
    let at = at.ok_or(Gone)?;
    if backend::now() >= at {
        return Ok(());
    }
    // A paused clock is only seen from inside.
    let _entered = handle.enter();
    if backend::now() >= at {
        Ok(())
    } else {
        Err(Gone)
    }
}

fn deadline(at: Option<Instant>) -> time::Instant {
    at.filter(|at| at.checked_add(ROUNDING).is_some())
        .map_or_else(
            || time::Instant::now() + FAR_FUTURE,
            |at| time::Instant::from_std(at.into()),
        )
}
