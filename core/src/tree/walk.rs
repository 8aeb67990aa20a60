//! The walk of a cancel, downwards.

use std::{sync::Arc, task::Waker};

use super::{
    flags::{CANCELLED, INHERITED, OUTER, SELF, SHIELD},
    node::{NodeRef, Reason},
};

/// Cancels `node` and everything below it that is not behind a shield.
///
/// Idempotent, callable from any thread at any time, also on a node that has left the tree. Returns
/// whether this was the node's first cancel; the first reason is kept.
pub fn cancel(node: &NodeRef, reason: Reason) -> bool {
    let (waker, kids) = {
        let mut state = node.node().lock();
        if state.reason.is_some() {
            return false;
        }
        state.reason = Some(reason);
        let before = node.node().raise(SELF);
        // Whoever inherited a cancel has already passed it on.
        let kids = if before & CANCELLED == 0 {
            state.kids()
        } else {
            Vec::new()
        };
        (state.waker.take(), kids)
    };
    wake(waker);
    let mut pending = vec![(Arc::clone(node), kids)];
    while let Some((parent, kids)) = pending.pop() {
        for kid in kids {
            if let Some(below) = mark(&kid, &parent) {
                if !below.is_empty() {
                    pending.push((kid, below));
                }
            }
        }
    }
    true
}

/// Marks one child; returns its children if they are still to be told.
fn mark(kid: &NodeRef, parent: &NodeRef) -> Option<Vec<NodeRef>> {
    let (waker, below) = {
        let mut state = kid.node().lock();
        // The child may have ended, or moved elsewhere, since the list was copied.
        if !state
            .parent
            .as_ref()
            .is_some_and(|current| Arc::ptr_eq(current, parent))
        {
            return None;
        }
        if kid.node().flags() & SHIELD != 0 {
            kid.node().raise(OUTER);
            (state.waker.take(), None)
        } else {
            let before = kid.node().raise(INHERITED);
            if before & CANCELLED == 0 {
                (state.waker.take(), Some(state.kids()))
            } else {
                (None, None)
            }
        }
    };
    wake(waker);
    below
}

/// Wakes outside every lock: a waker may run anything.
fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}
