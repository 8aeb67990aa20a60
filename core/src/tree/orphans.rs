//! Orphans: what foreign code leaves behind when it drops a group, or the start of a task.

use std::sync::Arc;

use super::{
    flags::{CLOSED, ENDED, JOIN, ORPHANED},
    node::NodeRef,
    place,
};

/// Moves an orphan to the nearest group around `around` that is open; that group then waits for it.
///
/// The orphan is a children node, which leaves the group with its last child, or the node of one task. It is to
/// be cancelled before: what it has inherited so far does not move along. Returns the group's children node,
/// or `None` where there is no group, or the orphan has ended; its place is then as before.
pub fn adopt(orphan: &NodeRef, around: &NodeRef) -> Option<NodeRef> {
    adopt_from(orphan, group_around(around)?)
}

/// Like [`adopt`], for an orphan whose place is known by the children node of the nearest group around it.
pub fn adopt_from(orphan: &NodeRef, mut group: NodeRef) -> Option<NodeRef> {
    loop {
        let slot = {
            let mut above = group.node().lock();
            let open = group.node().flags() & (CLOSED | ENDED) == 0;
            open.then(|| above.seat(orphan))
        };
        if let Some(slot) = slot {
            return settle_in(orphan, &group, slot).then_some(group);
        }
        group = group_around(&group)?;
    }
}

/// The orphan is on the group's list; now it is told so. False if it had ended.
fn settle_in(orphan: &NodeRef, group: &NodeRef, slot: usize) -> bool {
    let (former, empty) = {
        let mut state = orphan.node().lock();
        let has_ended = orphan.node().has_ended();
        let Some(former) = (if has_ended { None } else { state.parent.take() }) else {
            drop(state);
            place::unseat(group, slot);
            return false;
        };
        let former = (former, orphan.node().slot());
        state.parent = Some(Arc::clone(group));
        orphan.node().set_slot(slot);
        let children = orphan.node().flags() & JOIN != 0;
        if children {
            orphan.node().raise(ORPHANED);
        }
        (former, children && state.living() == 0)
    };
    place::leave(former.0, former.1);
    if empty {
        place::detach(orphan);
    }
    true
}

/// The children node of the nearest group above `node`: one that `node` is below, or the one of a group whose
/// body it is in.
pub fn group_around(node: &NodeRef) -> Option<NodeRef> {
    let mut below = Arc::clone(node);
    loop {
        let node = below.node().lock().parent.clone()?;
        if node.node().flags() & JOIN != 0 {
            return Some(node);
        }
        // A group's children node is the first child of its outer one, and it may be where this comes from.
        let first = node.node().lock().kids.get(0).cloned();
        match first {
            Some(first) if first.node().flags() & JOIN != 0 && !Arc::ptr_eq(&first, &below) => {
                return Some(first);
            }
            _ => below = node,
        }
    }
}
