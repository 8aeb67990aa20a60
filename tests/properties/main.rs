//! Each primitive against a simple model of it: random sequences of what tasks may do, dropped at any point.
//!
//! A sequence that fails is made shorter until it is minimal, and printed. `PROPTEST_CASES` sets how many are tried,
//! ten thousand of each unless given.

mod asking;
mod cell;
mod channel;
mod condition;
mod crowd;
mod limiter;
mod locks;
mod meeting;
mod semaphore;
mod waiting;
