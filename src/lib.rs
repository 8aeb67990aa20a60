//! Write your async library once; your users pick the runtime.
//!
//! anyrt is the runtime-independent layer for async Rust: task groups, cancel scopes, timeouts and
//! worker threads with one set of semantics on tokio, smol and async-std, proved by a conformance
//! suite that any runtime can run.
//!
//! A **library** depends on `anyrt` with no feature and names no runtime:
//!
//! ```
//! use std::time::Duration;
//!
//! /// Both parts, concurrently; `None` if they take longer than a second.
//! pub async fn both() -> Option<u64> {
//!     anyrt::move_on_after(Duration::from_secs(1), async {
//!         anyrt::task_group(async |tg| {
//!             let left = tg.spawn_value(async { 20 });
//!             let right = tg.spawn_value(async { anyrt::to_thread(|| 22).await });
//!             left.await.unwrap() + right.await.unwrap()
//!         })
//!         .await
//!     })
//!     .await
//! }
//! ```
//!
//! An **application** turns on one feature (`tokio`, `smol`, `async-std`) and names that backend, by
//! `#[anyrt::main(backend = "tokio")]` or [`Builder::backend`], or keeps the runtime it has: the same calls work inside
//! `#[tokio::main]` and `async_std::main` without any set-up, and in `smol::block_on` where there is no other backend
//! (else see [`runtime::Handle::native`]).
//!
//! | module | what is there |
//! |---|---|
//! | root | the names of everyday use: [`run`], [`task_group`], [`scope`], [`move_on_after`], [`shield`], [`finally`], [`sleep`], [`to_thread`] … |
//! | [`task`] | groups, handles, errors |
//! | [`cancel`] | scopes, deadlines, shields, reasons |
//! | [`time`] | sleeping, [`Instant`](time::Instant) |
//! | [`thread`] | worker threads, and calls from threads into async code |
//! | [`sync`] | locks, semaphores, events, limiters |
//! | [`channel`] | channels, rendezvous, `oneshot` |
//! | [`context`] | variables of tasks and of runs |
//! | [`runtime`] | which backend this is |
//! | [`debug`] | what is alive |
//! | [`prelude`] | the extension traits |
//!
//! | feature | what it turns on |
//! |---|---|
//! | `tokio`, `smol`, `async-std` | the backend on that runtime |
//! | `sim` | a runtime for tests: virtual time, orders drawn from a seed |
//! | `macros` | `#[anyrt::main]`, and `#[anyrt::test]`, which runs a test on every backend that is on |
//! | `tracing` | spans of tasks and events of cancels for the crate `tracing`, see [`debug`] |
//!
//! # What is not promised
//!
//! Foreign code that drops a facade future (a `select!`, a native timeout, an abort) does so at once: shields in
//! that task are lost. See [`cancel`].

#![forbid(unsafe_code)]

#[cfg(feature = "macros")]
#[doc(hidden)]
#[path = "attributes.rs"]
pub mod __attributes;
pub mod cancel;
pub mod channel;
pub mod context;
pub mod debug;
mod entry;
pub mod guide;
mod payload;
pub mod prelude;
pub mod runtime;
pub mod sync;
pub mod task;
pub mod thread;
pub mod time;
#[cfg_attr(feature = "tracing", path = "trace/on.rs")]
#[cfg_attr(not(feature = "tracing"), path = "trace/off.rs")]
mod trace;

/// The README's program is compiled as it stands there.
#[cfg(all(doctest, feature = "macros", feature = "tokio"))]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(feature = "macros")]
pub use anyrt_macros::{main, test};
pub use cancel::{fail_after, finally, move_on_after, scope, shield};
pub use entry::{Builder, LaunchBuilder, RunError, run, run_local};
pub use task::{gather, race, task_group, try_task_group};
pub use thread::to_thread;
pub use time::{sleep, yield_now};
