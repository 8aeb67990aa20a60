//! Cancelled scopes that do not end, and why.

use std::fmt;

pub use anyrt_core::tree::{Holder, HolderKind};
use anyrt_core::{
    Instant, context,
    tree::{self, NodeRef},
};

use crate::{
    cancel::Reason,
    runtime::{self, NoRuntime},
};

/// A cancelled scope, or task, that waits for something inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OverdueScope {
    /// Why it was cancelled.
    pub reason: Option<Reason>,
    /// What it waits for: each operation inside that may not be dropped yet, in child tasks, too.
    pub holders: Vec<Holder>,
}

/// The scopes of the run around the caller that are cancelled and have not ended, because something inside
/// holds them.
///
/// A scope ends late because of a shield, a clean-up, a task group, the start of a task, or a function on a
/// worker thread; this says which, and where it was called. Empty while nothing is late.
///
/// One that was *not polled since the cancel*, a second or more ago, waits for whoever polls it: a combinator that polls something
/// else first, a future that was polled once and put aside. A worker thread and a group without a member end by themselves
/// even so; a shield, a clean-up and a group whose body goes on do not.
///
/// ```no_run
/// anyrt::run(async {
///     for scope in anyrt::debug::overdue().unwrap() {
///         eprintln!("{scope}");
///     }
/// });
/// ```
///
/// In a foreign runtime only what is in the same outermost group or scope as the caller is seen. The tree is walked for
/// this, node by node, while it goes on changing. Rule C13.
///
/// # Errors
///
/// When there is no runtime around the caller.
pub fn overdue() -> Result<Vec<OverdueScope>, NoRuntime> {
    runtime::with(|handle, shared| match context::existing_node() {
        Some(here) => overdue_around(&here, Some(handle.now())),
        None => overdue_around(shared.root(), Some(handle.now())),
    })
}

/// The same for a place that is known.
pub(crate) fn overdue_around(node: &NodeRef, now: Option<Instant>) -> Vec<OverdueScope> {
    tree::overdue(node, now)
        .into_iter()
        .map(|(reason, holders)| OverdueScope { reason, holders })
        .collect()
}

impl fmt::Display for OverdueScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a cancelled scope")?;
        if let Some(reason) = self.reason {
            write!(f, " ({reason})")?;
        }
        for (number, holder) in self.holders.iter().enumerate() {
            f.write_str(if number == 0 { " waits for " } else { ", " })?;
            holder.fmt(f)?;
        }
        Ok(())
    }
}
