//! What a runtime prints of a run when nothing goes on.

use std::fmt::Write as _;

use anyrt_core::Shared;

use super::{TaskTree, overdue_around};

/// The tasks and groups of a run with what they are doing, then its cancelled scopes that do not end: a line for each.
pub(crate) fn describe(shared: &Shared) -> String {
    let mut text = TaskTree::of(shared, None).to_string();
    for scope in overdue_around(shared.root(), None) {
        let _ = write!(text, "\noverdue: {scope}");
    }
    text
}
