//! The cancel tree: who is cancelled when a scope is, and who keeps a cancelled scope alive.
//!
//! Each region of code that can be cancelled or shielded has a [`Node`]; [`attach`] puts it under
//! the region around it. Two things travel along the edges:
//!
//! - a **cancel** goes *down*: [`cancel`] marks the node and everything below it, except what lies
//!   behind a shield, and wakes each marked node's own waker;
//! - a **hold** goes *up*: while something inside must not be dropped (an unfinished shield, a group
//!   with live children, a running worker thread), every node from there to the next task root counts
//!   it ([`hold`]), and a cancelled region waits until its count is zero.
//!
//! A walk marks everything first, and wakes then: a region that is woken finds all that is cancelled with it
//! cancelled. Where two cancels meet, the one that comes by where the other has not finished goes down itself.
//!
//! A node below a group's outermost one also remembers whether the first cancel that reached it came from around
//! the group ([`Node::is_cut`]): that is what a group returns by.
//!
//! A soft request ([`soften`]) goes down as a cancel does, but drops nothing: it is for those who ask.
//!
//! A region looks ([`Node::look`]) after each poll of its body that returned `Pending`: cancelled and
//! free of holds means that the body is dropped.
//!
//! # Why no event is lost
//!
//! Every node has one lock, and no operation holds two. What a node has from above follows from its
//! parent's flags alone. Whoever changes a node's flags copies its list of children under the same
//! lock, and then visits each: under the child's lock it reads the parent's flags *as they are by then*, and the
//! child takes them over. So of two walks that meet at a child the later one leaves what holds at the end,
//! whichever began first, and also where one of them takes a mark back because a node moved.
//! `attach` reads the parent's flags under the lock under which it enters the child in the list: a child is either on
//! the list that is walked, or sees the change by itself. A node that has moved is skipped by a walk that comes from its old
//! parent.
//!
//! Holds are counted per node; only the changes 0 to 1 and 1 to 0 travel on, to the node that was
//! *charged*, which the child remembers. A hold is counted from the top down: a node is charged only
//! after it has been counted, so that no release and no detach can overtake the count it takes back,
//! and a hold that has been placed holds everything above it. A release travels upwards and may
//! arrive late at an ancestor, which then waits a little longer; when it arrives, it wakes.
//!
//! A hold may also be released from elsewhere ([`land`]), when a function on a worker thread has returned, or the last child of
//! a group has gone. Then nobody need poll the operation for the scopes around it to end. A region that is being polled
//! meanwhile, and has asked for the outcome in vain, finds a mark when it looks, and polls its body once more.
//!
//! A region that is polled under another parent than before moves ([`rehome`]), and what it holds
//! with it: the new parent is counted before the old one is released.
//!
//! A region that ends while something is below it, because foreign code keeps that and polls it no more, stays in the
//! tree as a *mark*: a cancel goes on through it, a hold does not, and its parent does not wait for it. It goes with
//! the last node below it, or when that is polled elsewhere.
//!
//! A task that was started for a group is *handed over* to it ([`hand_over`]), and what a dropped group leaves
//! behind is *adopted* by the group around it ([`adopt`]).
//!
//! Walks in both directions are loops, never recursion: depth is bounded by memory, not by the stack.

mod deadline;
mod flags;
mod handover;
mod holders;
mod holds;
mod label;
mod node;
mod orphans;
mod place;
mod waker_id;
mod walk;

pub use deadline::{Deadline, effective_deadline, effective_reason};
pub use handover::{cancel_unless_handed_over, hand_over};
pub use holders::{Holder, HolderKind, overdue};
pub use holds::{hold, land, release, take_outcome};
pub use label::{Activity, Label};
pub use node::{Branch, Kind, Look, Node, NodeRef, Reason};
pub use orphans::{adopt, adopt_from, group_around};
pub use place::{Closed, Way, attach, detach, rehome, way_up};
pub use walk::{cancel, cancel_daemons, soften};
