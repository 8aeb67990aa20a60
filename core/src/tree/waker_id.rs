//! Which waker a node keeps, to be compared without the node's lock.

use std::{
    ptr,
    sync::atomic::{AtomicUsize, Ordering},
    task::Waker,
};

/// The identity of a waker. While a clone of it is kept, no other waker has both of its parts.
///
/// Set and compared by whoever polls a region; one at a time, so that the two parts belong together. For the same reason
/// loom need not look at it.
pub(super) struct WakerId {
    data: AtomicUsize,
    table: AtomicUsize,
}

impl WakerId {
    /// No waker's.
    pub(super) fn none() -> Self {
        Self {
            data: AtomicUsize::new(0),
            table: AtomicUsize::new(0),
        }
    }

    #[inline]
    pub(super) fn is(&self, waker: &Waker) -> bool {
        let (data, table) = parts(waker);
        self.data.load(Ordering::Relaxed) == data && self.table.load(Ordering::Relaxed) == table
    }

    pub(super) fn set(&self, waker: &Waker) {
        let (data, table) = parts(waker);
        self.data.store(data, Ordering::Relaxed);
        self.table.store(table, Ordering::Relaxed);
    }
}

#[inline]
fn parts(waker: &Waker) -> (usize, usize) {
    (waker.data().addr(), ptr::from_ref(waker.vtable()).addr())
}
