//! A node, its place in the tree, and the look that a region takes at it.

use std::{fmt, sync::Arc, task::Waker};

use slab::Slab;

use super::{
    Deadline,
    flags::{CANCELLED, CLOSED, INHERITED, JOIN, OUTER, ROOT, SELF, SHIELD},
    holds,
};
use crate::sync::{AtomicU32, Mutex, MutexGuard, Ordering};

/// Something that carries a [`Node`], so that a child task's node and result share one allocation.
pub trait Branch: Send + Sync + 'static {
    /// The node.
    fn node(&self) -> &Node;
}

/// A shared reference to a node in the tree.
pub type NodeRef = Arc<dyn Branch>;

impl Branch for Node {
    fn node(&self) -> &Node {
        self
    }
}

/// What a node stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A region that a handle or a deadline can cancel.
    Scope,
    /// A region that a cancel from outside does not reach.
    Shield,
    /// The top of a task.
    Task,
    /// The children of a group: its waker is woken when the last one has gone.
    Children,
}

/// Why a scope was cancelled. The first reason is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// Somebody called `cancel`.
    Explicit,
    /// Its deadline passed.
    Deadline,
    /// Another member of its task group failed or panicked.
    SiblingFailed,
    /// The runtime is shutting down, or is gone.
    Shutdown,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Explicit => "cancelled explicitly",
            Self::Deadline => "the deadline passed",
            Self::SiblingFailed => "another member of the task group failed",
            Self::Shutdown => "the runtime is shutting down",
        })
    }
}

/// The parent takes no more children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed;

/// One region of code in the cancel tree.
pub struct Node {
    flags: AtomicU32,
    state: Mutex<State>,
}

pub(super) struct State {
    /// Woken by a cancel, by the last release of a hold while cancelled, by a new deadline, and on a
    /// `JOIN` node by the last child's going.
    pub(super) waker: Option<Waker>,
    pub(super) parent: Option<NodeRef>,
    /// Where the parent keeps this node.
    slot: usize,
    pub(super) kids: Slab<NodeRef>,
    /// Holds placed on this node, plus one for each child whose count is not zero.
    pub(super) holds: u32,
    /// The node that counts this one's holds; kept when the parent changes.
    pub(super) charged: Option<NodeRef>,
    pub(super) reason: Option<Reason>,
    pub(super) deadline: Deadline,
}

/// What a region sees when its body is pending.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The node's own cancel, if any.
    pub own: Option<Reason>,
    /// A node around this one is cancelled.
    pub inherited: bool,
    /// Something inside must not be dropped yet.
    pub held: bool,
    /// When the region ends by itself.
    pub deadline: Deadline,
}

impl Look {
    /// Cancelled in either way, and nothing holds: the body goes now.
    pub fn must_drop(&self) -> bool {
        (self.own.is_some() || self.inherited) && !self.held
    }
}

impl Node {
    /// A node outside the tree.
    pub fn new(kind: Kind, deadline: Deadline) -> Self {
        let flags = match kind {
            Kind::Scope => 0,
            Kind::Shield => SHIELD,
            Kind::Task => ROOT,
            Kind::Children => JOIN,
        };
        Self {
            flags: AtomicU32::new(flags),
            state: Mutex::new(State {
                waker: None,
                parent: None,
                slot: 0,
                kids: Slab::new(),
                holds: 0,
                charged: None,
                reason: None,
                deadline,
            }),
        }
    }

    /// Whether this node or one around it (up to a shield) is cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.flags() & CANCELLED != 0
    }

    /// Whether a cancel from outside has reached this shield.
    pub fn is_told(&self) -> bool {
        self.flags() & OUTER != 0
    }

    /// Whether children are refused.
    pub fn is_closed(&self) -> bool {
        self.flags() & CLOSED != 0
    }

    /// The node's own cancel, not one that it inherited.
    pub fn own_reason(&self) -> Option<Reason> {
        // The reason is written before the flag is published, so a set flag has its reason.
        if self.flags() & SELF == 0 {
            return None;
        }
        self.lock().reason
    }

    /// How many children are attached.
    pub fn children(&self) -> usize {
        self.lock().kids.len()
    }

    /// Registers whom to wake, and looks, under one lock: nothing can happen in between.
    pub fn look(&self, waker: &Waker) -> Look {
        let mut state = self.lock();
        let flags = self.flags();
        let look = Look {
            own: state.reason,
            inherited: flags & INHERITED != 0,
            held: state.holds > 0,
            deadline: state.deadline,
        };
        let replaced = if look.must_drop() {
            None
        } else {
            state.wake_with(waker)
        };
        drop(state);
        drop(replaced);
        look
    }

    /// Closes the node if it has no child; otherwise registers whom to wake when the last one goes.
    pub fn close_if_empty(&self, waker: &Waker) -> bool {
        let mut state = self.lock();
        if state.kids.is_empty() {
            self.raise(CLOSED);
            true
        } else {
            let replaced = state.wake_with(waker);
            drop(state);
            drop(replaced);
            false
        }
    }

    /// Refuses children from now on, whoever is still there.
    pub fn close(&self) {
        let _state = self.lock();
        self.raise(CLOSED);
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    pub(super) fn flags(&self) -> u32 {
        self.flags.load(Ordering::Acquire)
    }

    /// Sets flags; the caller holds the lock. Returns what was set before.
    pub(super) fn raise(&self, flags: u32) -> u32 {
        self.flags.fetch_or(flags, Ordering::AcqRel)
    }
}

impl State {
    /// Returns the waker that was replaced: dropping it may run anything, so not under the lock.
    #[must_use]
    fn wake_with(&mut self, waker: &Waker) -> Option<Waker> {
        match &self.waker {
            Some(current) if current.will_wake(waker) => None,
            _ => self.waker.replace(waker.clone()),
        }
    }

    /// The children, to be walked without the lock.
    pub(super) fn kids(&self) -> Vec<NodeRef> {
        self.kids.iter().map(|(_, kid)| Arc::clone(kid)).collect()
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flags = self.flags();
        f.debug_struct("Node")
            .field("cancelled", &(flags & SELF != 0))
            .field("inherited", &(flags & INHERITED != 0))
            .field("shield", &(flags & SHIELD != 0))
            .field("closed", &(flags & CLOSED != 0))
            .finish_non_exhaustive()
    }
}

/// Puts a new node under `parent`, inheriting a cancel that has already reached it. Returns how many
/// children the parent has now.
///
/// # Errors
///
/// [`Closed`] if the parent takes no more children; the node is then outside the tree as before.
pub fn attach(node: &NodeRef, parent: &NodeRef) -> Result<usize, Closed> {
    // The link upwards first: once the node is on the list, a walk compares it.
    node.node().lock().parent = Some(Arc::clone(parent));
    let (slot, inherited, siblings) = {
        let mut above = parent.node().lock();
        let flags = parent.node().flags();
        if flags & CLOSED != 0 {
            drop(above);
            node.node().lock().parent = None;
            return Err(Closed);
        }
        let slot = above.kids.insert(Arc::clone(node));
        (slot, flags & CANCELLED != 0, above.kids.len())
    };
    let mut state = node.node().lock();
    state.slot = slot;
    if inherited {
        let shield = node.node().flags() & SHIELD != 0;
        node.node().raise(if shield { OUTER } else { INHERITED });
    }
    Ok(siblings)
}

/// Takes a node whose region has ended out of the tree.
///
/// Its parent no longer counts its holds. The last child of a group wakes whoever waits there, so
/// this is the last thing a child task does.
pub fn detach(node: &NodeRef) {
    let (parent, slot, charged) = {
        let mut state = node.node().lock();
        (state.parent.take(), state.slot, state.charged.take())
    };
    if let Some(charged) = charged {
        holds::release(&charged);
    }
    if let Some(parent) = parent {
        let (kid, waker) = {
            let mut above = parent.node().lock();
            let kid = above.kids.try_remove(slot);
            let empty = above.kids.is_empty();
            if empty && above.kids.capacity() > KEPT_CAPACITY {
                // A long-lived group must not keep the room of its largest crowd.
                above.kids = Slab::new();
            }
            let waker = (empty && parent.node().flags() & JOIN != 0)
                .then(|| above.waker.take())
                .flatten();
            (kid, waker)
        };
        drop(kid);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// How much room for children a node without any keeps.
const KEPT_CAPACITY: usize = 64;
