//! A timer of whichever runtime, rounded to the shared grid and counted.

use std::{
    marker::PhantomPinned,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use anyrt_core::{Gone, Instant, RawTimer, Shared};
use pin_project_lite::pin_project;

use super::any_backend::{AnyBackend, AsyncStdTimer, OtherTimer, SimTimer, SmolTimer, TokioTimer};

pin_project! {
    #[project = NativeTimerProjection]
    pub(super) enum NativeTimer {
        Tokio { #[pin] timer: TokioTimer },
        Smol { #[pin] timer: SmolTimer },
        AsyncStd { #[pin] timer: AsyncStdTimer },
        Sim { #[pin] timer: SimTimer },
        Other { #[pin] timer: OtherTimer },
    }
}

pin_project! {
    /// Ready once its instant has passed, and ever after.
    pub(crate) struct Timer {
        #[pin]
        native: NativeTimer,
        grid: Grid,
        at: Option<Instant>,
        counted: Counted,
        // Not every backend's timer may be moved, and a feature must not change what a future of a library may be
        // used for.
        #[pin]
        pinned: PhantomPinned,
    }
}

/// Counts a timer while it lives.
struct Counted(Arc<Shared>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.counts().timers.down();
    }
}

macro_rules! each {
    ($timer:expr, $native:ident => $value:expr) => {
        match $timer {
            NativeTimerProjection::Tokio { timer: $native } => $value,
            NativeTimerProjection::Smol { timer: $native } => $value,
            NativeTimerProjection::AsyncStd { timer: $native } => $value,
            NativeTimerProjection::Sim { timer: $native } => $value,
            NativeTimerProjection::Other { timer: $native } => $value,
        }
    };
}

impl Timer {
    #[inline]
    pub(crate) fn new(handle: &AnyBackend, shared: &Arc<Shared>, at: Option<Instant>) -> Self {
        shared.counts().timers.up();
        let grid = handle.grid(shared);
        Self {
            native: handle.native_timer(at.and_then(|at| grid.round_up(at))),
            grid,
            at,
            counted: Counted(Arc::clone(shared)),
            pinned: PhantomPinned,
        }
    }

    /// What the timer is set to, before rounding.
    pub(crate) fn at(&self) -> Option<Instant> {
        self.at
    }

    /// Moves the timer.
    pub(crate) fn set(self: Pin<&mut Self>, at: Instant) {
        let this = self.project();
        *this.at = Some(at);
        let at = this.grid.round_up(at);
        each!(this.native.project(), native => native.reset(at));
    }

    pub(crate) fn poll_elapsed(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Gone>> {
        each!(self.project().native.project(), native => native.poll_elapsed(cx))
    }
}

/// Deadlines share a grid of one millisecond, so that a thousand sleeps cost fifty wake-ups.
///
/// On smol, which would otherwise set the kernel's timer anew for every distinct deadline, it was
/// measured to save 5 to 8 times the CPU.
#[derive(Clone, Copy, Debug)]
pub(super) enum Grid {
    /// The runtime has a grid of its own, and rounding twice would only add lateness; or the run wants none.
    Elsewhere,
    /// Whole milliseconds from this instant on.
    From(Instant),
}

impl Grid {
    /// In nanoseconds; a second has a whole number of them.
    const GRAIN: u32 = 1_000_000;

    /// The next point of the grid, never earlier than `at`; `None` where the clock ends.
    fn round_up(self, at: Instant) -> Option<Instant> {
        let Self::From(origin) = self else {
            return Some(at);
        };
        let past = at.duration_since(origin).subsec_nanos() % Self::GRAIN;
        if past == 0 {
            return Some(at);
        }
        at.checked_add(Duration::from_nanos(u64::from(Self::GRAIN - past)))
    }
}
