//! The conformance suite: proves that a runtime keeps anyrt's contract, and that anyrt's semantics
//! hold on it.
//!
//! Whoever writes a backend runs the whole suite with one line in `tests/conformance.rs`:
//!
#![cfg_attr(feature = "sim", doc = "```")]
#![cfg_attr(not(feature = "sim"), doc = "```ignore")]
//! use anyrt_compat_tests::Harness;
//! use anyrt_sim::{Order, SimRuntime};
//!
//! struct MyHarness;
//!
//! impl Harness for MyHarness {
//!     type Launch = SimRuntime;
//!     const NAME: &'static str = "mine";
//!
//!     fn launch() -> SimRuntime {
//!         SimRuntime::new(Order::Fifo)
//!     }
//! }
//!
//! anyrt_compat_tests::suite!(MyHarness);
//! # fn main() {}
//! ```
//!
//! That is one `#[test]` for each [case](registry::CASES), run by plain `cargo test`. A case that the
//! backend can not pass yet is waived by name, with a reason; it shows as ignored, and the suite
//! fails when the waiver is no longer needed:
//!
#![cfg_attr(feature = "sim", doc = "```")]
#![cfg_attr(not(feature = "sim"), doc = "```ignore")]
//! # use anyrt_compat_tests::shipped::SimSeeded as MyHarness;
//! anyrt_compat_tests::suite!(MyHarness, waive {
//!     k025_an_elapsed_timer_can_be_set_again: "the wheel can not move a timer yet",
//! });
//! # fn main() {}
//! ```
//!
//! The crate's default feature `shipped` brings anyrt's own backends and a runner for them; the features
//! `tokio`, `smol`, `async-std` and `sim` bring one of them. Turn it off, and no runtime is in the tree:
//!
//! ```toml
//! [dev-dependencies]
//! anyrt-compat-tests = { version = "0.1", default-features = false }
//! ```
//!
//! # What a case is
//!
//! A few lines that prove one rule, and a golden *trace* written by hand from that rule. The case logs
//! in lanes; order counts inside a lane and never between lanes, so that a scheduler's freedom is not
//! a difference. Every backend is compared with the same trace: what passes on two of them is the same
//! on both. The rules are in [`spec`].
//!
//! After each case nothing may be left in the run: no task, timer, hold, job or token.

#![forbid(unsafe_code)]

pub mod case;
#[allow(missing_docs)]
pub mod cases;
mod columns;
pub mod harness;
mod json;
mod leftovers;
pub mod registry;
pub mod report;
pub mod rig;
#[cfg(feature = "runner")]
pub mod shipped;
pub mod spec;
mod suite;
pub mod tools;
pub mod trace;
mod verdict;
mod watchdog;

pub use case::{Body, Case, Level, Need};
pub use columns::Column;
pub use harness::{BoxFuture, Harness};
pub use registry::CASES;
#[doc(hidden)]
pub use suite::{check, claims, names, waivers};
pub use trace::Trace;
pub use verdict::{Outcome, Verdict, run};
