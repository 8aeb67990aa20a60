//! Polls the branches that were woken, and ends those that are no longer wanted.

use std::{
    fmt, panic,
    pin::Pin,
    task::{Context, Poll},
};

use anyrt_core::{
    context::{self, Refusal, Region},
    tree::{self, Deadline, Kind, Reason},
};

use super::{
    ready::ReadyQueue,
    slot::{SlotState, Slots},
};
use crate::payload::{Payload, caught, forget_panic};

/// How many branches one poll of the task may start, beyond those that were ready when it began.
const STARTED_PER_POLL: usize = 128;

/// After how many branches that woke themselves the task yields: they may all be out of the runtime's own budget, and
/// then each further poll is in vain.
const SELF_WOKEN_PER_POLL: usize = 32;

/// Runs branches inside one task, and inside one region under the caller's.
pub(crate) struct Schedule {
    around: Region,
    progress: Progress,
}

/// How far the branches have come.
struct Progress {
    roster: Roster,
    panic: Option<Payload>,
}

/// One poll of the task.
struct Round {
    /// How many branches it may still poll.
    left: usize,
    /// How many of those that it has polled woke themselves.
    self_woken: usize,
    /// The budget is spent: the others have their turn in the next poll, each with a whole one.
    refused: bool,
    /// The branch that is being polled: it has panicked, if its poll does not return.
    polling: Option<usize>,
}

/// The branches that there are, and those among them that are to be polled.
#[derive(Default)]
pub struct Roster {
    queue: ReadyQueue,
    occupied: usize,
    stopped: bool,
    /// A branch was dropped by a cancel from around, before the outcome was decided. It is here for the sake of the size:
    /// next to `stopped` it takes no room.
    lost: bool,
}

impl Roster {
    /// A branch was put into the slot `index`.
    #[inline]
    pub(crate) fn add(&mut self, index: usize) {
        self.occupied += 1;
        self.queue.push(index);
    }

    /// Whether the outcome is decided: what is not polled by now never starts.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped
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
        let mut roster = Roster::default();
        for index in 0..count {
            roster.add(index);
        }
        Self {
            around: Region::new(Kind::Group, Deadline::Never),
            progress: Progress {
                roster,
                panic: None,
            },
        }
    }

    /// The region around the branches.
    pub(crate) fn around(&self) -> &Region {
        &self.around
    }

    /// How many branches are left.
    pub(crate) fn left(&self) -> usize {
        self.progress.roster.occupied
    }

    /// Whether a branch was dropped by a cancel from around while it was still wanted.
    pub(crate) fn is_cut(&self) -> bool {
        self.progress.roster.lost
    }

    /// Stops what is left where a branch was lost to a cancel and nothing is cancelled any more (rule C6): the branches
    /// can not come to what they were run for.
    #[inline]
    pub(crate) fn stop_if_cut<S: Slots>(&mut self, slots: Pin<&mut S>) {
        if self.progress.roster.lost && !context::is_cancelled() {
            self.stop_what_is_left(slots);
        }
    }

    #[cold]
    fn stop_what_is_left<S: Slots>(&mut self, slots: Pin<&mut S>) {
        let Self { around, progress } = self;
        context::enter(around, None, || {
            progress.stop(around, slots, Reason::Explicit)
        });
    }

    /// Polls each branch that was woken once. `completed` is called, inside the region, for each that completes; it may
    /// fill slots again. Ready when no branch is left.
    pub(crate) fn poll<S: Slots>(
        &mut self,
        mut slots: Pin<&mut S>,
        cx: &mut Context<'_>,
        mut completed: impl FnMut(&mut Roster, Pin<&mut S>, usize) -> Next,
    ) -> Poll<()> {
        let Self { around, progress } = self;
        slots.as_mut().admit(&mut progress.roster);
        let mut round = Round {
            left: progress.roster.queue.begin(cx).max(STARTED_PER_POLL),
            self_woken: 0,
            refused: false,
            polling: None,
        };
        // The region is entered once for all branches, and once more after each panic.
        while let Err(payload) = caught(|| {
            context::enter(around, None, || {
                progress.run(around, slots.as_mut(), &mut round, &mut completed);
            })
        }) {
            context::enter(around, None, || {
                if let Some(index) = round.polling.take() {
                    caught(|| progress.vacate(slots.as_mut(), index)).unwrap_or_else(forget_panic);
                }
                progress.panicked(around, slots.as_mut(), payload);
                slots.as_mut().admit(&mut progress.roster);
            });
        }
        if progress.roster.occupied == 0 && slots.as_mut().close() {
            around.end();
            return Poll::Ready(());
        }
        progress.roster.queue.end(cx);
        Poll::Pending
    }

    /// Resumes the panic of a branch, if there was one, and drops what nobody gets then.
    pub(crate) fn resume<T>(&mut self, unwanted: impl FnOnce() -> T) {
        if let Some(payload) = self.progress.panic.take() {
            forget_panic(unwanted());
            panic::resume_unwind(payload);
        }
    }
}

/// All of this is called inside the region.
impl Progress {
    /// Polls branches until there is none to be polled, or the round is over.
    #[inline]
    fn run<S: Slots>(
        &mut self,
        around: &Region,
        mut slots: Pin<&mut S>,
        round: &mut Round,
        completed: &mut impl FnMut(&mut Roster, Pin<&mut S>, usize) -> Next,
    ) {
        while round.left > 0 && round.self_woken < SELF_WOKEN_PER_POLL && !round.refused {
            let Some(index) = self.roster.queue.pop() else {
                break;
            };
            if index >= slots.count() || !slots.as_mut().is_occupied(index) {
                continue;
            }
            round.left -= 1;
            round.polling = Some(index);
            let mut cx = Context::from_waker(self.roster.queue.waker(index));
            let state = slots.as_mut().poll_slot(index, &mut cx);
            round.polling = None;
            round.self_woken += usize::from(self.roster.queue.is_queued(index));
            round.refused = around.take_refusal() != Refusal::None;
            match state {
                SlotState::Completed => {
                    self.roster.occupied -= 1;
                    match completed(&mut self.roster, slots.as_mut(), index) {
                        Next::GoOn => {}
                        Next::Stop(reason) => self.stop(around, slots.as_mut(), reason),
                    }
                }
                SlotState::Pending => self.drop_if_free(slots.as_mut(), index),
                SlotState::Vacant => {}
            }
            slots.as_mut().admit(&mut self.roster);
        }
    }

    /// Drops a branch that is cancelled and in which nothing holds.
    fn drop_if_free<S: Slots>(&mut self, mut slots: Pin<&mut S>, index: usize) {
        let waker = self.roster.queue.waker(index);
        let stopped = self.roster.stopped;
        let (free, cut) = match slots.as_mut().slot(index).node() {
            Some(node) => (node.node().look(waker).must_drop(), node.node().is_cut()),
            // It has not been polled.
            None => (stopped, false),
        };
        if free {
            self.roster.lost |= cut && !stopped;
            self.vacate(slots, index);
        }
    }

    fn vacate<S: Slots>(&mut self, slots: Pin<&mut S>, index: usize) {
        self.roster.occupied -= 1;
        slots.vacate(index);
    }

    /// Cancels the branches: those that are free are dropped now, where they are suspended; the others are polled
    /// until what holds in them has ended.
    fn stop<S: Slots>(&mut self, around: &Region, mut slots: Pin<&mut S>, reason: Reason) {
        if self.roster.stopped {
            return;
        }
        self.roster.stopped = true;
        if let Some(node) = around.existing_node() {
            tree::cancel(node, reason);
        }
        for index in 0..slots.count() {
            if slots.as_mut().is_occupied(index) {
                if let Err(payload) = caught(|| self.drop_if_free(slots.as_mut(), index)) {
                    self.keep(payload);
                }
            }
        }
    }

    /// Keeps the first panic, and cancels the branches.
    fn panicked<S: Slots>(&mut self, around: &Region, slots: Pin<&mut S>, payload: Payload) {
        self.keep(payload);
        self.stop(around, slots, Reason::SiblingFailed);
    }

    fn keep(&mut self, payload: Payload) {
        if self.panic.is_none() {
            self.panic = Some(payload);
        } else {
            forget_panic(payload);
        }
    }
}
