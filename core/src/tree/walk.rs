//! The walk of a change, downwards.

use std::{sync::Arc, task::Waker};

use super::{
    flags::{self, CANCELLED, INHERITED, OUTER, SELF, SOFT, SOFT_AROUND, SOFTENED, SPREAD, WATCH},
    holders,
    node::{NodeRef, Reason, State},
};
use crate::{sync::MutexGuard, unhandled};

/// Cancels `node` and everything below it that is not behind a shield, and wakes nobody before all of it is marked.
///
/// A waker that panics keeps no other from being woken; see [`unhandled`].
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
    let mut walk = Walk::default();
    let kids = {
        let mut state = node.node().lock();
        if state.reason.is_some() || !may(&state, node.node().flags()) {
            return false;
        }
        state.reason = Some(reason);
        let before = node.node().raise(SELF);
        if state.holder.is_some() {
            walk.told.push(Arc::clone(node));
        }
        walk.wakers.extend(node.node().take_waker(&mut state));
        // What a node has inherited is known below already, or another walk is on its way.
        if state.kids.is_empty() {
            node.node().raise(SPREAD);
        }
        if before & SPREAD == 0 {
            state.kids()
        } else {
            Vec::new()
        }
    };
    walk.refresh(node, kids);
    walk.tell();
    true
}

/// Asks `node` and everything below it that is not behind a shield to come to an end by itself.
///
/// No region drops its body for this; only [`Kind::Watch`](super::Kind::Watch) nodes are woken. Idempotent and
/// final, as [`cancel`] is. Returns whether this was the first time.
pub fn soften(node: &NodeRef) -> bool {
    let mut walk = Walk::default();
    let kids = {
        let mut state = node.node().lock();
        let before = node.node().raise(SOFT);
        if before & SOFT != 0 {
            return false;
        }
        if before & WATCH != 0 {
            walk.wakers.extend(node.node().take_waker(&mut state));
        }
        if before & SOFTENED == 0 {
            state.kids()
        } else {
            Vec::new()
        }
    };
    walk.refresh(node, kids);
    walk.tell();
    true
}

/// One walk: first it brings all that it comes by up to date, then it wakes.
///
/// A region that is woken thus finds everything marked that is cancelled with it, whoever marked it. Where two cancels
/// meet, the later one goes down once more, unless the earlier one has said ([`SPREAD`]) that it has marked
/// everything there.
#[derive(Default)]
#[must_use = "`tell` wakes"]
pub(super) struct Walk {
    wakers: Vec<Waker>,
    /// Those whose children it came by because they are cancelled.
    cancelled: Vec<NodeRef>,
    /// Those that a cancel has reached, and in which something holds.
    told: Vec<NodeRef>,
}

impl Walk {
    /// Brings `node` up to date with its parent, which has `above`, and all below it.
    ///
    /// `state` is the node's, and locked; `above` was read since then.
    pub(super) fn follow(&mut self, node: &NodeRef, mut state: MutexGuard<'_, State>, above: u32) {
        let below = self.take_over(node, &mut state, above);
        drop(state);
        self.refresh(node, below);
    }

    /// Brings the children of `parent` up to date with it, and those below whose parent changed thereby.
    fn refresh(&mut self, parent: &NodeRef, kids: Vec<NodeRef>) {
        if kids.is_empty() {
            return;
        }
        let mut pending = vec![(Arc::clone(parent), kids)];
        while let Some((parent, kids)) = pending.pop() {
            for kid in kids {
                let below = {
                    let mut state = kid.node().lock();
                    // The child may have ended, or moved elsewhere, since the list was copied.
                    if !state.is_under(&parent) {
                        continue;
                    }
                    self.take_over(&kid, &mut state, parent.node().flags())
                };
                if !below.is_empty() {
                    pending.push((kid, below));
                }
            }
            if parent.node().is_cancelled() {
                self.cancelled.push(parent);
            }
        }
    }

    /// Takes over what the parent's flags say, `above`; returns the children that have to be told, if what the node
    /// passes on has changed, or another walk may not yet have told them.
    ///
    /// The caller holds the node's lock, and has read `above` since it does. It does not hold the parent's: whoever
    /// changes those flags after they were read has this node on the list, and comes by later.
    fn take_over(&mut self, branch: &NodeRef, state: &mut State, above: u32) -> Vec<NodeRef> {
        let node = branch.node();
        let before = node.flags();
        let mut after = flags::under(before, above);
        if after & CANCELLED != 0 && state.kids.is_empty() {
            after |= SPREAD;
        }
        if after == before && (after & CANCELLED == 0 || after & SPREAD != 0) {
            return Vec::new();
        }
        node.change_flags(before, after);
        let news = after & !before;
        if news & (INHERITED | OUTER) != 0 && state.holder.is_some() {
            self.told.push(Arc::clone(branch));
        }
        let to_wake = if before & WATCH != 0 {
            INHERITED | SOFT_AROUND
        } else {
            INHERITED | OUTER
        };
        if news & to_wake != 0 {
            self.wakers.extend(node.take_waker(state));
        }
        let passes = |flags| (flags & CANCELLED != 0, flags & SOFTENED != 0);
        let is_spread = after & CANCELLED == 0 || after & SPREAD != 0;
        if passes(before) == passes(after) && is_spread {
            Vec::new()
        } else {
            state.kids()
        }
    }

    /// Everything is marked: says so, and wakes, in the order in which it came by; under no lock, as a waker may run
    /// anything.
    pub(super) fn tell(self) {
        for node in &self.cancelled {
            let _state = node.node().lock();
            // It may have moved out of the cancel since.
            if node.node().is_cancelled() {
                node.node().raise(SPREAD);
            }
        }
        drop(self.cancelled);
        if !self.told.is_empty() {
            holders::note_told(self.told);
        }
        self.wakers.into_iter().for_each(unhandled::wake);
    }
}
