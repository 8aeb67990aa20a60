//! Code of others that may panic, where a panic must not end the simulation.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `f`; a panic in it has been reported by the panic hook and goes no further.
///
/// `None` if it panicked.
pub(crate) fn contain<R>(f: impl FnOnce() -> R) -> Option<R> {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(value) => Some(value),
        Err(payload) => {
            // The payload's own destructor may panic too; what that one carries is leaked.
            if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
                std::mem::forget(second);
            }
            None
        }
    }
}
