//! The budget that makes always-ready code yield.
//!
//! The idea and the figure are tokio's: a task may perform 128 operations in one poll, then the next
//! one returns `Pending` and wakes itself, so that other tasks, timers and the reactor get their turn.

use std::cell::Cell;

/// How many leaf operations may complete in one poll of a task.
const PER_POLL: u32 = 128;

thread_local! {
    static LEFT: Cell<u32> = const { Cell::new(PER_POLL) };
}

/// Charges one leaf operation; `false` when the budget is spent and the operation must yield.
///
/// Outside every region nobody refills it, so that a spent one is refilled here.
#[inline(always)]
pub fn charge() -> bool {
    let left = LEFT.get();
    if left == 0 {
        refill_outside();
        return false;
    }
    LEFT.set(left - 1);
    true
}

#[cold]
fn refill_outside() {
    if !super::is_inside() {
        LEFT.set(PER_POLL);
    }
}

/// Runs `f` with a full budget, and puts the former one back.
#[inline(always)]
pub(super) fn fresh<R>(f: impl FnOnce() -> R) -> R {
    struct Restore(u32);
    impl Drop for Restore {
        #[inline(always)]
        fn drop(&mut self) {
            LEFT.set(self.0);
        }
    }
    let _restore = Restore(LEFT.replace(PER_POLL));
    f()
}
