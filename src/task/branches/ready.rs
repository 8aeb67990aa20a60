//! Which branches were woken, in order.

use std::{
    collections::VecDeque,
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Wake, Waker},
};

use anyrt_core::unhandled;

/// The branches that are to be polled, the one that was woken first in front.
///
/// Every branch has a waker of its own, made when it is first polled and kept for whatever takes its place.
#[derive(Default)]
pub(super) struct ReadyQueue {
    shared: Arc<Shared>,
    seats: Vec<Option<Occupied>>,
    /// To be polled, and not woken again since.
    round: VecDeque<usize>,
}

struct Occupied {
    seat: Arc<Seat>,
    waker: Waker,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    woken: VecDeque<usize>,
    /// The task that polls the branches.
    task: Option<Waker>,
    /// The task is polling, or has been woken since: no need to wake it.
    awake: bool,
}

struct Seat {
    index: usize,
    /// On one of the two queues.
    queued: AtomicBool,
    shared: Arc<Shared>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Seat {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.queued.swap(true, Ordering::AcqRel) {
            return;
        }
        let task = {
            let mut state = self.shared.lock();
            state.woken.push_back(self.index);
            if mem::replace(&mut state.awake, true) {
                None
            } else {
                // Taken, for a clone would be made under the lock; the next poll of the task leaves it again.
                state.task.take()
            }
        };
        task.into_iter().for_each(unhandled::wake);
    }
}

impl ReadyQueue {
    /// Puts a branch that has not been polled at the end.
    #[inline]
    pub(super) fn push(&mut self, index: usize) {
        match self.seats.get(index) {
            // Woken already, for what was in this place before.
            Some(Some(occupied)) if occupied.seat.queued.swap(true, Ordering::AcqRel) => {}
            _ => self.round.push_back(index),
        }
    }

    /// Starts a poll of the task; returns how many branches are to be polled.
    pub(super) fn begin(&mut self, cx: &Context<'_>) -> usize {
        // A waker may run anything when it is cloned or dropped: not under the lock.
        let fresh = cx.waker().clone();
        let surplus = {
            let mut state = self.shared.lock();
            state.awake = true;
            self.round.append(&mut state.woken);
            match &state.task {
                Some(task) if task.will_wake(&fresh) => Some(fresh),
                _ => state.task.replace(fresh),
            }
        };
        surplus.into_iter().for_each(unhandled::discard);
        self.round.len()
    }

    /// The next branch to poll. What wakes it from now on counts for the next poll.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<usize> {
        let index = self.round.pop_front()?;
        if let Some(Some(occupied)) = self.seats.get(index) {
            occupied.seat.queued.swap(false, Ordering::AcqRel);
        }
        Some(index)
    }

    /// The waker of a branch.
    #[inline]
    pub(super) fn waker(&mut self, index: usize) -> &Waker {
        if !matches!(self.seats.get(index), Some(Some(_))) {
            self.take_seat(index);
        }
        let occupied = self.seats[index].as_ref();
        &occupied.expect("it was just taken").waker
    }

    #[inline(never)]
    fn take_seat(&mut self, index: usize) {
        if self.seats.len() <= index {
            self.seats.resize_with(index + 1, || None);
        }
        let seat = Arc::new(Seat {
            index,
            queued: AtomicBool::new(false),
            shared: Arc::clone(&self.shared),
        });
        self.seats[index] = Some(Occupied {
            waker: Waker::from(Arc::clone(&seat)),
            seat,
        });
    }

    /// Whether the branch was woken since it was taken out.
    #[inline]
    pub(super) fn is_queued(&self, index: usize) -> bool {
        matches!(self.seats.get(index), Some(Some(occupied)) if occupied.seat.queued.load(Ordering::Acquire))
    }

    /// Ends a poll of the task, which is woken at once if there is more to do.
    pub(super) fn end(&mut self, cx: &Context<'_>) {
        {
            let mut state = self.shared.lock();
            if self.round.is_empty() && state.woken.is_empty() {
                state.awake = false;
                return;
            }
        }
        cx.waker().wake_by_ref();
    }
}

impl Drop for ReadyQueue {
    /// Late wakes wake nobody.
    fn drop(&mut self) {
        let task = {
            let mut state = self.shared.lock();
            state.awake = true;
            state.task.take()
        };
        task.into_iter().for_each(unhandled::discard);
    }
}
