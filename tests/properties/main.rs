//! Each primitive against a simple model of it: random sequences of what tasks may do, dropped at any point.
//!
//! A sequence that fails is made shorter until it is minimal, and printed. `PROPTEST_CASES` sets how many are tried,
//! ten thousand of each unless given.

mod channel;
mod limiter;
mod locks;
mod semaphore;
mod waiting;
