//! A node, and the look that a region takes at it.

use std::{any::Any, fmt, sync::Arc, task::Waker};

use slab::Slab;

use super::{
    Deadline, Holder,
    flags::{
        ARMED, CANCELLED, CLOSED, DAEMON, ENDED, FROM_AROUND, GROUP, INHERITED, JOIN, LANDED,
        LAST_CLOSES, OUTER, ROOT, SELF, SHIELD, SINCE_POLLED, SOFT, SOFTENED, TAKEN, WATCH,
    },
    holders::Millis,
    label::Label,
    waker_id::WakerId,
};
use crate::sync::{AtomicU32, AtomicUsize, Mutex, MutexGuard, Ordering};

/// Something that carries a [`Node`], so that a child task's node and result share one allocation.
pub trait Branch: Send + Sync + 'static {
    /// The node.
    fn node(&self) -> &Node;

    /// Takes the panic of an orphan that the group of this children node has adopted.
    ///
    /// # Errors
    ///
    /// The payload, where there is nobody in whom it could resume.
    fn fail(&self, payload: Box<dyn Any + Send>) -> Result<(), Box<dyn Any + Send>> {
        Err(payload)
    }

    /// The run has ended, and every task in it: what this node keeps for somebody, nobody will ask for any more.
    fn run_ended(&self) {}

    /// What people who watch see of it; nothing, where it is neither a task nor a group.
    fn label(&self) -> Option<Label<'_>> {
        None
    }

    /// The last child has gone, and has closed this children node; see [`Node::close_when_empty`].
    fn emptied(&self) {}
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
    /// A region inside an operation: a cancel reaches it, and what encloses the operation reports.
    Part,
    /// The region around the body and the children of a group; otherwise a part.
    Group,
    /// A region that a cancel from outside does not reach.
    Shield,
    /// The top of a task.
    Task,
    /// The top of a task that its group does not wait for: it ends when only such are left.
    Daemon,
    /// The children of a group: its waker is woken when the last one has gone.
    Children,
    /// Somebody who waits to be cancelled, or asked to come to an end.
    Watch,
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

/// One region of code in the cancel tree.
pub struct Node {
    flags: AtomicU32,
    /// Where the parent keeps this node. Changed under the node's lock, and read under it; before anybody else
    /// knows the node, under its parent's.
    slot: AtomicUsize,
    /// Whose waker is kept, while `ARMED`; for whoever polls the region, which leaves it there.
    left: WakerId,
    state: Mutex<State>,
}

pub(super) struct State {
    /// Woken by a cancel, by the last release of a hold while cancelled, by a new deadline, and on a
    /// `JOIN` node by the last child's going.
    pub(super) waker: Option<Waker>,
    pub(super) parent: Option<NodeRef>,
    pub(super) kids: Slab<NodeRef>,
    /// How many of them are daemons, and how many are marks of regions that have ended.
    pub(super) daemons: u32,
    pub(super) marks: u32,
    /// Holds placed on this node, plus one for each child whose count is not zero.
    pub(super) holds: u32,
    /// The node that counts this one's holds; kept when the parent changes.
    pub(super) charged: Option<NodeRef>,
    pub(super) reason: Option<Reason>,
    pub(super) deadline: Deadline,
    /// Who has placed a hold on this node.
    pub(super) holder: Option<Holder>,
    /// When the last cancel reached who holds here; of meaning while `UNPOLLED`.
    pub(super) told_at: Millis,
}

/// What a region sees when its body is pending.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The node's own cancel, if any.
    pub own: Option<Reason>,
    /// A node around this one is cancelled.
    pub inherited: bool,
    /// The node, or one around it, was asked to come to an end by itself.
    pub soft: bool,
    /// Something inside must not be dropped yet.
    pub held: bool,
    /// See [`Node::is_cut`].
    pub cut: bool,
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
            Kind::Scope | Kind::Part => 0,
            Kind::Group => GROUP,
            Kind::Shield => SHIELD,
            Kind::Task => ROOT,
            Kind::Daemon => ROOT | DAEMON,
            Kind::Children => JOIN,
            Kind::Watch => WATCH,
        };
        Self {
            flags: AtomicU32::new(flags),
            slot: AtomicUsize::new(0),
            left: WakerId::none(),
            state: Mutex::new(State {
                waker: None,
                parent: None,
                kids: Slab::new(),
                daemons: 0,
                marks: 0,
                holds: 0,
                charged: None,
                reason: None,
                deadline,
                holder: None,
                told_at: Millis::default(),
            }),
        }
    }

    /// Whether this node or one around it (up to a shield) is cancelled.
    #[inline]
    pub fn is_cancelled(&self) -> bool {
        self.flags() & CANCELLED != 0
    }

    /// Whether this is a member that its group has to wait for, or its body, and the first cancel that reached it came
    /// from around the group (up to a shield). What is dropped unfinished then was *cut*.
    pub fn is_cut(&self) -> bool {
        is_cut(self.flags())
    }

    /// Whether this node or one around it (up to a shield) was asked to come to an end by itself.
    pub fn is_soft(&self) -> bool {
        self.flags() & SOFTENED != 0
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

    /// How many children are attached. Regions that have ended do not count, whatever is still below them.
    pub fn children(&self) -> usize {
        self.lock().living()
    }

    /// Whether the region has ended, and the node is there only for what is below it.
    pub fn has_ended(&self) -> bool {
        self.flags() & ENDED != 0
    }

    /// How many of the children are daemons.
    pub fn daemons(&self) -> usize {
        self.lock().daemons as usize
    }

    /// The region is polled from here on: what has landed before is there for its body to take.
    #[inline]
    pub fn begin_poll(&self) {
        if self.flags() & SINCE_POLLED != 0 {
            self.settle_poll();
        }
    }

    #[cold]
    fn settle_poll(&self) {
        let _state = self.lock();
        self.flags.fetch_and(!SINCE_POLLED, Ordering::AcqRel);
    }

    /// Registers whom to wake, and looks, under one lock: nothing can happen in between.
    ///
    /// Where something has let go while the region was polled, its outcome may be there for the body to take: the region
    /// is held for one poll more, and woken to it; unless the body has taken what there was in this poll.
    pub fn look(&self, waker: &Waker) -> Look {
        let (look, landed) = self.with_waker(waker, |state| {
            let flags = self.flags();
            let landed =
                flags & (LANDED | TAKEN) == LANDED && flags & CANCELLED != 0 && state.holds == 0;
            let look = Look {
                own: state.reason,
                inherited: flags & INHERITED != 0,
                soft: flags & SOFTENED != 0,
                held: state.holds > 0 || landed,
                cut: is_cut(flags),
                deadline: state.deadline,
            };
            ((look, landed), !look.must_drop())
        });
        if landed {
            waker.wake_by_ref();
        }
        look
    }

    /// Looks only if there is anything new: `None` where the node is not cancelled, and nothing has changed since the
    /// last look, which left the same waker.
    ///
    /// Most polls find everything as it was. One atomic load tells; the lock and the comparison under it took forty times
    /// as long. A change that comes later takes the waker that is there, and wakes it: that is the waker of this
    /// poll. Only for whoever polls the region, one at a time.
    #[inline]
    pub fn look_again(&self, waker: &Waker) -> Option<Look> {
        if self.flags() & (ARMED | CANCELLED) == ARMED && self.left.is(waker) {
            return None;
        }
        Some(self.look(waker))
    }

    /// Closes the node if it has no child; otherwise registers whom to wake when the last one goes.
    pub fn close_if_empty(&self, waker: &Waker) -> bool {
        self.with_waker(waker, |state| {
            let empty = state.living() == 0;
            if empty {
                self.raise(CLOSED);
            }
            (empty, !empty)
        })
    }

    /// Like [`close_if_empty`](Node::close_if_empty), and where there are children, has the last one close the node when it goes,
    /// and say so to [`Branch::emptied`].
    pub fn close_when_empty(&self, waker: &Waker) -> bool {
        self.with_waker(waker, |state| {
            let empty = state.living() == 0;
            self.raise(if empty { CLOSED } else { LAST_CLOSES });
            (empty, !empty)
        })
    }

    /// Refuses children from now on, whoever is still there.
    pub fn close(&self) {
        let _state = self.lock();
        self.raise(CLOSED);
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    #[inline]
    pub(super) fn slot(&self) -> usize {
        self.slot.load(Ordering::Relaxed)
    }

    #[inline]
    pub(super) fn set_slot(&self, slot: usize) {
        self.slot.store(slot, Ordering::Relaxed);
    }

    #[inline]
    pub(super) fn flags(&self) -> u32 {
        self.flags.load(Ordering::Acquire)
    }

    /// Sets flags; the caller holds the lock. Returns what was set before.
    pub(super) fn raise(&self, flags: u32) -> u32 {
        self.flags.fetch_or(flags, Ordering::AcqRel)
    }

    /// Takes out whom to wake, to be woken after the lock.
    pub(super) fn take_waker(&self, state: &mut State) -> Option<Waker> {
        self.flags.fetch_and(!ARMED, Ordering::AcqRel);
        state.waker.take()
    }

    /// Looks at the state, and leaves the waker there if the look asks for that.
    ///
    /// A waker may run anything when it is cloned or dropped: it is cloned before the lock is taken, if another one was
    /// left there last, and the one that it replaces is dropped after it.
    fn with_waker<T>(&self, waker: &Waker, look: impl Fn(&mut State) -> (T, bool)) -> T {
        let is_left = self.flags() & ARMED != 0 && self.left.is(waker);
        let mut clone = (!is_left).then(|| waker.clone());
        loop {
            let mut state = self.lock();
            let (found, leaves) = look(&mut state);
            let is_left = || {
                let left = state.waker.as_ref();
                left.is_some_and(|left| left.will_wake(waker))
            };
            if leaves && !is_left() {
                let Some(new) = clone.take() else {
                    // The one that was left has been taken since.
                    drop(state);
                    clone = Some(waker.clone());
                    continue;
                };
                self.left.set(waker);
                self.raise(ARMED);
                clone = state.waker.replace(new);
            }
            drop(state);
            drop(clone);
            return found;
        }
    }

    /// Changes flags from `before`, which was read under the lock, to `after`; leaves alone what is changed under another.
    pub(super) fn change_flags(&self, before: u32, after: u32) {
        self.flags.fetch_xor(before ^ after, Ordering::AcqRel);
    }
}

fn is_cut(flags: u32) -> bool {
    flags & (FROM_AROUND | DAEMON) == FROM_AROUND
}

impl State {
    /// How many children are no mere marks.
    pub(super) fn living(&self) -> usize {
        self.kids.len() - self.marks as usize
    }

    /// Whether every child is a daemon; true also if there is none.
    pub(super) fn only_daemons(&self) -> bool {
        self.living() == self.daemons as usize
    }

    pub(super) fn is_under(&self, parent: &NodeRef) -> bool {
        self.parent
            .as_ref()
            .is_some_and(|current| Arc::ptr_eq(current, parent))
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
            .field("soft", &(flags & SOFT != 0))
            .finish_non_exhaustive()
    }
}
