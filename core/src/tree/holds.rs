//! Holds, upwards: what keeps a cancelled region alive.

use std::{mem, sync::Arc};

use super::{
    flags::{CANCELLED, ENDED, ROOT},
    node::NodeRef,
};

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
        if let Some(waker) = waker {
            waker.wake();
        }
        let Some(next) = next else { return };
        current = next;
    }
}
