//! Handing a task over, from whoever started it to the group it was started for.
//!
//! Until then the task's node is below the starter's; a *seat*, an empty node on the group's list, keeps
//! the group open. Whether the task is handed over is decided under the lock of its node, once: a cancel
//! that has reached it comes first, or is the group's.

use std::sync::Arc;

use super::{
    flags::{CANCELLED, DAEMON, HANDED, JOIN, SETTLED},
    node::{Node, NodeRef, Reason},
    place,
    walk::{self, Walk},
};
use crate::unhandled;

/// Puts `task` in the place of `seat`, unless it was cancelled or has ended. Returns whether it did.
pub fn hand_over(task: &NodeRef, seat: &NodeRef) -> bool {
    let (group, place) = {
        let state = seat.node().lock();
        let Some(group) = state.parent.clone() else {
            return false;
        };
        (group, seat.node().slot())
    };
    let former = {
        let mut state = task.node().lock();
        if task.node().flags() & (CANCELLED | HANDED | SETTLED) != 0 {
            return false;
        }
        task.node().raise(HANDED);
        let former = state.parent.replace(Arc::clone(&group));
        let slot = task.node().slot();
        task.node().set_slot(place);
        former.map(|former| (former, slot))
    };
    let waker = {
        let mut above = group.node().lock();
        let daemon = task.node().flags() & DAEMON != 0;
        // A task that has ended meanwhile has left its seat empty, or to somebody else.
        match above.kids.get_mut(place) {
            Some(kid) if Arc::ptr_eq(kid, seat) => {
                *kid = Arc::clone(task);
                above.daemons += u32::from(daemon);
            }
            _ => {}
        }
        let alone = daemon && group.node().flags() & JOIN != 0 && above.only_daemons();
        alone.then(|| group.node().take_waker(&mut above)).flatten()
    };
    waker.into_iter().for_each(unhandled::wake);
    seat.node().lock().parent = None;
    let mut walk = Walk::default();
    let state = task.node().lock();
    if state.is_under(&group) {
        walk.follow(task, state, group.node().flags());
        walk.tell();
    } else {
        drop(state);
    }
    if let Some((former, slot)) = former {
        place::leave(former, slot);
    }
    true
}

impl Node {
    /// The task has ended. Returns whether it had been handed over; if not, it never will be.
    pub fn settle(&self) -> bool {
        let _state = self.lock();
        self.raise(SETTLED) & HANDED != 0
    }

    /// Whether the task has been handed over.
    pub fn is_handed_over(&self) -> bool {
        self.flags() & HANDED != 0
    }
}

/// Cancels the task unless it was handed over; returns whether it is still its starter's.
///
/// What is cancelled is not handed over any more.
pub fn cancel_unless_handed_over(task: &NodeRef, reason: Reason) -> bool {
    walk::cancel_if(task, reason, |_, flags| flags & HANDED == 0);
    !task.node().is_handed_over()
}
