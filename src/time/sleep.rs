//! Waiting for time to pass.

use std::{
    fmt,
    future::Future,
    panic::Location,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use anyrt_core::{Instant, context, tree};
use pin_project_lite::pin_project;

use crate::{
    cancel::Reason,
    runtime::{self, Timer},
};

/// Waits at least `duration`, counted from the first poll.
///
/// Zero yields once. A duration that the clock can not hold never ends.
///
/// If dropped before completion, nothing has happened. When the runtime it waits on is shut down, the
/// scope around it ends with [`Reason::Shutdown`]; with no scope around it, the sleep returns.
///
/// # Panics
///
/// When polled first where there is no runtime (rule R2).
#[track_caller]
pub fn sleep(duration: Duration) -> Sleep {
    Sleep::new(Until::After(duration))
}

/// Waits until `instant`; an instant that has passed yields once. Rule M1.
///
/// See [`sleep`].
#[track_caller]
pub fn sleep_until(instant: Instant) -> Sleep {
    Sleep::new(Until::At(instant))
}

/// Waits until it is cancelled. Rule M1.
///
/// For a task that has set something up and only has to stay: what ends it is the scope or the group
/// around it. See [`sleep`] for what happens when its runtime is gone.
#[track_caller]
pub fn sleep_forever() -> Sleep {
    Sleep::new(Until::Never)
}

#[derive(Clone, Copy, Debug)]
enum Until {
    Never,
    After(Duration),
    At(Instant),
}

pin_project! {
    /// The future of [`sleep`], [`sleep_until`] and [`sleep_forever`].
    #[must_use = "futures do nothing until they are awaited"]
    pub struct Sleep {
        state: State,
        #[pin]
        timer: Option<Timer>,
    }
}

#[derive(Clone, Copy, Debug)]
enum State {
    New {
        until: Until,
        /// Where the sleep was made.
        place: &'static Location<'static>,
    },
    Waiting,
    Done,
}

impl Sleep {
    #[track_caller]
    fn new(until: Until) -> Self {
        Self {
            state: State::New {
                until,
                place: Location::caller(),
            },
            timer: None,
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        let first = matches!(this.state, State::New { .. });
        if let State::New { until, place } = *this.state {
            let armed = runtime::with(|handle, shared| {
                let now = handle.now();
                let at = match until {
                    Until::After(duration) => now.checked_add(duration),
                    Until::At(at) => Some(at),
                    Until::Never => None,
                };
                if at.is_none_or(|at| at > now) {
                    this.timer.set(Some(Timer::new(handle, shared, at)));
                }
            });
            if let Err(error) = armed {
                runtime::no_runtime_at(error, place);
            }
            *this.state = State::Waiting;
            if this.timer.is_none() {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
        }
        if matches!(this.state, State::Waiting) {
            if let Some(timer) = this.timer.as_mut().as_pin_mut() {
                match timer.poll_elapsed(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(Ok(())) if first => {
                        // It suspends in any case, and so is a cancel point that needs no budget.
                        cx.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                    Poll::Ready(Ok(())) => {}
                    Poll::Ready(Err(_gone)) => {
                        if let Some(scope) = context::nearest_scope() {
                            tree::cancel(&scope, Reason::Shutdown);
                            return Poll::Pending;
                        }
                    }
                }
            }
            this.timer.set(None);
            *this.state = State::Done;
        }
        Poll::Ready(())
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
