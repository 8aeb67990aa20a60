//! Scopes, deadlines and shields: ending code from outside, and keeping code from being ended.
//!
//! ```
//! # use std::time::Duration;
//! # async fn fetch() -> u32 { 7 }
//! # async fn shown() {
//! use anyrt::{move_on_after, shield};
//!
//! // At most five seconds; `None` if they were not enough.
//! let page: Option<u32> = move_on_after(Duration::from_secs(5), async {
//!     let page = fetch().await;
//!     shield(async { /* finishes, whoever cancels from outside */ }).await;
//!     page
//! })
//! .await;
//! # }
//! ```
//!
//! # First, what is not promised
//!
//! These rules hold against facade scopes. A foreign `select!`, `timeout` or `abort` that drops a facade
//! future does so at once: shields in *that* task are lost. Its child tasks are cancelled and finish
//! their own shields (rule C10).
//!
//! # The rules in short
//!
//! - Cancelling is dropping (C1): a cancelled scope drops its body where the body suspends. No
//!   operation returns a "cancelled" error.
//! - Poll first, then look (C2): a body that is ready returns its value, even if it was cancelled
//!   meanwhile, and always runs to its first suspension.
//! - After 128 operations in one poll of a task the next one lets others run first (C8). That alone ends no scope: up to
//!   128 operations that are ready are always done, also after the deadline; an endless loop of them ends soon after it.
//! - A cancel is final, and the first [`Reason`] is kept (C3).
//! - An operation that begins in a cancelled scope yields once before it takes effect (C4).
//! - While a [`shield`] inside is unfinished, no scope outside it drops the body that holds it (C5). It has to be polled to
//!   its end; a function on a worker thread and a group without a member left end by themselves.
//! - A [`finally`] runs its clean-up, shielded, whatever becomes of its body (C9).
//! - The outermost cancelled scope reports; the ones inside are dropped with its body (C6). A future
//!   that is polled in another place than before belongs there from then on.
//! - [`cancelled`] and [`is_cancelled`] let code see for itself (C11).

mod body;
mod cancellable;
mod cancelled;
mod course;
mod deadline;
mod finally;
mod grace;
mod hold;
mod regional;
mod scope;
mod shield;

pub use anyrt_core::tree::Reason;
use anyrt_core::{Instant, context, tree};
pub use body::Body;
pub(crate) use cancellable::parked;
pub use cancelled::{CancelRequested, cancelled};
pub(crate) use course::Course;
pub use deadline::{
    FailAfter, MoveOnAfter, TimedOut, fail_after, fail_at, move_on_after, move_on_at,
};
pub use finally::{Finally, finally, finally_with};
pub use grace::GraceShield;
pub(crate) use hold::{Hold, LentHold};
pub(crate) use regional::{Polled, Regional};
pub use scope::{CancelScope, Cancelled, Scope, scope};
pub use shield::{Shield, shield};

pub use crate::task::finally_spawned::{FinallySpawned, finally_spawned};
use crate::time::YieldNow;

/// A point where a cancelled scope ends the code, in code that waits for nothing else. Rule C4.
///
/// Yields exactly once; inside a shield it yields and goes on. If dropped before completion, nothing has happened.
#[doc(alias = "checkpoint_if_cancelled")]
pub fn checkpoint() -> YieldNow {
    crate::time::yield_now()
}

/// Whether the scopes around the caller, up to the next shield, are cancelled, or were asked to come to an
/// end by themselves.
///
/// [`cancelled`] waits for the same.
pub fn is_cancelled() -> bool {
    context::is_asked_to_end()
}

/// Why the caller is cancelled, if it is: what the outermost cancelled scope around it, up to the next shield, is
/// going to report.
///
/// For destructors and for code that a shield elsewhere keeps alive. A request to end, which is no cancel, has no
/// reason. The way up is walked, so that this costs more than [`is_cancelled`].
#[doc(alias = "cancellation_reason")]
pub fn reason() -> Option<Reason> {
    context::cancel_reason()
}

/// What the caller has to reckon with: the earliest deadline around it, up to the next shield.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum Deadline {
    /// No deadline is set.
    Never,
    /// The code is cancelled then.
    At(Instant),
    /// The code is cancelled already.
    Cancelled,
}

/// The earliest deadline of the scopes around the caller, up to the next shield.
///
/// A scope's clock starts when it is first looked at, which this is.
#[doc(alias = "current_effective_deadline")]
pub fn current_deadline() -> Deadline {
    let Some(node) = context::node() else {
        return Deadline::Never;
    };
    match tree::effective_deadline(&node, crate::runtime::now) {
        None => Deadline::Cancelled,
        Some(tree::Deadline::At(at)) => Deadline::At(at),
        Some(_) => Deadline::Never,
    }
}
