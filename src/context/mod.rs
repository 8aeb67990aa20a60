//! Values that surround code: of a task and everything it starts, or of a whole run.
//!
//! ```
//! use anyrt::context::context_var;
//!
//! context_var! {
//!     /// Whom the request is for.
//!     static USER: String;
//! }
//!
//! async fn greeting() -> String {
//!     // Found without having been passed on, in tasks and worker threads, too.
//!     anyrt::to_thread(|| format!("hello {}", USER.get().unwrap_or_default())).await
//! }
//!
//! # async fn shown() {
//! let text = USER.scope("ada".to_owned(), greeting()).await;
//! assert_eq!(text, "hello ada");
//! assert_eq!(USER.get(), None);
//! # }
//! ```
//!
//! # The rules in short
//!
//! - A value is there for the future that it is set around, wherever that is polled, and while it is dropped; for nothing
//!   else (H6).
//! - A task begins with the values that were there where it was spawned; so do functions on worker threads, what they have
//!   run by [`from_thread`](crate::thread::from_thread), and calls through a [`Portal`](crate::thread::Portal). What is set
//!   later, on either side, the other does not see (H6).
//! - A [`RunVar`] has one value for each run, and loses it when the run ends (H7).
//!
//! A variable that libraries agree on is no substitute for an argument: use it for what goes with everything that a
//! task does, such as who asked for it.

mod run_var;
mod variable;

pub use run_var::RunVar;
pub use variable::{ContextVar, Scoped};

#[doc(inline)]
pub use crate::context_var;
