//! Polls the branches that were woken, and ends those that are no longer wanted.

use std::{
    fmt,
    panic::{self, AssertUnwindSafe},
    pin::Pin,
    task::{Context, Poll},
};

use anyrt_core::{
    context::{self, Region},
    tree::{self, Deadline, Kind, Reason},
};

use super::{
    ready::ReadyQueue,
    slot::{SlotState, Slots},
};
use crate::task::{Payload, forget_panic};

/// How many branches one poll of the task may start, beyond those that were ready when it began.
const STARTED_PER_POLL: usize = 128;

/// After how many branches that woke themselves the task yields: they may all be out of the budget, theirs or the
/// runtime's, and then each further poll is in vain.
const SELF_WOKEN_PER_POLL: usize = 32;

/// Runs branches inside one task, and inside one region under the caller's.
pub(crate) struct Schedule {
    around: Region,
    roster: Roster,
    stopped: bool,
    panic: Option<Payload>,
}

/// The branches that there are, and those among them that are to be polled.
#[derive(Default)]
pub struct Roster {
    queue: ReadyQueue,
    occupied: usize,
}

impl Roster {
    /// A branch was put into the slot `index`.
    pub(crate) fn add(&mut self, index: usize) {
        self.occupied += 1;
        self.queue.push(index);
    }
}

impl fmt::Debug for Roster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Roster").finish_non_exhaustive()
    }
}

/// What is to happen after a branch has completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The others go on.
    GoOn,
    /// The outcome is decided: the others are cancelled and awaited.
    Stop(Reason),
}

impl Schedule {
    /// For `count` branches, all of which are to be polled.
    pub(crate) fn new(count: usize) -> Self {
        let mut schedule = Self {
            around: Region::new(Kind::Scope, Deadline::Never),
            roster: Roster::default(),
            stopped: false,
            panic: None,
        };
        for index in 0..count {
            schedule.roster.add(index);
        }
        schedule
    }

    /// The region around the branches.
    pub(crate) fn around(&self) -> &Region {
        &self.around
    }

    /// How many branches are left.
    pub(crate) fn left(&self) -> usize {
        self.roster.occupied
    }

    /// Polls each branch that was woken once. `completed` is called, inside the region, for each that completes; it may
    /// fill slots again. Ready when no branch is left.
    pub(crate) fn poll<S: Slots>(
        &mut self,
        mut slots: Pin<&mut S>,
        cx: &mut Context<'_>,
        mut completed: impl FnMut(&mut Roster, Pin<&mut S>, usize) -> Next,
    ) -> Poll<()> {
        slots.as_mut().admit(&mut self.roster);
        let mut left = self.roster.queue.begin(cx).max(STARTED_PER_POLL);
        let mut self_woken = 0;
        context::settle(&self.around);
        while left > 0 && self_woken < SELF_WOKEN_PER_POLL {
            let Some(index) = self.roster.queue.pop() else {
                break;
            };
            if index >= slots.count() || !slots.as_mut().is_occupied(index) {
                continue;
            }
            left -= 1;
            let outcome = self.poll_one(slots.as_mut(), index, &mut completed);
            self_woken += usize::from(self.roster.queue.is_queued(index));
            match outcome {
                Ok(Next::GoOn) => {}
                Ok(Next::Stop(reason)) => self.stop(slots.as_mut(), reason),
                Err(payload) => self.panicked(slots.as_mut(), payload),
            }
            slots.as_mut().admit(&mut self.roster);
        }
        if self.roster.occupied == 0 && slots.as_mut().close() {
            self.around.end();
            return Poll::Ready(());
        }
        self.roster.queue.end(cx);
        Poll::Pending
    }

    /// Polls one branch, and drops it if it is cancelled.
    fn poll_one<S: Slots>(
        &mut self,
        mut slots: Pin<&mut S>,
        index: usize,
        completed: &mut impl FnMut(&mut Roster, Pin<&mut S>, usize) -> Next,
    ) -> Result<Next, Payload> {
        let waker = self.roster.queue.waker(index);
        let mut cx = Context::from_waker(waker);
        let state = guarded(&self.around, || slots.as_mut().poll_slot(index, &mut cx));
        match state {
            Ok(SlotState::Completed) => {
                self.roster.occupied -= 1;
                let roster = &mut self.roster;
                guarded(&self.around, || completed(roster, slots, index))
            }
            Ok(SlotState::Pending) => {
                self.drop_if_free(slots, index)?;
                Ok(Next::GoOn)
            }
            Ok(SlotState::Vacant) => Ok(Next::GoOn),
            Err(payload) => {
                self.vacate(slots, index).unwrap_or_else(forget_panic);
                Err(payload)
            }
        }
    }

    /// Drops a branch that is cancelled and in which nothing holds.
    fn drop_if_free<S: Slots>(
        &mut self,
        mut slots: Pin<&mut S>,
        index: usize,
    ) -> Result<(), Payload> {
        let waker = self.roster.queue.waker(index);
        let free = match slots.as_mut().slot(index).node() {
            Some(node) => node.node().look(waker).must_drop(),
            // It has not been polled.
            None => self.stopped,
        };
        if free {
            self.vacate(slots, index)?;
        }
        Ok(())
    }

    fn vacate<S: Slots>(&mut self, slots: Pin<&mut S>, index: usize) -> Result<(), Payload> {
        self.roster.occupied -= 1;
        guarded(&self.around, || slots.vacate(index))
    }

    /// Cancels the branches: those that are free are dropped now, where they are suspended; the others are polled
    /// until what holds in them has ended.
    pub(crate) fn stop<S: Slots>(&mut self, mut slots: Pin<&mut S>, reason: Reason) {
        if self.stopped {
            return;
        }
        self.stopped = true;
        if let Some(node) = self.around.existing_node() {
            tree::cancel(node, reason);
        }
        for index in 0..slots.count() {
            if slots.as_mut().is_occupied(index) {
                if let Err(payload) = self.drop_if_free(slots.as_mut(), index) {
                    self.keep(payload);
                }
            }
        }
    }

    /// Keeps the first panic, and cancels the branches.
    pub(crate) fn panicked<S: Slots>(&mut self, slots: Pin<&mut S>, payload: Payload) {
        self.keep(payload);
        self.stop(slots, Reason::SiblingFailed);
    }

    fn keep(&mut self, payload: Payload) {
        if self.panic.is_none() {
            self.panic = Some(payload);
        } else {
            forget_panic(payload);
        }
    }

    /// Resumes the panic of a branch, if there was one, and drops what nobody gets then.
    pub(crate) fn resume<T>(&mut self, unwanted: impl FnOnce() -> T) {
        if let Some(payload) = self.panic.take() {
            forget_panic(unwanted());
            panic::resume_unwind(payload);
        }
    }
}

fn guarded<R>(around: &Region, f: impl FnOnce() -> R) -> Result<R, Payload> {
    panic::catch_unwind(AssertUnwindSafe(|| context::enter(around, None, f)))
}
