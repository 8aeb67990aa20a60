//! Panics of code that is not ours, which nobody who could hear of them is to blame for.
//!
//! A waker belongs to whoever waits. If it panics, the one who released a lock, or sent an item, must not
//! suffer for it, nor must the others that were to be woken. So such a panic is caught, and goes to the
//! hook that a facade has set; without one, a line on stderr says so.
//!
//! ```
//! use std::task::Waker;
//!
//! use anyrt_core::unhandled;
//!
//! assert_eq!(unhandled::contain(|| 7), Some(7));
//! unhandled::wake(Waker::noop().clone());
//! unhandled::discard(Waker::noop().clone());
//! ```

use std::{
    any::Any,
    mem,
    panic::{self, AssertUnwindSafe},
    sync::{Mutex, PoisonError},
    task::Waker,
};

/// What is told of a panic: its payload.
pub type Hook = fn(Box<dyn Any + Send>);

static HOOK: Mutex<Option<Hook>> = Mutex::new(None);

/// Sets what hears of such panics; one hook for the process, the last one set.
///
/// It runs wherever the panic happened, on no lock of this crate, and must not block. If it panics itself, nothing
/// more happens.
pub fn set_hook(hook: Hook) {
    *HOOK.lock().unwrap_or_else(PoisonError::into_inner) = Some(hook);
}

/// Runs foreign code; a panic of it is told to the hook.
#[inline]
pub fn contain<R>(work: impl FnOnce() -> R) -> Option<R> {
    match panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(value) => Some(value),
        Err(payload) => {
            report(payload);
            None
        }
    }
}

/// Wakes; a panic of the waker is told to the hook.
#[inline]
pub fn wake(waker: Waker) {
    contain(|| waker.wake());
}

/// Drops a waker; a panic of its destructor is told to the hook.
#[inline]
pub fn discard(waker: Waker) {
    contain(|| drop(waker));
}

/// Tells the hook of a panic that was caught elsewhere.
#[cold]
pub fn report(payload: Box<dyn Any + Send>) {
    let hook = *HOOK.lock().unwrap_or_else(PoisonError::into_inner);
    let told = panic::catch_unwind(AssertUnwindSafe(|| match hook {
        Some(hook) => hook(payload),
        None => {
            eprintln!(
                "anyrt: a waker has panicked, and the others were woken: a waker must not panic"
            );
            drop(payload);
        }
    }));
    // The destructor of a payload may panic, too.
    mem::forget(told);
}

#[cfg(test)]
mod tests {
    use std::{
        panic::panic_any,
        sync::atomic::{AtomicUsize, Ordering::SeqCst},
    };

    use super::{contain, set_hook};

    static HEARD: AtomicUsize = AtomicUsize::new(0);

    #[test]
    fn a_panic_is_told_to_the_hook_and_goes_no_further() {
        struct Number(usize);
        set_hook(|payload| {
            if let Some(Number(number)) = payload.downcast_ref() {
                HEARD.fetch_add(*number, SeqCst);
                panic!("the hook, too");
            }
        });
        assert_eq!(contain(|| 1), Some(1));
        assert_eq!(contain(|| panic_any(Number(7))), None::<()>);
        assert_eq!(HEARD.load(SeqCst), 7);
    }
}
