//! The budget that makes always-ready code yield.
//!
//! The idea and the figure are tokio's: a task may perform 128 operations in one poll, then the next
//! one returns `Pending` and wakes itself, so that other tasks, timers and the reactor get their turn.
//!
//! Such a *refusal* is no wait: the operation may be ready. So the first one in a region's life ends nothing there
//! ([`Region::take_refusal`](super::Region::take_refusal)); a region that has been refused before looks at its deadline
//! as at any suspension. What comes after a refusal has a whole budget, the operation that was refused above all, when it
//! is polled again: as many operations as fit into one poll are always done within two.

use std::cell::Cell;

use super::{Frame, Place, pointer};
use crate::{
    Instant,
    tree::{self, Reason},
};

/// How many leaf operations may complete in one poll of a task.
const PER_POLL: u32 = 128;

thread_local! {
    /// Outside every task it is the thread's, from one refusal to the next.
    static LEFT: Cell<u32> = const { Cell::new(PER_POLL) };
}

/// Charges one leaf operation; `false` when the budget is spent: the operation is then to be refused ([`refuse`]).
#[inline(always)]
pub fn charge() -> bool {
    let left = LEFT.get();
    if left == 0 {
        return false;
    }
    LEFT.set(left - 1);
    true
}

/// Whether as many operations could complete in this poll; for more than a whole budget has, whether it is whole.
#[inline]
pub fn has_room_for(operations: usize) -> bool {
    LEFT.get() as usize >= operations.min(PER_POLL as usize)
}

/// Makes the budget of this poll whole: what was refused is polled again.
pub fn renew() {
    LEFT.set(PER_POLL);
}

/// Refuses an operation, which then returns `Pending` and wakes itself; what is polled after it has a whole budget.
///
/// The regions around it, up to the top of the task, are told. Of those that were refused before, the one whose deadline is
/// past, the earliest and of equal ones the innermost, is cancelled: code that never lets its timers be polled must
/// not outlive it. Returns whether there was one.
#[cold]
pub fn refuse(now: impl FnOnce() -> Instant) -> bool {
    renew();
    pointer::with(|innermost| {
        let due = first_due(innermost, now);
        due.is_some_and(|frame| tree::cancel(&frame.node(), Reason::Deadline))
    })
}

fn first_due<'a>(
    innermost: Option<&'a Frame<'a>>,
    now: impl FnOnce() -> Instant,
) -> Option<&'a Frame<'a>> {
    let mut read = Some(now);
    let mut now = None;
    let mut earliest: Option<(Instant, &Frame<'_>)> = None;
    let mut current = innermost;
    while let Some(frame) = current {
        let Place::Region(region) = frame.place else {
            break;
        };
        current = frame.outer;
        if !region.refuse() {
            continue;
        }
        let Some(at) = region.pending_deadline() else {
            continue;
        };
        let now = *now.get_or_insert_with(|| read.take().expect("the clock is read once")());
        if at <= now && earliest.is_none_or(|(earliest, _)| at < earliest) {
            earliest = Some((at, frame));
        }
    }
    earliest.map(|(_, frame)| frame)
}

/// Runs `f` with a whole budget, and puts the former one back.
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
