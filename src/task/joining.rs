//! Waiting for the end of an owned group.

use std::{
    fmt,
    future::Future,
    panic,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Wake, Waker},
};

use anyrt_core::{
    context::{self, Region},
    tree::{self, Deadline, HolderKind, Kind, NodeRef, Way},
    unhandled,
};
use slab::Slab;

use super::{
    child::Place,
    members::{Failures, forget_panic},
    ownable::{OwnableGroup, sealed::Outcome as _},
    owned::Owned,
};
use crate::cancel::Hold;

/// Everybody who waits for the end of one group; the waker that is left in the group's node wakes them all.
pub(super) struct Joiners(Mutex<State>);

struct State {
    /// A seat for each that waits; empty when it has been woken.
    wakers: Slab<Option<Waker>>,
    /// Somebody has taken what went wrong.
    taken: bool,
}

impl Joiners {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(State {
            wakers: Slab::new(),
            taken: false,
        })))
    }

    /// Leaves the waker of one that waits, in its seat.
    fn register(&self, seat: &mut Option<usize>, waker: &Waker) {
        let waker = Some(waker.clone());
        let replaced = {
            let mut state = self.state();
            match *seat {
                Some(seat) => std::mem::replace(&mut state.wakers[seat], waker),
                None => {
                    *seat = Some(state.wakers.insert(waker));
                    None
                }
            }
        };
        if let Some(replaced) = replaced {
            unhandled::discard(replaced);
        }
    }

    /// Gives up a seat.
    fn leave(&self, seat: usize) {
        let waker = self.state().wakers.remove(seat);
        if let Some(waker) = waker {
            unhandled::discard(waker);
        }
    }

    /// True for the first one that asks: the failures are for one.
    fn is_first(&self) -> bool {
        !std::mem::replace(&mut self.state().taken, true)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Joiners {
    fn wake(self: Arc<Self>) {
        let wakers: Vec<Waker> = {
            let mut state = self.state();
            let seats = state.wakers.iter_mut();
            seats.filter_map(|(_, waker)| waker.take()).collect()
        };
        for waker in wakers {
            unhandled::wake(waker);
        }
    }
}

/// One that waits.
struct Waiting<'a, G: OwnableGroup> {
    group: &'a Owned<G>,
    seat: Option<usize>,
}

impl<G: OwnableGroup> Waiting<'_, G> {
    /// The end of the group, which closes it.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<G::Outcome> {
        let Some(opened) = self.group.opened() else {
            return Poll::Ready(G::Outcome::of(Vec::new()));
        };
        let members = &opened.members;
        // First: a child that goes between the two steps finds the waker.
        opened.joiners.register(&mut self.seat, cx.waker());
        let everybody = Waker::from(Arc::clone(&opened.joiners));
        if !members.close_if_done(&everybody) {
            return Poll::Pending;
        }
        self.leave();
        if !opened.joiners.is_first() {
            return Poll::Ready(G::Outcome::of(Vec::new()));
        }
        let Failures { errors, panic } = members.take_failures();
        members.retire();
        tree::detach(members.outer());
        if let Some(payload) = panic {
            forget_panic(errors);
            panic::resume_unwind(payload);
        }
        Poll::Ready(G::Outcome::of(errors))
    }

    /// How the node that the group's children are below is above `here`.
    fn way_from(&self, here: Option<&NodeRef>) -> Way {
        match (self.group.opened(), here) {
            (Some(opened), Some(here)) => tree::way_up(here, opened.members.children()),
            _ => Way::None,
        }
    }

    fn leave(&mut self) {
        if let (Some(opened), Some(seat)) = (self.group.opened(), self.seat.take()) {
            opened.joiners.leave(seat);
        }
    }
}

impl<G: OwnableGroup> Drop for Waiting<'_, G> {
    fn drop(&mut self) {
        self.leave();
    }
}

/// The future of [`Owned::join`].
#[must_use = "futures do nothing until they are awaited"]
pub struct Join<'a, G: OwnableGroup> {
    waiting: Waiting<'a, G>,
    place: Place,
}

impl<'a, G: OwnableGroup> Join<'a, G> {
    pub(super) fn new(group: &'a Owned<G>, place: Place) -> Self {
        Self {
            waiting: Waiting { group, seat: None },
            place,
        }
    }
}

impl<G: OwnableGroup> Future for Join<'_, G> {
    type Output = G::Outcome;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<G::Outcome> {
        let outcome = self.waiting.poll(cx);
        if outcome.is_pending() {
            let way = self.waiting.way_from(context::existing_node().as_ref());
            assert!(
                way == Way::None,
                "a task of an owned group awaits `join` of that group, at {}, and so its own end: join the group outside \
                 of its tasks, or `cancel` it here",
                self.place
            );
        }
        outcome
    }
}

impl<G: OwnableGroup> fmt::Debug for Join<'_, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Join").finish_non_exhaustive()
    }
}

/// The future of [`Owned::close`].
#[must_use = "futures do nothing until they are awaited"]
pub struct Close<'a, G: OwnableGroup> {
    waiting: Waiting<'a, G>,
    begun: bool,
    region: Region,
    hold: Hold,
    place: Place,
}

impl<'a, G: OwnableGroup> Close<'a, G> {
    pub(super) fn new(group: &'a Owned<G>, place: Place) -> Self {
        Self {
            waiting: Waiting { group, seat: None },
            begun: false,
            region: Region::new(Kind::Scope, Deadline::Never),
            hold: Hold::new(HolderKind::TaskGroup, place),
            place,
        }
    }

    fn node(&self) -> NodeRef {
        context::enter(&self.region, None, context::node).expect("the region was just entered")
    }
}

impl<G: OwnableGroup> Future for Close<'_, G> {
    type Output = G::Outcome;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<G::Outcome> {
        let this = &mut *self;
        if !std::mem::replace(&mut this.begun, true) {
            this.waiting.group.end();
        }
        let outcome = this.waiting.poll(cx);
        if outcome.is_ready() {
            this.hold.release();
            this.region.end();
            return outcome;
        }
        let here = this.node();
        match this.waiting.way_from(Some(&here)) {
            Way::None => this.hold.place(&here),
            // The group's cancel reaches the caller, who is dropped next.
            Way::Open => this.hold.release(),
            Way::Shielded => panic!(
                "a task of an owned group awaits `close` of that group inside a shield, at {}, and so its own end: close \
                 the group outside of its tasks, or `cancel` it here",
                this.place
            ),
        }
        Poll::Pending
    }
}

impl<G: OwnableGroup> fmt::Debug for Close<'_, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Close").finish_non_exhaustive()
    }
}
