//! A node's place in the tree: taking it, leaving it, moving.

use std::{mem, ptr, sync::Arc, task::Waker};

use slab::Slab;

use super::{
    deadline::Deadline,
    flags::{
        self, CLOSED, COUNTED, DAEMON, ENDED, JOIN, LAST_CLOSES, ORPHANED, OUTER, ROOT, SHIELD,
    },
    holds,
    node::{Node, NodeRef, State},
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
        (flags, state.living())
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

/// Takes a node whose region has ended out of the tree, or leaves it there as a mark of where those below it are.
///
/// Its parent no longer counts its holds. The last child of a group wakes whoever waits there, so
/// this is the last thing a child task does. A mark goes with the last node below it.
pub fn detach(node: &NodeRef) {
    depart(Arc::clone(node));
}

/// Takes a node off its parent's list, and with it each mark above that has nothing below it any more.
fn depart(mut node: NodeRef) {
    loop {
        let (parent, slot, charged, stays) = {
            let mut state = node.node().lock();
            let stays = !state.kids.is_empty();
            let parent = if stays {
                node.node().raise(ENDED);
                state.deadline = Deadline::Never;
                state.parent.clone()
            } else {
                state.parent.take()
            };
            let slot = node.node().slot();
            (parent, slot, state.charged.take(), stays)
        };
        if stays && node.node().flags() & SHIELD != 0 {
            open(&node, parent.as_ref());
        }
        if let Some(charged) = charged {
            holds::release(&charged);
        }
        let Some(parent) = parent else { return };
        let departs = if stays {
            stay(&parent, &node, slot)
        } else {
            strike(&parent, slot)
        };
        if !departs {
            return;
        }
        node = parent;
    }
}

/// The region of a shield has ended: what is below it is reached by cancels again.
#[cold]
fn open(shield: &NodeRef, parent: Option<&NodeRef>) {
    let mut walk = Walk::default();
    let state = shield.node().lock();
    let flags = shield.node().flags();
    shield.node().change_flags(flags, flags & !(SHIELD | OUTER));
    let above = parent.map_or(0, |parent| parent.node().flags());
    walk.follow(shield, state, above);
    walk.tell();
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

/// Strikes a node off its former parent's list, and takes the parent along where it was there for that one alone.
pub(super) fn leave(parent: NodeRef, slot: usize) {
    if strike(&parent, slot) {
        depart(parent);
    }
}

/// Takes back a place on a group's list, for a node that turned out to have ended elsewhere.
pub(super) fn unseat(group: &NodeRef, slot: usize) {
    let (kid, lost) = {
        let mut above = group.node().lock();
        let kid = above.kids.try_remove(slot);
        let flags = kid.as_ref().map_or(0, |kid| kid.node().flags());
        let lost = above.lost(group.node(), flags);
        (kid, lost)
    };
    drop(kid);
    lost.tell(group);
}

/// Strikes a node off its former parent's list. Returns whether the parent has to go now.
///
/// The last child of a group wakes the group, and so does the last one that is no daemon. The last child of a
/// group that was dropped takes the children node with it, off the list of the group that has adopted it.
fn strike(parent: &NodeRef, slot: usize) -> bool {
    let (kid, lost, departs) = {
        let mut above = parent.node().lock();
        let kid = above.kids.try_remove(slot);
        let flags = kid.as_ref().map_or(0, |kid| kid.node().flags());
        let lost = if flags & COUNTED != 0 {
            above.marks -= 1;
            Lost::default()
        } else {
            above.lost(parent.node(), flags)
        };
        if above.kids.is_empty() && above.kids.capacity() > KEPT_CAPACITY {
            // A long-lived group must not keep the room of its largest crowd.
            above.kids = Slab::new();
        }
        (kid, lost, above.departs(parent.node()))
    };
    drop(kid);
    lost.tell(parent);
    departs
}

/// Counts a node whose region has ended as a mark, unless it has gone since. Returns whether the parent has to go now.
fn stay(parent: &NodeRef, node: &NodeRef, slot: usize) -> bool {
    let (lost, departs) = {
        let mut above = parent.node().lock();
        let flags = node.node().flags();
        let is_there = above
            .kids
            .get(slot)
            .is_some_and(|kid| Arc::ptr_eq(kid, node));
        if !is_there || flags & COUNTED != 0 {
            return false;
        }
        node.node().raise(COUNTED);
        above.marks += 1;
        let lost = above.lost(parent.node(), flags);
        (lost, above.departs(parent.node()))
    };
    lost.tell(parent);
    departs
}

/// What the going of a child means to those who wait for it; to be told under no lock.
#[derive(Default)]
#[must_use = "`tell` wakes"]
struct Lost {
    waker: Option<Waker>,
    closes: bool,
}

impl Lost {
    fn tell(self, group: &NodeRef) {
        self.waker.into_iter().for_each(unhandled::wake);
        if self.closes {
            // Last: the group's hold may go.
            group.emptied();
        }
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

    /// A child that had `flags` is none any more; the last one closes a group whose body has ended. `node` is the state's.
    fn lost(&mut self, node: &Node, flags: u32) -> Lost {
        let daemon = flags & DAEMON != 0;
        self.daemons -= u32::from(daemon);
        let empty = self.living() == 0;
        let last = empty || !daemon && self.only_daemons();
        let closes = empty && node.flags() & (LAST_CLOSES | CLOSED) == LAST_CLOSES;
        if closes {
            node.raise(CLOSED);
        }
        let waker = (last && node.flags() & JOIN != 0)
            .then(|| node.take_waker(self))
            .flatten();
        Lost { waker, closes }
    }

    /// Whether a node that is there only for others has nobody left.
    fn departs(&self, node: &Node) -> bool {
        let flags = node.flags();
        if flags & ENDED != 0 {
            self.kids.is_empty()
        } else {
            flags & ORPHANED != 0 && self.living() == 0
        }
    }
}

/// How much room for children a node without any keeps.
const KEPT_CAPACITY: usize = 64;
