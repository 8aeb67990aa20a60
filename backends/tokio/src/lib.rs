//! anyrt on tokio: a runtime of one's own, or the one that is already around the caller.
//!
//! Applications name this crate only through anyrt's feature `tokio`. To start a runtime and run
//! something on it:
//!
//! ```
//! use std::{pin::pin, sync::mpsc, time::Duration};
//!
//! use anyrt_core::{Backend, Launch};
//! use anyrt_tokio::TokioRuntime;
//!
//! let runtime = TokioRuntime::multi_thread(Some(2))?;
//! let (answer, answered) = mpsc::channel();
//! runtime.block_on(pin!(async {
//!     let tokio = anyrt_tokio::Tokio::current().expect("this is inside tokio");
//!     tokio.spawn(async move { answer.send(42).unwrap() }).unwrap();
//! }));
//! assert_eq!(answered.recv(), Ok(42));
//!
//! let tokio = runtime.backend();
//! assert!(runtime.shutdown(Duration::from_secs(1)));
//! assert!(tokio.spawn(async {}).is_err());
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # What is evened out
//!
//! - tokio's objects must be built, and some polled, inside its runtime's context. Everything here
//!   carries the runtime's handle and enters it by itself, so that any thread may make, poll, reset and
//!   drop it.
//! - A tokio timer panics when it is polled after shutdown. [`Timer`] answers [`Gone`], and whoever
//!   waits on one is woken. tokio's panic is out of reach in one place only: when a runtime that others
//!   started shuts down *while* a foreign thread polls one of its timers. It is caught, and the answer is
//!   the same, but the panic hook has run.
//! - A tokio timer is pending while the task's cooperation budget is spent, and rounds up to the next
//!   millisecond even if its time has come before it was first polled. [`Timer`] does neither.
//! - Spawning on a runtime that is gone looks like success in tokio. Here it is [`Gone`].
//! - tokio's blocking pool starts more threads than it needs. Blocking jobs run on anyrt's, with the
//!   tokio handle entered; native `spawn_blocking` is as it was.
//! - A runtime that is shut down inside another's context panics in tokio. Here it does not; only
//!   nesting [`block_on`](anyrt_core::Launch::block_on) does.
//! - The clock is tokio's own, so that `tokio::time::pause` rules anyrt's timers too. A paused clock is
//!   seen only from inside its runtime.
//!
//! # What is not
//!
//! - A runtime built without `enable_time` or `enable_io` panics, with tokio's own text, at the first
//!   timer or descriptor: tokio has no way to ask.
//! - tokio tells workers from other threads, but not the `block_on` of a runtime that others started:
//!   [`on_runtime_thread`](anyrt_core::Backend::on_runtime_thread) is `false` in the main future of a
//!   multi-threaded `#[tokio::main]`. Blocking there starves nothing but that future. Before 1.54 tokio does not
//!   tell of its workers either, and the answer is `false` in tasks that were spawned by tokio's own `spawn`, and in the
//!   main future of a current-thread runtime that others started; facade code knows by its own tasks and scopes.
//! - A clock that is paused jumps when tokio has nothing to do, and it does not know of anyrt's blocking jobs: it jumps
//!   past a running one, as it does not past its own `spawn_blocking`.
//!
//! [`Gone`]: anyrt_core::Gone
#![forbid(unsafe_code)]

#[cfg(not(unix))]
compile_error!(
    "anyrt-tokio watches descriptors through tokio's `AsyncFd`, which exists on Unix only"
);

mod ambient;
mod backend;
mod launch;
mod source;
mod timer;
mod worker;

pub use backend::{Tokio, now};
pub use launch::TokioRuntime;
pub use source::TokioSource;
pub use timer::Timer;
