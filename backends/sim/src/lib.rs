//! A runtime for tests: an hour of sleeping takes no time, and the same seed gives the same run.
//!
//! A retry loop that waits a day between attempts should be tested with the day in it. On a
//! simulation the day passes the moment that nobody has anything else to do:
//!
//! ```
//! use std::{future::poll_fn, pin::pin, time::{Duration, Instant}};
//! use anyrt_core::{Backend, Launch, RawTimer};
//! use anyrt_sim::{Order, Sim, SimRuntime};
//!
//! async fn sleep(sim: &Sim, duration: Duration) {
//!     let mut timer = pin!(sim.timer(sim.now().checked_add(duration)));
//!     poll_fn(|cx| timer.as_mut().poll_elapsed(cx)).await.expect("the simulation runs");
//! }
//!
//! let runtime = SimRuntime::new(Order::Fifo);
//! let sim = runtime.backend();
//! let day = Duration::from_secs(24 * 60 * 60);
//! let (began, real) = (sim.now(), Instant::now());
//!
//! runtime.block_on(pin!(async {
//!     for _attempt in 0..3 {
//!         sleep(&sim, day).await;
//!     }
//! }));
//!
//! assert_eq!(sim.now() - began, 3 * day);
//! assert!(real.elapsed() < Duration::from_secs(60));
//! ```
//!
//! Applications and their tests say `sleep`, `spawn` and `run` through `anyrt` with its feature
//! `sim`; this crate is what answers.
//!
//! # What is simulated
//!
//! *Tasks* are polled one at a time, on the thread that is inside `block_on`: in the order in which they
//! were woken ([`Order::Fifo`]), or in an order drawn from a seed ([`Order::Seeded`]). Another seed is
//! another order that a real runtime might have chosen. A test that fails on a seed fails on it
//! again: the seed is printed, and [`SimRuntime::from_env`] takes it from `ANYRT_SIM_SEED`. With
//! [`Order::Interleaved`] other tasks are also polled in the middle of a `wake`, as if other threads were faster.
//!
//! *Time* stands still while anything can run, and jumps to the next timer when nothing can. It
//! starts at the real time at which the simulation was made and never looks at a clock again. A program that
//! is never blocked must reach its deadlines, too: after a hundred turns of each living task, on average,
//! at one instant, a millisecond passes.
//!
//! *Blocking jobs* run on a real thread, but one at a time and while every task waits: a job takes its turn
//! in the same queue as the tasks and runs to its end. It may therefore block on nothing that
//! another task or job has to do. One that has not returned within ten seconds of real time
//! ([`SimRuntime::with_watchdog`]) is reported by a panic that says where it was submitted.
//!
//! *A hang* is a failure at once, not a test that never ends: when nothing can run, no timer is set and
//! no job waits, `block_on` panics with the list of what is blocked and where each was spawned. A facade's tasks are told by
//! the facade ([`Backend::describe_with`](anyrt_core::Backend::describe_with)): their tree, and what holds in it.
//!
//! *Descriptors* are refused: there is no network in here yet.
//!
//! # Threads the simulation does not know
//!
//! A wake, a spawn or a timer from a thread started by hand works, but when it arrives depends on the
//! machine, and time does not wait for it: with a timer pending, the clock jumps past such a
//! thread. Only before a hang is declared is it given a second of real time
//! ([`SimRuntime::with_hang_grace`]). Work that belongs to the test goes through `spawn_blocking`.

#![forbid(unsafe_code)]

mod backend;
mod executor;
mod job;
mod launch;
mod order;
mod panics;
mod report;
mod source;
mod state;
mod task;
mod timer;
mod wait;

pub use backend::Sim;
pub use launch::SimRuntime;
pub use order::Order;
pub use source::NoSource;
pub use timer::SimTimer;
