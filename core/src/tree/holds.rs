//! Holds, upwards: what keeps a cancelled region alive.

use std::sync::Arc;

use super::{flags::CANCELLED, flags::ROOT, node::NodeRef};

/// Places a hold on `node`: until it is released, no region from here up to the task's root drops
/// its body.
pub fn hold(node: &NodeRef) {
    let mut current = Arc::clone(node);
    loop {
        let next = {
            let mut state = current.node().lock();
            state.holds += 1;
            if state.holds > 1 || current.node().flags() & ROOT != 0 {
                return;
            }
            let Some(parent) = state.parent.clone() else {
                return;
            };
            state.charged = Some(Arc::clone(&parent));
            parent
        };
        current = next;
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
            let waker = cancelled.then(|| state.waker.take()).flatten();
            (waker, state.charged.take())
        };
        if let Some(waker) = waker {
            waker.wake();
        }
        let Some(next) = next else { return };
        current = next;
    }
}
