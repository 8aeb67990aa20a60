//! Limits on how many do something at once.
//!
//! ```
//! use anyrt::sync::CapacityLimiter;
//!
//! # async fn shown() {
//! let limiter = CapacityLimiter::new(2);
//! let token = limiter.acquire().await;
//! assert_eq!(limiter.available_tokens(), Some(1));
//! drop(token);
//! # }
//! ```
//!
//! Nothing here belongs to a runtime: it is usable before one exists, and across several (rule S1).
//! Whoever waits is served first come, first served (S2); a waiter that is dropped leaves no trace, and
//! passes on what it was granted and had not seen (S3).

mod limiter;

pub use anyrt_core::limiter::{
    AcquireError, AlreadyBorrowed, Borrower, LimiterStatistics, NotBorrowed, Token, WouldBlock,
};
pub use limiter::{Acquire, AcquireFor, CapacityLimiter};
