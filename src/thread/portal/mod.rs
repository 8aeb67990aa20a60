//! Async code from threads that are none of the runtime's.
//!
//! ```no_run
//! # async fn lookup(_: u32) -> String { String::new() }
//! use std::thread;
//!
//! use anyrt::thread::{Stop, portal};
//!
//! # async fn shown() {
//! // A portal for threads that the program starts itself.
//! portal(async |portal| {
//!     let theirs = portal.clone();
//!     thread::spawn(move || {
//!         let name = theirs.call(lookup(7)).unwrap();
//!         println!("{name}");
//!         theirs.stop(Stop::Wait);
//!     });
//!     portal.stopped().await;
//! })
//! .await;
//! # }
//!
//! // A program without any async code starts a runtime beside it.
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let portal = anyrt::thread::start_portal("smol")?;
//! let name = portal.call(lookup(7))?;
//! # drop(name);
//! # Ok(()) }
//! ```
//!
//! # The rules in short
//!
//! - Calls are children of the portal: it ends when its body has returned and they have; a body that panics, or is
//!   cancelled from around it, cancels them.
//! - A call's panic resumes where its value is waited for, and harms no other call; so does the panic of a task that foreign
//!   code has left behind in it, which the call waits for (C10).
//! - Where tasks are polled, of whichever run, or of a native runtime where that can be seen, what would block is refused
//!   with [`PortalError::OnRuntimeThread`]; worker threads are never refused. Await the [`PortalCall`] there; it may be awaited on another runtime, too.
//! - Nothing hangs: when the portal or its runtime ends, waiting ends with [`PortalError::Cancelled`].
//!
//! Rule H5.

mod call;
mod error;
mod host;
mod start;

pub use call::PortalCall;
pub use error::PortalError;
pub use host::{Portal, Stop, portal};
