//! Sleeping, yielding, and points in time.
//!
//! ```
//! # #[cfg(any())] // needs a runtime; the examples folder runs this on each
//! # async fn shown() {
//! use std::time::Duration;
//!
//! anyrt::sleep(Duration::from_millis(20)).await; // never early
//! anyrt::yield_now().await; // lets others run
//! # }
//! ```
//!
//! Rules M1 and M2: a sleep is never early; a duration too long for the clock never ends and never
//! panics; `sleep` of zero yields once; a finished sleep that is polled again is ready again.
//! Deadlines round up to a grid of one millisecond that all of a run shares.

mod sleep;
mod yield_now;

pub use anyrt_core::Instant;
pub use sleep::{Sleep, sleep, sleep_until};
pub use yield_now::{YieldNow, yield_now};
