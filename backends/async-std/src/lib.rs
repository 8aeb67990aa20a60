//! anyrt on async-std, for programs that have not moved on yet: async-std is discontinued.
//!
//! Applications name this crate only through anyrt's feature `async-std`. There is one runtime per
//! process, which starts by itself:
//!
//! ```
//! use std::{pin::pin, sync::mpsc, time::Duration};
//!
//! use anyrt_async_std::{AsyncStd, AsyncStdRuntime};
//! use anyrt_core::{Backend, Launch};
//!
//! let runtime = AsyncStdRuntime::new();
//! let (answer, answered) = mpsc::channel();
//! runtime.block_on(pin!(async {
//!     runtime.backend().spawn(async move {
//!         answer.send(AsyncStd::current().is_some()).unwrap();
//!     }).unwrap();
//! }));
//! assert_eq!(answered.recv(), Ok(true));
//! assert!(runtime.shutdown(Duration::from_secs(1)));
//! ```
//!
//! # What is evened out
//!
//! - A thread on which `async_std::task::block_on` has once unwound runs no local tasks any more, so that
//!   it hangs; [`block_on`](anyrt_core::Launch::block_on) here does not go through it.
//! - Timers and descriptors are those of [`anyrt_async_io`], as on smol.
//! - Nobody counts blocking jobs; the end of an [`AsyncStdRuntime`] waits for those of its run, and its handles start
//!   nothing afterwards: [`Gone`](anyrt_core::Gone).
//!
//! # What is not
//!
//! - Blocking jobs run in the pool that async-std itself uses, the crate `blocking`: 500 threads at most, or
//!   `BLOCKING_MAX_THREADS`. Where the system has no thread for a job, the pool tries again and again, and the job waits; it is
//!   not refused.
//! - async-std does not end. Tasks that are left go on, timers and descriptors too:
//!   [`Capabilities`](anyrt_core::Capabilities) says so.
#![forbid(unsafe_code)]

mod ambient;
mod backend;
mod launch;
mod task;

pub use anyrt_async_io::{AsyncIoSource, Timer};
pub use backend::AsyncStd;
pub use launch::AsyncStdRuntime;
