//! Virtual time: the clock, the timers that wait on it, and the jump.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use anyrt_core::{Gone, Instant, RawTimer};

use crate::executor::Core;

/// How far from its start a simulation's clock goes: a hundred years. Later deadlines mean never, so
/// that "a very long time", which means never on a real clock, does not hide a hang.
const HORIZON: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// How far the clock moves when the program has been busy for a while: one point of the grid that anyrt
/// rounds deadlines to, so that they stay whole milliseconds.
const TICK: Duration = Duration::from_millis(1);

/// The clock, and who waits for which instant.
pub(crate) struct Timers {
    now: Instant,
    horizon: Option<Instant>,
    sequence: u64,
    /// By deadline, then in the order in which they began to wait.
    due: BTreeSet<(Instant, u64)>,
    /// Of every timer that was polled, also of those that wait for ever: shutdown wakes them all.
    wakers: BTreeMap<u64, Waker>,
}

impl Timers {
    pub(crate) fn new(start: Instant) -> Self {
        Self {
            now: start,
            horizon: start.checked_add(HORIZON),
            sequence: 0,
            due: BTreeSet::new(),
            wakers: BTreeMap::new(),
        }
    }

    pub(crate) fn now(&self) -> Instant {
        self.now
    }

    /// Whether no instant is waited for.
    pub(crate) fn is_idle(&self) -> bool {
        self.due.is_empty()
    }

    /// Moves the clock to the next deadline; returns whom to wake, in order.
    pub(crate) fn jump(&mut self) -> Vec<Waker> {
        match self.due.first() {
            Some(&(next, _)) => self.reach(next),
            None => Vec::new(),
        }
    }

    /// Moves the clock by a little, because the program is busy; returns whom to wake, in order.
    pub(crate) fn tick(&mut self) -> Vec<Waker> {
        match self.now.checked_add(TICK) {
            Some(next) => self.reach(next),
            None => Vec::new(),
        }
    }

    fn reach(&mut self, now: Instant) -> Vec<Waker> {
        self.now = now;
        let later = self.due.split_off(&(now, u64::MAX));
        std::mem::replace(&mut self.due, later)
            .into_iter()
            .filter_map(|(_, sequence)| self.wakers.remove(&sequence))
            .collect()
    }

    /// Forgets every timer; returns whom to tell.
    pub(crate) fn clear(&mut self) -> Vec<Waker> {
        self.due.clear();
        std::mem::take(&mut self.wakers).into_values().collect()
    }

    fn is_elapsed(&self, at: Option<Instant>) -> bool {
        at.is_some_and(|at| at <= self.now)
    }

    fn insert(&mut self, at: Option<Instant>, waker: Waker) -> u64 {
        let sequence = self.sequence;
        self.sequence += 1;
        self.wakers.insert(sequence, waker);
        if let Some(at) = self.within_horizon(at) {
            self.due.insert((at, sequence));
        }
        sequence
    }

    fn remove(&mut self, at: Option<Instant>, sequence: u64) -> Option<Waker> {
        if let Some(at) = at {
            self.due.remove(&(at, sequence));
        }
        self.wakers.remove(&sequence)
    }

    fn within_horizon(&self, at: Option<Instant>) -> Option<Instant> {
        at.filter(|at| self.horizon.is_none_or(|horizon| *at <= horizon))
    }
}

/// A timer on virtual time.
///
/// Timers of one instant fire in the order of their first polls. An instant more than a hundred years
/// after the start of the simulation is never reached.
pub struct SimTimer {
    core: Arc<Core>,
    at: Option<Instant>,
    /// Where the waker is kept, between a poll that was pending and the next reset or firing.
    entry: Option<u64>,
}

impl SimTimer {
    pub(crate) fn new(core: Arc<Core>, at: Option<Instant>) -> Self {
        Self {
            core,
            at,
            entry: None,
        }
    }

    fn forget(&mut self) {
        if let Some(sequence) = self.entry.take() {
            // Two statements: dropping a waker may run anything, so not under the lock.
            let waker = self.core.lock().timers.remove(self.at, sequence);
            drop(waker);
        }
    }
}

impl RawTimer for SimTimer {
    fn reset(mut self: Pin<&mut Self>, at: Option<Instant>) {
        self.forget();
        self.at = at;
    }

    fn poll_elapsed(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        // Cloned before the lock is taken, and dropped after it is released: a waker may run anything.
        let waker = cx.waker().clone();
        let core = Arc::clone(&self.core);
        let mut state = core.lock();
        if state.is_closed {
            return Poll::Ready(Err(Gone));
        }
        if state.timers.is_elapsed(self.at) {
            self.entry = None;
            return Poll::Ready(Ok(()));
        }
        let replaced = match self.entry {
            Some(sequence) => state.timers.wakers.insert(sequence, waker),
            None => {
                self.entry = Some(state.timers.insert(self.at, waker));
                None
            }
        };
        drop(state);
        core.changed();
        drop(replaced);
        Poll::Pending
    }
}

impl Drop for SimTimer {
    fn drop(&mut self) {
        self.forget();
    }
}

impl fmt::Debug for SimTimer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimTimer")
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}
