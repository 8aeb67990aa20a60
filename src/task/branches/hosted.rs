//! Branches with a body beside them.

use std::{future::Future, pin::Pin, task::Context};

use pin_project_lite::pin_project;

use super::schedule::Roster;
use super::slot::{AnySlot, Slot, SlotState, Slots};

pin_project! {
    /// Number [`BODY`] is the body, which is put in when it starts; the branches follow.
    pub struct Hosted<Fut, S>
    where
        Fut: Future,
    {
        // Dropped in this order: the body waits for the branches, not they for it.
        #[pin]
        pub(crate) body: Slot<Fut>,
        #[pin]
        pub(crate) branches: S,
    }
}

/// The number of the body.
pub(crate) const BODY: usize = 0;

/// The number of the first branch.
pub(crate) const FIRST_BRANCH: usize = 1;

impl<Fut: Future, S> Hosted<Fut, S> {
    pub(crate) fn new(branches: S) -> Self {
        Self {
            body: Slot::new(None),
            branches,
        }
    }

    pub(crate) fn body(self: Pin<&mut Self>) -> Pin<&mut Slot<Fut>> {
        self.project().body
    }

    pub(crate) fn branches(self: Pin<&mut Self>) -> Pin<&mut S> {
        self.project().branches
    }
}

impl<Fut: Future, S: Slots> Slots for Hosted<Fut, S> {
    fn count(&self) -> usize {
        FIRST_BRANCH + self.branches.count()
    }

    fn slot(self: Pin<&mut Self>, index: usize) -> Pin<&mut dyn AnySlot> {
        let this = self.project();
        match index {
            BODY => this.body,
            _ => this.branches.slot(index - FIRST_BRANCH),
        }
    }

    fn poll_slot(self: Pin<&mut Self>, index: usize, cx: &mut Context<'_>) -> SlotState {
        let this = self.project();
        match index {
            BODY => this.body.poll(cx),
            _ => this.branches.poll_slot(index - FIRST_BRANCH, cx),
        }
    }

    fn is_occupied(self: Pin<&mut Self>, index: usize) -> bool {
        let this = self.project();
        match index {
            BODY => this.body.is_occupied(),
            _ => this.branches.is_occupied(index - FIRST_BRANCH),
        }
    }

    fn vacate(self: Pin<&mut Self>, index: usize) {
        let this = self.project();
        match index {
            BODY => this.body.vacate(),
            _ => this.branches.vacate(index - FIRST_BRANCH),
        }
    }

    fn admit(self: Pin<&mut Self>, roster: &mut Roster) {
        self.project().branches.admit(roster);
    }

    fn close(self: Pin<&mut Self>) -> bool {
        self.project().branches.close()
    }
}
