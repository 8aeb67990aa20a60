//! Holds, upwards: what keeps a cancelled region alive.

use std::{mem, sync::Arc};

use super::{
    flags::{CANCELLED, ENDED, LANDED, ROOT, TAKEN},
    node::NodeRef,
};
use crate::unhandled;

/// Places a hold on `node`: until it is released, no region from here up to the task's root drops
/// its body.
///
/// The parent is counted before the node is, so that whoever finds a node held, and adds to it, can
/// rely on everything above.
pub fn hold(node: &NodeRef) {
    // Nodes that wait for the node above them to be counted, the lowest first.
    let mut below: Vec<NodeRef> = Vec::new();
    let mut current = Arc::clone(node);
    // Placed on the parent of `current`, for `current`.
    let mut placed: Option<NodeRef> = None;
    loop {
        let mut state = current.node().lock();
        if state.holds == 0 && current.node().flags() & (ROOT | ENDED) == 0 {
            if let Some(parent) = &state.parent {
                if !placed.as_ref().is_some_and(|p| Arc::ptr_eq(p, parent)) {
                    let parent = Arc::clone(parent);
                    drop(state);
                    // The node may have moved since the former parent was counted.
                    take_back(placed.take());
                    below.push(mem::replace(&mut current, parent));
                    continue;
                }
                state.charged = placed.take();
            }
        }
        state.holds += 1;
        drop(state);
        // Not needed when the node was held, or left the tree, while its parent was being counted.
        take_back(placed.take());
        let Some(next) = below.pop() else { return };
        placed = Some(mem::replace(&mut current, next));
    }
}

fn take_back(placed: Option<NodeRef>) {
    if let Some(node) = placed {
        release(&node);
    }
}

/// Releases a hold whose operation has come to its end elsewhere, on another thread or in another task.
///
/// Its outcome is stored before. A region above that is being polled at this moment may have asked for it already, in vain: it
/// polls its body once more before it drops it. So all of them are told before the first one finds that nothing
/// holds any more.
pub fn land(node: &NodeRef) {
    raise_upwards(node, LANDED);
    release(node);
}

/// The outcome of an operation that has landed was taken, by the code that is polled in the region of `node`.
///
/// Whether it landed before this poll or during it is chance; that code stops at its next suspension in either case.
pub fn take_outcome(node: &NodeRef) {
    raise_upwards(node, TAKEN);
}

/// Raises a flag from `node` up to the top of its task.
fn raise_upwards(node: &NodeRef, flag: u32) {
    let mut current = Some(Arc::clone(node));
    while let Some(node) = current {
        let state = node.node().lock();
        let before = node.node().raise(flag);
        let parent = (before & (ROOT | ENDED) == 0)
            .then(|| state.parent.clone())
            .flatten();
        drop(state);
        current = parent;
    }
}

/// Releases one hold; the last one on a cancelled node wakes it, from whichever thread.
pub fn release(node: &NodeRef) {
    let mut current = Arc::clone(node);
    loop {
        let (waker, next) = {
            let mut state = current.node().lock();
            state.holds -= 1;
            if state.holds > 0 {
                return;
            }
            let cancelled = current.node().flags() & CANCELLED != 0;
            let waker = cancelled
                .then(|| current.node().take_waker(&mut state))
                .flatten();
            (waker, state.charged.take())
        };
        waker.into_iter().for_each(unhandled::wake);
        let Some(next) = next else { return };
        current = next;
    }
}
