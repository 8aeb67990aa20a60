//! A node's place in the tree: taking it, leaving it, moving.

use std::{mem, ptr, sync::Arc};

use slab::Slab;

use super::{
    flags::{self, CLOSED, DAEMON, JOIN, ORPHANED, ROOT, SHIELD},
    holds,
    node::{NodeRef, State},
    walk::Walk,
};
use crate::unhandled;

/// The parent takes no more children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed;

/// Puts a new node under `parent`, inheriting a cancel that has already reached it. Returns how many
/// children the parent has now.
///
/// # Errors
///
/// [`Closed`] if the parent takes no more children; the node is then outside the tree as before.
pub fn attach(node: &NodeRef, parent: &NodeRef) -> Result<usize, Closed> {
    node.node().lock().parent = Some(Arc::clone(parent));
    let (above, siblings) = {
        let mut state = parent.node().lock();
        let flags = parent.node().flags();
        if flags & CLOSED != 0 {
            drop(state);
            let refused = node.node().lock().parent.take();
            drop(refused);
            return Err(Closed);
        }
        node.node().set_slot(state.seat(node));
        (flags, state.kids.len())
    };
    // Under the lock of the list: what changes later finds the node there, and comes by.
    if flags::passes_on(above) {
        inherit(node, parent);
    }
    Ok(siblings)
}

/// Takes over what the parent has passed on before the node was on its list.
#[cold]
fn inherit(node: &NodeRef, parent: &NodeRef) {
    let mut walk = Walk::default();
    let state = node.node().lock();
    walk.follow(node, state, parent.node().flags());
    walk.tell();
}

/// Takes a node whose region has ended out of the tree.
///
/// Its parent no longer counts its holds. The last child of a group wakes whoever waits there, so
/// this is the last thing a child task does.
pub fn detach(node: &NodeRef) {
    let (parent, slot, charged) = {
        let mut state = node.node().lock();
        let slot = node.node().slot();
        (state.parent.take(), slot, state.charged.take())
    };
    if let Some(charged) = charged {
        holds::release(&charged);
    }
    if let Some(parent) = parent {
        leave(parent, slot);
    }
}

/// Moves a node to another parent, or out of the tree: its region is polled elsewhere now.
///
/// What it had inherited is forgotten, for it and for all below, and the new parent's state taken over. Its holds
/// move along: the new parent is held before the old one is released, so that nothing in between finds a
/// node held and what is above it free. One caller at a time for each node, which is whoever polls
/// the region.
pub fn rehome(node: &NodeRef, parent: Option<&NodeRef>) {
    let carries = node.node().flags() & ROOT == 0;
    // Placed on the new parent for this node.
    let mut placed = None;
    let (former, slot, charged) = loop {
        let mut state = node.node().lock();
        if carries && state.holds > 0 && placed.is_none() {
            if let Some(parent) = parent {
                drop(state);
                holds::hold(parent);
                placed = Some(Arc::clone(parent));
                continue;
            }
        }
        let charged = if state.holds > 0 {
            mem::replace(&mut state.charged, placed.take())
        } else {
            None
        };
        break (
            mem::replace(&mut state.parent, parent.cloned()),
            node.node().slot(),
            charged,
        );
    };
    // Released by somebody else while the new parent was being counted.
    if let Some(placed) = placed {
        holds::release(&placed);
    }
    let entered = parent.map(|parent| parent.node().lock().seat(node));
    let mut walk = Walk::default();
    let state = node.node().lock();
    node.node().set_slot(entered.unwrap_or_default());
    let above = parent.map_or(0, |parent| parent.node().flags());
    walk.follow(node, state, above);
    walk.tell();
    if let Some(former) = former {
        leave(former, slot);
    }
    // Last: this may wake the former parent, whose region then drops what is in it.
    if let Some(charged) = charged {
        holds::release(&charged);
    }
}

/// How one node is above another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It is not above it.
    None,
    /// A cancel of the upper one reaches the lower one.
    Open,
    /// A shield in between stops it.
    Shielded,
}

/// Walks from `node` up to `above`.
pub fn way_up(node: &NodeRef, above: &NodeRef) -> Way {
    let mut way = Way::Open;
    let mut current = Arc::clone(node);
    while !ptr::eq(current.node(), above.node()) {
        if current.node().flags() & SHIELD != 0 {
            way = Way::Shielded;
        }
        let parent = current.node().lock().parent.clone();
        let Some(parent) = parent else {
            return Way::None;
        };
        current = parent;
    }
    way
}

/// Strikes a node off its former parent's list.
///
/// The last child of a group wakes the group, and so does the last one that is no daemon. The last child of a
/// group that was dropped takes the children node with it, off the list of the group that has adopted it.
pub(super) fn leave(mut parent: NodeRef, mut slot: usize) {
    loop {
        let (kid, waker, orphaned) = {
            let mut above = parent.node().lock();
            let flags = parent.node().flags();
            let kid = above.kids.try_remove(slot);
            let daemon = kid
                .as_ref()
                .is_some_and(|kid| kid.node().flags() & DAEMON != 0);
            if daemon {
                above.daemons -= 1;
            }
            let empty = above.kids.is_empty();
            if empty && above.kids.capacity() > KEPT_CAPACITY {
                // A long-lived group must not keep the room of its largest crowd.
                above.kids = Slab::new();
            }
            let waker = (flags & JOIN != 0 && (empty || !daemon && above.only_daemons()))
                .then(|| parent.node().take_waker(&mut above))
                .flatten();
            (kid, waker, empty && flags & ORPHANED != 0)
        };
        drop(kid);
        waker.into_iter().for_each(unhandled::wake);
        if !orphaned {
            return;
        }
        let next = {
            let mut state = parent.node().lock();
            let slot = parent.node().slot();
            state.parent.take().map(|adopter| (adopter, slot))
        };
        let Some(next) = next else { return };
        (parent, slot) = next;
    }
}

impl State {
    /// Puts a node on the list of children; returns where. The caller holds the lock.
    pub(super) fn seat(&mut self, node: &NodeRef) -> usize {
        if node.node().flags() & DAEMON != 0 {
            self.daemons += 1;
        }
        self.kids.insert(Arc::clone(node))
    }
}

/// How much room for children a node without any keeps.
const KEPT_CAPACITY: usize = 64;
