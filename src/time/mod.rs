//! Sleeping, yielding, and points in time.
//!
//! ```
//! # #[cfg(any())] // needs a runtime; the examples folder runs this on each
//! # async fn shown() {
//! use std::time::Duration;
//!
//! anyrt::sleep(Duration::from_millis(20)).await; // never early
//! anyrt::yield_now().await; // lets others run
//!
//! let mut interval = anyrt::time::interval(Duration::from_millis(10)).unwrap();
//! while interval.tick().await.elapsed() < Duration::from_secs(1) {} // the first tick is immediate
//! # }
//! ```
//!
//! Rules M1 and M2: a sleep is never early; a duration too long for the clock never ends and never
//! panics; `sleep` of zero yields once; a finished sleep that is polled again is ready again.
//! Deadlines round up to a grid of one millisecond that all of a run shares, unless
//! [`Builder::exact_deadlines`](crate::Builder::exact_deadlines) turns that off. An interval ticks at once, and
//! then at times that do not depend on how long its ticks took; what becomes of missed ones is [`MissedTick`].

mod interval;
mod sleep;
mod yield_now;

pub use anyrt_core::Instant;
pub use interval::{Interval, MissedTick, Tick, ZeroPeriod, interval, interval_at};
pub use sleep::{Sleep, sleep, sleep_forever, sleep_until};
pub use yield_now::{YieldNow, yield_now};
