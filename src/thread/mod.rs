//! Blocking code on worker threads, and async code from threads.
//!
//! ```
//! # async fn shown() {
//! // The runtime's own threads stay free; at most 40 such calls run at once (see the limiter).
//! let sum = anyrt::to_thread(|| (1..=1000u64).sum::<u64>()).await;
//! assert_eq!(sum, 500500);
//! # }
//! ```
//!
//! # The rules in short
//!
//! - The call waits for a token of a [`CapacityLimiter`]: the default one has 40, on every backend (H1).
//! - Waiting is cancellable, and a function that has not started is withdrawn. Once it runs, a
//!   cancelled scope waits for it and its value wins, unless
//!   [`abandon_on_cancel`](ToThread::abandon_on_cancel) was called. An abandoned function keeps its
//!   token until it ends (H2).
//! - A panic in the function resumes in the caller; the worker survives (H3).
//! - The function can have async code run by [`from_thread`], and ask whether its caller is cancelled. While it waits there,
//!   its token serves the calls that are made inside (H4).
//! - A thread that the program started itself calls async code through a [`Portal`]; [`start_portal`] brings the runtime (H5).

mod call;
pub mod from_thread;
mod job;
mod lending;
mod portal;
mod remote;
mod to_thread;
mod worker;

pub use portal::{Portal, PortalCall, PortalError, Stop, portal};
pub use to_thread::{ThreadError, ToThread, TryToThread, to_thread};

pub use crate::entry::{PortalGuard, PortalProvider, SharedPortal, start_portal};
use crate::{runtime, sync::CapacityLimiter};

/// The limiter that [`to_thread`] uses unless it is given another: 40 tokens for each `run`, and 40
/// for the whole process inside foreign runtimes. Its total can be changed while it is in use.
///
/// # Panics
///
/// Where there is no runtime (rule R2).
#[doc(alias = "current_default_thread_limiter")]
#[track_caller]
pub fn default_thread_limiter() -> CapacityLimiter {
    match runtime::with(|_, shared| CapacityLimiter::of(shared.limiter())) {
        Ok(limiter) => limiter,
        Err(error) => panic!("{error}"),
    }
}
