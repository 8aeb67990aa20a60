//! A waker that runs what a test wants when it is cloned, woken or dropped: it may call back, and it may panic.
//!
//! [`Wake`](std::task::Wake) shows no clones, and of the drops only the last: the table of functions is made by hand, which
//! takes the only `unsafe` code of the tests. A test of its own takes this file in with `#[path]`.
#![allow(unsafe_code, dead_code)]

use std::{
    mem::ManuallyDrop,
    sync::Arc,
    task::{RawWaker, RawWakerVTable, Waker},
};

/// What is done to a waker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    Clone,
    /// By value or by reference.
    Wake,
    /// Other than by a wake by value.
    Drop,
}

impl Moment {
    pub(crate) const ALL: [Self; 3] = [Self::Clone, Self::Wake, Self::Drop];
}

type Act = Arc<dyn Fn(Moment) + Send + Sync>;

/// A waker that runs `act` whenever something is done to it or to a clone of it. One that panics on a clone has not been
/// cloned; one that panics on a drop has been dropped.
pub(crate) fn waker(act: impl Fn(Moment) + Send + Sync + 'static) -> Waker {
    let act: Act = Arc::new(act);
    // SAFETY: the functions of the table keep the contract of `RawWaker`: what `raw` makes owns one counted reference to
    // an `Act`, which is `Send` and `Sync`; `clone` adds one, `wake` and `drop` take it away.
    unsafe { Waker::from_raw(raw(act)) }
}

static TABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake_by_ref, drop_waker);

fn raw(act: Act) -> RawWaker {
    RawWaker::new(Arc::into_raw(Arc::new(act)).cast(), &TABLE)
}

/// The reference of the waker, which stays its own.
///
/// # Safety
///
/// `data` is that of a waker that `raw` has made, and that is alive.
unsafe fn borrowed(data: *const ()) -> ManuallyDrop<Arc<Act>> {
    // SAFETY: as the caller promises, it came from `Arc::into_raw`; the count stays as it is.
    ManuallyDrop::new(unsafe { Arc::from_raw(data.cast()) })
}

unsafe fn clone(data: *const ()) -> RawWaker {
    // SAFETY: a waker is cloned while it is alive.
    let act = unsafe { borrowed(data) };
    act(Moment::Clone);
    raw(Act::clone(&act))
}

unsafe fn wake(data: *const ()) {
    // SAFETY: a waker is woken by value while it is alive, and is gone then.
    let act = ManuallyDrop::into_inner(unsafe { borrowed(data) });
    act(Moment::Wake);
}

unsafe fn wake_by_ref(data: *const ()) {
    // SAFETY: a waker is woken while it is alive.
    let act = unsafe { borrowed(data) };
    act(Moment::Wake);
}

unsafe fn drop_waker(data: *const ()) {
    // SAFETY: a waker is dropped while it is alive, and is gone then.
    let act = ManuallyDrop::into_inner(unsafe { borrowed(data) });
    act(Moment::Drop);
}
