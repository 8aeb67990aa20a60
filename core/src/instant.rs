//! A point in a runtime's time.

use std::{
    ops::{Add, AddAssign, Sub, SubAssign},
    sync::OnceLock,
    time::{self, Duration},
};

use crate::context;

/// A point in time, by the clock of the runtime around the caller: real, or virtual on a simulation.
///
/// It converts to and from [`std::time::Instant`]. On a virtual clock the converted value says
/// where in virtual time it lies and must not be compared with the real now.
///
/// Arithmetic that would overflow saturates in the checked forms and panics in the operators, as in
/// the standard library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(time::Instant);

/// Reads the clock outside of facade tasks, once a facade knows of a runtime with another clock than the machine's.
static OUTSIDE: OnceLock<fn() -> Instant> = OnceLock::new();

impl Instant {
    /// Now, by the clock of the runtime around the caller.
    ///
    /// Outside any facade task or facade worker thread this is the machine's monotonic clock, except inside a tokio
    /// runtime, with anyrt's feature `tokio`: there it is tokio's, which a test may have paused. (That is known once
    /// a facade future of the process has looked for its runtime, as all do but `yield_now`.)
    pub fn now() -> Self {
        context::runtime(|runtime| match runtime {
            Some(runtime) => runtime.handle().now(),
            None => OUTSIDE
                .get()
                .map_or_else(|| Self(time::Instant::now()), |now| now()),
        })
    }

    /// Has [`now`](Self::now) read this clock outside of facade tasks. The first one is kept.
    #[doc(hidden)]
    pub fn set_clock_outside(now: fn() -> Self) {
        let _ = OUTSIDE.set(now);
    }

    /// `self + duration`, or `None` where the clock has no such instant: "never".
    pub fn checked_add(self, duration: Duration) -> Option<Self> {
        self.0.checked_add(duration).map(Self)
    }

    /// `self - duration`, or `None` where the clock has no such instant.
    pub fn checked_sub(self, duration: Duration) -> Option<Self> {
        self.0.checked_sub(duration).map(Self)
    }

    /// The time from `earlier` to `self`, zero if `earlier` is later.
    pub fn duration_since(self, earlier: Self) -> Duration {
        self.0.saturating_duration_since(earlier.0)
    }

    /// The time from `earlier` to `self`, or `None` if `earlier` is later.
    pub fn checked_duration_since(self, earlier: Self) -> Option<Duration> {
        self.0.checked_duration_since(earlier.0)
    }

    /// The time from `self` to [`Instant::now`], zero if `self` lies in the future.
    pub fn elapsed(self) -> Duration {
        Self::now().duration_since(self)
    }
}

impl From<time::Instant> for Instant {
    fn from(instant: time::Instant) -> Self {
        Self(instant)
    }
}

impl From<Instant> for time::Instant {
    fn from(instant: Instant) -> Self {
        instant.0
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0 + duration)
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, duration: Duration) {
        *self = *self + duration;
    }
}

impl Sub<Duration> for Instant {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        Self(self.0 - duration)
    }
}

impl SubAssign<Duration> for Instant {
    fn sub_assign(&mut self, duration: Duration) {
        *self = *self - duration;
    }
}

impl Sub for Instant {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        self.duration_since(earlier)
    }
}
