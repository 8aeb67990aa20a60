//! Leaving a waker where what it waits for finds it.

use std::{
    ops::ControlFlow,
    sync::{Mutex, PoisonError},
    task::{Context, Poll, Waker},
};

use anyrt_core::unhandled;

/// Looks under the lock; where there is nothing to be had yet, leaves the waker of this poll in the place that `look`
/// names, in stead of an earlier poll's.
///
/// A waker is foreign code, which is neither cloned nor dropped under the lock: where one has to be cloned, `look` is called a second time.
pub(crate) fn look_or_leave<S, R>(
    lock: &Mutex<S>,
    cx: &Context<'_>,
    mut look: impl for<'a> FnMut(&'a mut S) -> ControlFlow<R, &'a mut Option<Waker>>,
) -> Poll<R> {
    // Declared before the guard, and so dropped after it.
    let mut fresh = None;
    loop {
        let mut state = lock.lock().unwrap_or_else(PoisonError::into_inner);
        let place = match look(&mut state) {
            ControlFlow::Break(found) => return Poll::Ready(found),
            ControlFlow::Continue(place) => place,
        };
        if matches!(place, Some(kept) if kept.will_wake(cx.waker())) {
            return Poll::Pending;
        }
        if let Some(waker) = fresh.take() {
            let replaced = place.replace(waker);
            drop(state);
            replaced.into_iter().for_each(unhandled::discard);
            return Poll::Pending;
        }
        drop(state);
        fresh = Some(cx.waker().clone());
    }
}
