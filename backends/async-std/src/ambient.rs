//! async-std's global runtime, and whether the caller is inside one of its tasks.

use std::cell::Cell;

use async_std::task;

use crate::AsyncStd;

thread_local! {
    /// This thread is inside [`AsyncStdRuntime`](crate::AsyncStdRuntime)'s `block_on`.
    static BLOCKED_ON: Cell<bool> = const { Cell::new(false) };
}

impl AsyncStd {
    /// async-std, if the caller is inside one of its tasks.
    pub fn current() -> Option<Self> {
        task::try_current().map(|_| Self::new())
    }
}

/// Whether this thread polls a task of async-std's right now.
pub(crate) fn is_driven_here() -> bool {
    BLOCKED_ON.get() || task::try_current().is_some()
}

/// Runs `f` as a `block_on`.
pub(crate) fn blocked_on<R>(f: impl FnOnce() -> R) -> R {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            BLOCKED_ON.set(self.0);
        }
    }
    let _restore = Restore(BLOCKED_ON.replace(true));
    f()
}
