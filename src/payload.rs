//! Panics on their way from one place to another.

use std::{
    any::Any,
    mem,
    panic::{self, AssertUnwindSafe},
};

/// What a panic carries.
pub(crate) type Payload = Box<dyn Any + Send>;

/// Runs user code that may panic, where the panic has to be carried on later.
pub(crate) fn caught<T>(f: impl FnOnce() -> T) -> Result<T, Payload> {
    panic::catch_unwind(AssertUnwindSafe(f))
}

/// Drops something whose destructor may panic, where a panic is already on its way.
pub(crate) fn forget_panic<T>(value: T) {
    if let Err(payload) = caught(|| drop(value)) {
        // A payload may panic in its own destructor, and so on: the second one is leaked.
        mem::forget(payload);
    }
}
