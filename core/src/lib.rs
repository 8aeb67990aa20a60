//! What anyrt and its backends agree on: the contract of a runtime, the poll context, the cancel
//! tree.
//!
//! Library and application authors never see this crate; they use `anyrt`. Authors of a runtime
//! depend on it, implement [`Backend`] and run the conformance suite. It is small, it holds no
//! runtime, and it stays at one version, so that two versions of the facade in one program see each
//! other's scopes.
//!
//! | module | what it is |
//! |---|---|
//! | [`contract`] | the traits a runtime implements, and their duties |
//! | [`context`] | which region of code is being polled, and on which runtime |
//! | [`tree`] | who is cancelled, and who is held |
//! | [`limiter`] | how many at once, first come first served |
//! | [`hand_over`] | what is handed from one owner to the next, and never lost |
//! | [`wait_queue`] | the queue that every waiting is built on |
//! | [`unhandled`] | panics of wakers, which nobody who hears of them is to blame for |
//! | [`park`] | a thread that sleeps until something is ready |
//! | [`pool`] | threads for blocking jobs, for runtimes that have none |
//! | [`tally`] | how many are at work, for a shutdown that waits for them |

pub mod context;
pub mod contract;
mod counts;
pub mod hand_over;
mod instant;
pub mod limiter;
pub mod park;
pub mod pool;
mod runtime;
mod sync;
pub mod tally;
pub mod tree;
pub mod unhandled;
pub mod wait_queue;

pub use contract::*;
pub use counts::{Count, Counts};
pub use instant::Instant;
pub use runtime::{DEFAULT_THREADS, Runtime, RuntimeHandle, Shared};
