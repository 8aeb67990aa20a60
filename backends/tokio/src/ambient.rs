//! The tokio runtime around the caller.

use std::{cell::Cell, ptr, sync::Arc};

use tokio::runtime::{Handle, Id};

use crate::{Tokio, backend::Own, worker};

thread_local! {
    /// The runtime whose `block_on` this thread is in: tokio tells that only of its workers.
    static BLOCKED_ON: Cell<Option<Id>> = const { Cell::new(None) };
    /// The runtime of our own that has started this thread, by the address of what its handles share.
    static STARTED_BY: Cell<*const Own> = const { Cell::new(ptr::null()) };
}

impl Tokio {
    /// The tokio runtime around the caller, if there is one.
    ///
    /// That is so inside its tasks, inside its `block_on`, on its blocking threads, and wherever its
    /// handle has been entered.
    pub fn current() -> Option<Self> {
        Handle::try_current().ok().map(Self::new)
    }
}

/// Whether this thread is a worker of the runtime, or in the `block_on` that drives it.
pub(crate) fn is_driven_here(handle: &Handle) -> bool {
    let id = handle.id();
    BLOCKED_ON.get() == Some(id)
        || worker::is_here() && Handle::try_current().is_ok_and(|current| current.id() == id)
}

/// Takes down, on a thread of tokio's, which runtime of our own it belongs to.
pub(crate) fn thread_started(own: &Arc<Own>) {
    STARTED_BY.set(Arc::as_ptr(own));
}

/// Whether shutdown waits for this thread before it ends the runtime's timers.
pub(crate) fn is_own_thread(handle: &Handle, own: &Arc<Own>) -> bool {
    BLOCKED_ON.get() == Some(handle.id())
        || STARTED_BY.get() == Arc::as_ptr(own) && worker::is_here()
}

/// Runs `f` as the `block_on` of `handle`'s runtime.
pub(crate) fn blocked_on<R>(handle: &Handle, f: impl FnOnce() -> R) -> R {
    struct Restore(Option<Id>);
    impl Drop for Restore {
        fn drop(&mut self) {
            BLOCKED_ON.set(self.0);
        }
    }
    let _restore = Restore(BLOCKED_ON.replace(Some(handle.id())));
    f()
}
