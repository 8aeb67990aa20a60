//! Ticks at equal distances.

use std::{
    fmt,
    future::Future,
    panic::Location,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use anyrt_core::{Gone, Instant, Runtime, context, tree};
use futures_core::Stream;

use crate::{
    cancel::Reason,
    runtime::{self, AnyBackend, Leaf, Timer},
};

/// Ticks now, and then once every `period`; counted from the first poll of the first tick.
///
/// ```no_run
/// # anyrt::run(async {
/// use std::time::Duration;
///
/// let mut interval = anyrt::time::interval(Duration::from_millis(10))?;
/// for _ in 0..3 {
///     interval.tick().await; // the first one is immediate
/// }
/// # Ok::<(), anyrt::time::ZeroPeriod>(()) });
/// ```
///
/// Ticks that were missed are left out, all but one; [`Interval::missed_tick`] changes that.
/// Rules M1 and R4: making it needs no runtime; it keeps the one of its first poll.
///
/// # Errors
///
/// [`ZeroPeriod`] when `period` is zero.
#[track_caller]
pub fn interval(period: Duration) -> Result<Interval, ZeroPeriod> {
    Interval::new(Next::FirstPoll, period)
}

/// Ticks at `start`, and then once every `period`.
///
/// A `start` in the past has missed its ticks. See [`interval()`].
///
/// # Errors
///
/// [`ZeroPeriod`] when `period` is zero.
#[track_caller]
pub fn interval_at(start: Instant, period: Duration) -> Result<Interval, ZeroPeriod> {
    Interval::new(Next::At(start), period)
}

/// An interval was to have a period of zero, which would tick without end in no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ZeroPeriod;

impl fmt::Display for ZeroPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the period of an interval is zero: give it one longer than that, or call `yield_now` in a loop")
    }
}

impl std::error::Error for ZeroPeriod {}

/// What becomes of ticks for which nobody waited in time. The kinds are tokio's; the default is not: there it is `Burst`.
///
/// A tick is missed when it is taken more than five milliseconds after its time. In the pictures the
/// period is 10 and the caller is busy from 15 to 42.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MissedTick {
    /// All missed ticks come at once, then the plan goes on: 0, 10, 42, 42, 42, 50.
    Burst,
    /// The plan begins anew at the late tick: 0, 10, 42, 52, 62.
    Delay,
    /// One late tick, then the plan goes on; the others are left out: 0, 10, 42, 50, 60.
    #[default]
    Skip,
}

/// How late a tick may be before it counts as missed: timers are not exact.
const LEEWAY: Duration = Duration::from_millis(5);

impl MissedTick {
    /// When the tick after `due`, taken at `now`, is; `None` where the clock ends.
    fn next(self, due: Instant, now: Instant, period: Duration) -> Option<Instant> {
        let late = now.duration_since(due);
        match self {
            Self::Delay if late > LEEWAY => now.checked_add(period),
            Self::Skip if late > LEEWAY => {
                let past = late.as_nanos() % period.as_nanos();
                let (seconds, nanos) = (past / 1_000_000_000, past % 1_000_000_000);
                // `past` is less than `period`, which is a `Duration`.
                now.checked_add(period)?
                    .checked_sub(Duration::new(seconds as u64, nanos as u32))
            }
            _ => due.checked_add(period),
        }
    }
}

/// Ticks at equal distances; made by [`interval()`] and [`interval_at`]. Also a stream of ticks.
#[must_use = "an interval does nothing until `tick` is awaited"]
pub struct Interval {
    period: Duration,
    missed: MissedTick,
    next: Next,
    /// Of the tick that is being waited for.
    leaf: Leaf,
    home: Home,
}

/// When the next tick is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// At the first poll, whenever that is.
    FirstPoll,
    At(Instant),
    /// The clock ends before.
    Never,
}

impl From<Option<Instant>> for Next {
    fn from(at: Option<Instant>) -> Self {
        at.map_or(Self::Never, Self::At)
    }
}

/// Which runtime the interval is on.
enum Home {
    /// The one around its first poll; here is where the interval was made.
    Unknown(&'static Location<'static>),
    Latched(Latched),
}

/// The runtime that the interval keeps, and its timer there once one was needed.
struct Latched {
    runtime: Arc<Runtime>,
    handle: AnyBackend,
    timer: Option<Pin<Box<Timer>>>,
    gone: bool,
}

impl Interval {
    #[track_caller]
    fn new(next: Next, period: Duration) -> Result<Self, ZeroPeriod> {
        if period.is_zero() {
            return Err(ZeroPeriod);
        }
        Ok(Self {
            period,
            missed: MissedTick::default(),
            next,
            leaf: Leaf::default(),
            home: Home::Unknown(Location::caller()),
        })
    }

    /// Chooses what becomes of missed ticks, instead of [`MissedTick::Skip`].
    pub fn missed_tick(mut self, missed: MissedTick) -> Self {
        self.missed = missed;
        self
    }

    /// Waits for the next tick; its value is when the tick was due.
    ///
    /// If dropped before completion, no tick is lost: the next call waits for the same one. When the
    /// runtime is gone, the scope around the call ends with [`Reason::Shutdown`]; with no scope
    /// around it, it returns.
    ///
    /// # Panics
    ///
    /// When polled first where there is no runtime (rule R2).
    pub fn tick(&mut self) -> Tick<'_> {
        Tick {
            interval: self,
            polled: false,
        }
    }

    /// The same in the form that hand-written futures use.
    ///
    /// # Panics
    ///
    /// See [`tick`](Self::tick).
    pub fn poll_tick(&mut self, cx: &mut Context<'_>) -> Poll<Instant> {
        match ready!(self.poll(cx)) {
            Ok(due) => Poll::Ready(due),
            Err(Gone) => Poll::Ready(match self.next {
                Next::At(due) => due,
                Next::FirstPoll | Next::Never => self.now(),
            }),
        }
    }

    /// How far ticks are apart.
    pub fn period(&self) -> Duration {
        self.period
    }

    /// Begins anew: the next tick is one period from now.
    pub fn reset(&mut self) {
        self.next = self.now().checked_add(self.period).into();
    }

    /// Begins anew: the next tick is now.
    pub fn reset_immediately(&mut self) {
        self.next = Next::At(self.now());
    }

    /// Begins anew: the next tick is at `start`.
    pub fn reset_at(&mut self, start: Instant) {
        self.next = Next::At(start);
    }

    fn now(&self) -> Instant {
        match &self.home {
            Home::Latched(latched) => latched.handle.now(),
            Home::Unknown(_) => Instant::now(),
        }
    }

    /// `Gone` only where there is no scope to end.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Instant, Gone>> {
        if let Home::Unknown(place) = self.home {
            self.home = Home::Latched(Latched::here(place));
        }
        let Home::Latched(latched) = &mut self.home else {
            unreachable!("it has just been latched");
        };
        if self.next == Next::FirstPoll {
            self.next = Next::At(latched.handle.now());
        }
        ready!(self.leaf.poll_enter(cx));
        let outcome = ready!(latched.poll_due(self.next, cx));
        self.leaf = Leaf::default();
        Poll::Ready(outcome.map(|(due, now)| {
            self.next = self.missed.next(due, now, self.period).into();
            due
        }))
    }
}

impl Latched {
    fn here(place: &Location<'_>) -> Self {
        match runtime::attached() {
            Ok((runtime, handle)) => Self {
                runtime,
                handle,
                timer: None,
                gone: false,
            },
            Err(error) => runtime::no_runtime_at(error, place),
        }
    }

    /// When the tick was due, and what the clock says.
    fn poll_due(
        &mut self,
        next: Next,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(Instant, Instant), Gone>> {
        let at = match next {
            Next::At(at) => Some(at),
            Next::FirstPoll | Next::Never => None,
        };
        let armed = self.timer.as_ref().is_some_and(|timer| timer.at() == at);
        if !armed && !self.gone {
            if let Some(due) = at {
                let now = self.handle.now();
                if due <= now {
                    return Poll::Ready(Ok((due, now)));
                }
            }
            match (&mut self.timer, at) {
                (Some(timer), Some(at)) => timer.as_mut().set(at),
                (timer, at) => {
                    let shared = self.runtime.shared();
                    *timer = Some(Box::pin(Timer::new(&self.handle, shared, at)));
                }
            }
        }
        if !self.gone {
            let timer = self.timer.as_mut().expect("it was armed just now");
            if ready!(timer.as_mut().poll_elapsed(cx)).is_ok() {
                let now = self.handle.now();
                return Poll::Ready(Ok((at.unwrap_or(now), now)));
            }
            self.gone = true;
        }
        if let Some(scope) = context::nearest_scope() {
            tree::cancel(&scope, Reason::Shutdown);
            return Poll::Pending;
        }
        Poll::Ready(Err(Gone))
    }
}

/// Ends when its runtime is gone.
impl Stream for Interval {
    type Item = Instant;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Instant>> {
        self.poll(cx).map(Result::ok)
    }
}

impl fmt::Debug for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interval")
            .field("period", &self.period)
            .field("missed_tick", &self.missed)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

/// The future of [`Interval::tick`].
#[derive(Debug)]
#[must_use = "futures do nothing until they are awaited"]
pub struct Tick<'a> {
    interval: &'a mut Interval,
    polled: bool,
}

impl Future for Tick<'_> {
    type Output = Instant;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Instant> {
        if !self.polled {
            // An operation of its own, whatever became of the one before.
            self.polled = true;
            self.interval.leaf = Leaf::default();
        }
        self.interval.poll_tick(cx)
    }
}
