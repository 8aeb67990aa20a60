//! Where branches are kept.

use std::{future::Future, pin::Pin, task::Context};

use anyrt_core::{
    context::Region,
    tree::{Deadline, Kind, NodeRef},
};
use pin_project_lite::pin_project;

use super::schedule::Roster;
use crate::cancel::{Polled, Regional};

pin_project! {
    /// A branch in its region, and its value once it has one.
    pub struct Slot<F>
    where
        F: Future,
    {
        #[pin]
        body: Regional<F>,
        value: Option<F::Output>,
    }
}

/// What a poll of a slot came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum SlotState {
    /// It has completed just now; its value is in the slot.
    Completed,
    /// It waits; it has a node.
    Pending,
    /// There is nothing to poll.
    Vacant,
}

impl<F: Future> Slot<F> {
    pub(crate) fn new(body: Option<F>) -> Self {
        Self {
            body: Regional::new(Region::new(Kind::Scope, Deadline::Never), body),
            value: None,
        }
    }

    /// A branch whose node exists, so that it can be cancelled before it is polled.
    pub(crate) fn with_node(node: NodeRef, body: F) -> Self {
        Self {
            body: Regional::new(Region::with_node(Kind::Scope, node), Some(body)),
            value: None,
        }
    }

    /// Makes a branch, inside the region, in a slot that is vacant.
    pub(crate) fn start(self: Pin<&mut Self>, make: impl FnOnce() -> F) {
        self.project().body.start(make);
    }

    /// Puts a branch into a slot that is vacant.
    #[inline]
    pub(crate) fn put(self: Pin<&mut Self>, body: F) {
        self.project().body.put(body);
    }

    /// Whether there is neither a branch nor its value.
    pub(crate) fn is_lost(&self) -> bool {
        !self.body.has_body() && self.value.is_none()
    }

    pub(crate) fn value(&self) -> Option<&F::Output> {
        self.value.as_ref()
    }

    #[inline]
    pub(crate) fn take(self: Pin<&mut Self>) -> Option<F::Output> {
        self.project().value.take()
    }
}

/// A slot, whatever the type of its branch.
pub trait AnySlot {
    /// Polls the branch in its region.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> SlotState;
    /// Whether there is a branch that has not completed.
    fn is_occupied(&self) -> bool;
    /// The branch's node, if anything has needed one.
    fn node(&self) -> Option<&NodeRef>;
    /// Drops the branch, and takes its node out of the tree.
    fn vacate(self: Pin<&mut Self>);
}

impl<F: Future> AnySlot for Slot<F> {
    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> SlotState {
        let mut this = self.project();
        match this.body.as_mut().poll_body(cx) {
            Polled::Ready(value) => {
                *this.value = Some(value);
                this.body.end();
                SlotState::Completed
            }
            Polled::Pending => SlotState::Pending,
            Polled::Gone => SlotState::Vacant,
        }
    }

    #[inline]
    fn is_occupied(&self) -> bool {
        self.body.has_body()
    }

    fn node(&self) -> Option<&NodeRef> {
        self.body.node()
    }

    fn vacate(self: Pin<&mut Self>) {
        let mut this = self.project();
        this.body.as_mut().drop_body();
        this.body.end();
    }
}

/// Branches, in place and by number.
pub trait Slots {
    /// How many there are; what is beyond is vacant.
    fn count(&self) -> usize;
    /// One of them.
    fn slot(self: Pin<&mut Self>, index: usize) -> Pin<&mut dyn AnySlot>;
    /// Polls one of them.
    fn poll_slot(self: Pin<&mut Self>, index: usize, cx: &mut Context<'_>) -> SlotState {
        self.slot(index).poll(cx)
    }
    /// Whether there is a branch that has not completed.
    fn is_occupied(self: Pin<&mut Self>, index: usize) -> bool {
        self.slot(index).is_occupied()
    }
    /// Drops one of them, and takes its node out of the tree.
    fn vacate(self: Pin<&mut Self>, index: usize) {
        self.slot(index).vacate();
    }
    /// Takes in the branches that were added from elsewhere.
    fn admit(self: Pin<&mut Self>, _roster: &mut Roster) {}
    /// No branch is left: refuses further ones. False if there are some to be admitted.
    fn close(self: Pin<&mut Self>) -> bool {
        true
    }
}

impl<F> std::fmt::Debug for Slot<F>
where
    F: Future,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Slot").finish_non_exhaustive()
    }
}
