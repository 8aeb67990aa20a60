//! The walk of a change, downwards.

use std::{sync::Arc, task::Waker};

use super::{
    flags::{self, CANCELLED, INHERITED, OUTER, SELF, SOFT, SOFT_AROUND, SOFTENED, WATCH},
    node::{Node, NodeRef, Reason, State},
};

/// Cancels `node` and everything below it that is not behind a shield.
///
/// Idempotent, callable from any thread at any time, also on a node that has left the tree. Returns
/// whether this was the node's first cancel; the first reason is kept.
pub fn cancel(node: &NodeRef, reason: Reason) -> bool {
    cancel_if(node, reason, |_, _| true)
}

/// Cancels a group's children node if only daemons are left there: they have nobody to serve any more.
///
/// Looks and marks under one lock: a child that a daemon spawns is in time, or finds the group cancelled.
pub fn cancel_daemons(children: &NodeRef, reason: Reason) -> bool {
    cancel_if(children, reason, |state, _| state.only_daemons())
}

/// Cancels if the node's state and flags allow it, which are looked at under the lock that it is marked under.
pub(super) fn cancel_if(
    node: &NodeRef,
    reason: Reason,
    may: impl FnOnce(&State, u32) -> bool,
) -> bool {
    let (waker, kids) = {
        let mut state = node.node().lock();
        if state.reason.is_some() || !may(&state, node.node().flags()) {
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
        (node.node().take_waker(&mut state), kids)
    };
    wake(waker);
    refresh(node, kids);
    true
}

/// Asks `node` and everything below it that is not behind a shield to come to an end by itself.
///
/// No region drops its body for this; only [`Kind::Watch`](super::Kind::Watch) nodes are woken. Idempotent and
/// final, as [`cancel`] is. Returns whether this was the first time.
pub fn soften(node: &NodeRef) -> bool {
    let (waker, kids) = {
        let mut state = node.node().lock();
        let before = node.node().raise(SOFT);
        if before & SOFT != 0 {
            return false;
        }
        let kids = if before & SOFTENED == 0 {
            state.kids()
        } else {
            Vec::new()
        };
        let waker = (before & WATCH != 0)
            .then(|| node.node().take_waker(&mut state))
            .flatten();
        (waker, kids)
    };
    wake(waker);
    refresh(node, kids);
    true
}

/// Brings the children of `parent` up to date with it, and those below whose parent changed thereby.
pub(super) fn refresh(parent: &NodeRef, kids: Vec<NodeRef>) {
    if kids.is_empty() {
        return;
    }
    let mut pending = vec![(Arc::clone(parent), kids)];
    while let Some((parent, kids)) = pending.pop() {
        for kid in kids {
            let (waker, below) = {
                let mut state = kid.node().lock();
                // The child may have ended, or moved elsewhere, since the list was copied.
                if !state.is_under(&parent) {
                    continue;
                }
                take_over(kid.node(), &mut state, parent.node().flags())
            };
            wake(waker);
            if !below.is_empty() {
                pending.push((kid, below));
            }
        }
    }
}

/// Takes over what the parent's flags say, `above`; returns whom to wake, and the children that have to be
/// told, if what the node passes on has changed.
///
/// The caller holds the node's lock, and has read `above` since it does. It does not hold the parent's: whoever
/// changes those flags after they were read has this node on the list, and comes by later.
pub(super) fn take_over(
    node: &Node,
    state: &mut State,
    above: u32,
) -> (Option<Waker>, Vec<NodeRef>) {
    let before = node.flags();
    let after = flags::under(before, above);
    if after == before {
        return (None, Vec::new());
    }
    node.replace_flags(after);
    let news = after & !before;
    let to_wake = if before & WATCH != 0 {
        INHERITED | SOFT_AROUND
    } else {
        INHERITED | OUTER
    };
    let waker = (news & to_wake != 0)
        .then(|| node.take_waker(state))
        .flatten();
    let passes = |flags| (flags & CANCELLED != 0, flags & SOFTENED != 0);
    let kids = if passes(before) == passes(after) {
        Vec::new()
    } else {
        state.kids()
    };
    (waker, kids)
}

/// Wakes outside every lock: a waker may run anything.
pub(super) fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}
