//! Where the children of a group are kept.

use std::{future::Future, panic, pin::Pin, sync::Arc, task::Context, thread};

use anyrt_core::{
    context::{self, Region},
    tree::Kind,
};

use super::arrivals::{Arrival, Arrivals};
use crate::{
    payload::{caught, forget_panic},
    task::branches::{AnySlot, FIRST_BRANCH, Roster, Slot, SlotState, Slots},
};

/// Children by number; the number of one that is gone is given to the next that comes.
pub(super) struct Children<J: Future<Output = ()> + Unpin> {
    slots: Vec<Option<Slot<J>>>,
    free: Vec<usize>,
    arrivals: Arc<Arrivals<J>>,
    region: Region,
}

impl<J: Future<Output = ()> + Unpin> Children<J> {
    pub(super) fn new(arrivals: Arc<Arrivals<J>>) -> Self {
        let region = Region::with_node(Kind::Part, Arc::clone(arrivals.children()));
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            arrivals,
            region,
        }
    }

    pub(super) fn arrivals(&self) -> &Arrivals<J> {
        &self.arrivals
    }

    /// Takes out a child that has completed, or is to be dropped.
    pub(super) fn remove(&mut self, index: usize) -> Option<Slot<J>> {
        let slot = self.slots[index].take()?;
        self.free.push(index);
        self.arrivals.leave();
        Some(slot)
    }
}

impl<J: Future<Output = ()> + Unpin> Slots for Children<J> {
    fn count(&self) -> usize {
        self.slots.len()
    }

    fn slot(self: Pin<&mut Self>, index: usize) -> Pin<&mut dyn AnySlot> {
        let slot = self.get_mut().slots[index].as_mut();
        let slot: Pin<&mut Slot<J>> =
            Pin::new(slot.expect("only a child that is there is asked for"));
        slot
    }

    fn poll_slot(self: Pin<&mut Self>, index: usize, cx: &mut Context<'_>) -> SlotState {
        let this = self.get_mut();
        match &mut this.slots[index] {
            Some(slot) => context::enter(&this.region, None, || Pin::new(slot).poll(cx)),
            None => SlotState::Vacant,
        }
    }

    fn is_occupied(self: Pin<&mut Self>, index: usize) -> bool {
        self.slots[index].is_some()
    }

    fn vacate(self: Pin<&mut Self>, index: usize) {
        let this = self.get_mut();
        let Some(slot) = this.remove(index) else {
            return;
        };
        if slot.node().is_some_and(|node| node.node().is_cut()) {
            this.arrivals.count_cut();
        }
        // It drops its future inside its region.
        drop(slot);
    }

    fn admit(self: Pin<&mut Self>, roster: &mut Roster) {
        let this = self.get_mut();
        for arrival in this.arrivals.take() {
            let index = this.free.pop().unwrap_or(this.slots.len());
            let slot = Some(seated(arrival));
            if index == this.slots.len() {
                this.slots.push(slot);
            } else {
                this.slots[index] = slot;
            }
            roster.add(FIRST_BRANCH + index);
        }
    }

    fn close(self: Pin<&mut Self>) -> bool {
        let closed = self.arrivals.close_if_empty();
        if closed {
            self.get_mut().region.end();
        }
        closed
    }
}

fn seated<J: Future<Output = ()>>(arrival: Arrival<J>) -> Slot<J> {
    Slot::with_node(arrival.node, arrival.child)
}

impl<J: Future<Output = ()> + Unpin> Drop for Children<J> {
    /// Also those that have not been taken in: they may hold a handle on the group, and so keep themselves.
    fn drop(&mut self) {
        let dropped = caught(|| self.slots.clear());
        let left = self.arrivals.close();
        let dropped = dropped.and(caught(|| left.into_iter().map(seated).for_each(drop)));
        match dropped {
            Err(payload) if !thread::panicking() => panic::resume_unwind(payload),
            dropped => forget_panic(dropped),
        }
    }
}
