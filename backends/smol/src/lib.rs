//! anyrt on smol: an executor of one's own with worker threads, or smol's global one.
//!
//! Applications name this crate only through anyrt's feature `smol`. To start a runtime and run
//! something on it:
//!
//! ```
//! use std::{pin::pin, sync::mpsc, time::Duration};
//!
//! use anyrt_core::{Backend, Launch};
//! use anyrt_smol::SmolRuntime;
//!
//! let runtime = SmolRuntime::new(Some(2))?;
//! let smol = runtime.backend();
//! let (answer, answered) = mpsc::channel();
//! runtime.block_on(pin!(async {
//!     smol.spawn(async move { answer.send(42).unwrap() }).unwrap();
//! }));
//! assert_eq!(answered.recv(), Ok(42));
//!
//! assert!(runtime.shutdown(Duration::from_secs(1)));
//! assert!(smol.spawn(async {}).is_err());
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # What is evened out
//!
//! - smol's global executor has one thread, which a busy task takes from all others. A [`SmolRuntime`]
//!   has as many as the machine runs at once.
//! - smol has no shutdown: tasks that are left at the end of the process are leaked.
//!   [`shutdown`](anyrt_core::Launch::shutdown) drops them; a destructor that panics takes no other
//!   task with it, and neither does a wake from a foreign thread meanwhile, which leaks a task of an
//!   executor that is being dropped.
//! - smol's reactor belongs to the process and outlives the executor. A timer or a descriptor of a
//!   [`SmolRuntime`] answers [`Gone`](anyrt_core::Gone) after shutdown, and whoever waits on it from outside is woken.
//! - Dropping smol's handle of a task, or of a blocking job that has not started, cancels it. Here tasks
//!   and jobs are detached.
//! - smol's pool forgets its jobs, and waits for ever where the system has no thread for one. Those of a [`SmolRuntime`] run
//!   on [anyrt's](anyrt_core::pool), which refuses them then; they are counted, waited for at shutdown, and dropped where they
//!   have not started.
//!
//! # What is not
//!
//! - The threads of the global executor look like any other:
//!   [`on_runtime_thread`](anyrt_core::Backend::on_runtime_thread) is `false` there.
//! - On the global executor blocking jobs run in smol's pool, the crate `blocking`: 500 threads at most, or
//!   `BLOCKING_MAX_THREADS`. Where the system has no thread for a job, the pool tries again and again, and the job waits; it is
//!   not refused. Its threads end after half a second without work, but for one.
#![forbid(unsafe_code)]

mod ambient;
mod backend;
mod contained;
mod launch;
mod own;

pub use anyrt_async_io::{AsyncIoSource, Timer};
pub use backend::Smol;
pub use launch::SmolRuntime;
