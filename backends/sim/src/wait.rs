//! A job that waits for what tasks do: it gives its turn back, and gets another one when it was woken.

use std::{
    cell::Cell,
    sync::{Arc, PoisonError},
    task::{Context, Poll, Wake, Waker},
};

use anyrt_core::{RuntimeId, park};

use crate::{
    executor::Core,
    job::{JobName, Worker},
    state::{Runnable, State},
};

thread_local! {
    /// The job that this thread runs, if it is one of a simulation's.
    static JOB: Cell<Option<(RuntimeId, u64)>> = const { Cell::new(None) };
}

/// Runs a job's work; the thread knows meanwhile which one it is.
pub(crate) fn as_job<R>(core: &Core, number: u64, work: impl FnOnce() -> R) -> R {
    JOB.set(Some((core.id(), number)));
    let done = work();
    JOB.set(None);
    done
}

/// A job inside [`Core::block_until`].
pub(crate) struct Wait {
    pub(crate) name: JobName,
    /// Its thread, which takes no other job meanwhile.
    worker: Option<Worker>,
    has_turn: bool,
    /// It has a place in the run queue, or will have one as soon as it gives its turn back.
    is_woken: bool,
}

impl State {
    /// The job goes on from where it waits; its name. `None` if it does not wait any more.
    pub(crate) fn resume(&mut self, number: u64) -> Option<JobName> {
        let wait = self.waits.get_mut(&number)?;
        wait.has_turn = true;
        wait.is_woken = false;
        let name = wait.name;
        self.running.insert(number, name);
        Some(name)
    }

    /// The job gives its turn back.
    fn suspend(&mut self, number: u64) {
        self.running.remove(&number);
        let wait = self.waits.get_mut(&number).expect("the job waits");
        wait.has_turn = false;
        if wait.worker.is_none() {
            wait.worker = self.worker.take();
        }
        if wait.is_woken {
            self.queue.push(Runnable::Resume(number));
        }
    }
}

impl Core {
    /// Blocks the calling thread until `poll` is ready; a job of this simulation has no turn meanwhile.
    pub(crate) fn block_until(
        self: &Arc<Self>,
        poll: &mut dyn FnMut(&mut Context<'_>) -> Poll<()>,
    ) {
        match JOB.get() {
            Some((id, number)) if id == self.id() => {
                let waiting = Waiting::begin(self, number);
                let waker = Waker::from(Arc::new(JobWaker {
                    core: Arc::clone(self),
                    number,
                }));
                while poll(&mut Context::from_waker(&waker)).is_pending() {
                    waiting.give_turn_back();
                }
            }
            _ => park::until(poll),
        }
    }

    fn wake_job(&self, number: u64) {
        self.interleave();
        let mut state = self.lock();
        let State { waits, queue, .. } = &mut *state;
        let Some(wait) = waits.get_mut(&number).filter(|wait| !wait.is_woken) else {
            return;
        };
        wait.is_woken = true;
        if !wait.has_turn {
            queue.push(Runnable::Resume(number));
        }
        drop(state);
        self.changed();
        self.interleave();
    }
}

/// A wait, from its begin until it is dropped, by a panic of what is polled, too.
struct Waiting<'a> {
    core: &'a Core,
    number: u64,
}

impl<'a> Waiting<'a> {
    fn begin(core: &'a Core, number: u64) -> Self {
        let mut state = core.lock();
        let name = state.running[&number];
        let wait = Wait {
            name,
            worker: None,
            has_turn: true,
            is_woken: false,
        };
        state.waits.insert(number, wait);
        Self { core, number }
    }

    /// Returns with the next turn. Nobody gives turns any more when the simulation is closed: then a wake is enough.
    fn give_turn_back(&self) {
        let mut state = self.core.lock();
        state.suspend(self.number);
        self.core.changed();
        let _state = self
            .core
            .changed
            .wait_while(state, |state| {
                let wait = &state.waits[&self.number];
                !(wait.has_turn || state.is_closed && wait.is_woken)
            })
            .unwrap_or_else(PoisonError::into_inner);
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut state = self.core.lock();
        let wait = state.waits.remove(&self.number).expect("the job waits");
        state.running.insert(self.number, wait.name);
        // The thread that runs is the one for jobs; another one, started meanwhile, has nothing to do and ends.
        let surplus = match wait.worker {
            Some(worker) if !state.is_closed => state.worker.replace(worker),
            worker => worker,
        };
        drop(state);
        drop(surplus);
    }
}

struct JobWaker {
    core: Arc<Core>,
    number: u64,
}

impl Wake for JobWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.core.wake_job(self.number);
    }
}
