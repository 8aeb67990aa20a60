//! The simulation itself: it gives each task and job its turn, and acts when it is nobody's.
//!
//! Everything is behind one lock. Nothing of the user's (a poll, a wake, a destructor, a job) runs under it.

use std::{
    future::Future,
    io,
    panic::Location,
    pin::Pin,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    task::{Context, Waker},
    thread,
    time::Duration,
};

use anyrt_core::{Describe, Gone, RuntimeId, context};

use crate::{
    job::{Job, JobName},
    order::Order,
    panics::contain,
    report,
    state::{Runnable, State, Turn},
    task::{Body, Name, SpawnedBy},
};

/// What a simulation's handles, wakers, timers and threads share.
pub(crate) struct Core {
    id: RuntimeId,
    order: Order,
    state: Mutex<State>,
    /// What a facade says of the tasks that it has spawned.
    describe: Mutex<Option<Describe>>,
    /// Notified when the driving thread, or whoever shuts down, may have something to do.
    pub(crate) changed: Condvar,
}

/// How long to wait in real time, for what the simulation has no power over.
#[derive(Clone, Copy)]
pub(crate) struct Patience {
    pub(crate) job: Duration,
    pub(crate) hang: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            job: Duration::from_secs(10),
            hang: Duration::from_secs(1),
        }
    }
}

impl Core {
    pub(crate) fn new(order: Order) -> Arc<Self> {
        Arc::new(Self {
            id: RuntimeId::unique(),
            order,
            state: Mutex::new(State::new(order)),
            describe: Mutex::new(None),
            changed: Condvar::new(),
        })
    }

    pub(crate) fn id(&self) -> RuntimeId {
        self.id
    }

    pub(crate) fn order(&self) -> Order {
        self.order
    }

    /// Ignores poisoning: no user code runs under the lock.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// To be called after a change that gives the driving thread something to do.
    pub(crate) fn changed(&self) {
        self.changed.notify_all();
    }

    pub(crate) fn is_driven_here(&self) -> bool {
        self.lock().driver == Some(thread::current().id())
    }

    pub(crate) fn spawn(self: &Arc<Self>, body: Body, by: SpawnedBy) -> Result<(), Gone> {
        let mut state = self.lock();
        if state.is_closed {
            // The body is dropped after the lock is released, and before this returns.
            drop(state);
            return Err(Gone);
        }
        state.spawned += 1;
        let number = state.spawned;
        state.insert(self, Name::Spawned { number, by }, Some(body));
        drop(state);
        self.changed();
        Ok(())
    }

    pub(crate) fn submit(
        self: &Arc<Self>,
        work: Box<dyn FnOnce() + Send>,
        place: &'static Location<'static>,
    ) -> io::Result<()> {
        let mut state = self.lock();
        let ready = if state.is_closed {
            Err(Gone.into())
        } else {
            // Now, because a thread that can not be had is the submitter's error.
            state.worker(self).map(drop)
        };
        if let Err(error) = ready {
            drop(state);
            return Err(error);
        }
        state.submitted += 1;
        let number = state.submitted;
        let name = JobName { number, place };
        state.jobs.insert(number, Job { name, work });
        state.queue.push(Runnable::Job(number));
        drop(state);
        self.changed();
        Ok(())
    }

    /// Queues a task; does nothing if it is queued, or gone.
    pub(crate) fn wake(&self, key: u64) {
        self.interleave();
        let mut state = self.lock();
        let State { tasks, queue, .. } = &mut *state;
        let Some(task) = tasks.get_mut(&key).filter(|task| !task.is_queued) else {
            return;
        };
        task.is_queued = true;
        queue.push(Runnable::Task(key));
        drop(state);
        self.changed();
        self.interleave();
    }

    /// Polls another task in the middle of a wake, if the order wants it: as if a thread had been faster than this one.
    ///
    /// Only on the driving thread, which polls everything; and not while a panic unwinds, which the poll would see.
    pub(crate) fn interleave(&self) {
        if !self.order.interleaves() || thread::panicking() || !self.is_driven_here() {
            return;
        }
        let turn = self.lock().pop_early();
        if let Some((key, body, waker)) = turn {
            context::elsewhere(|| self.poll(key, body, &waker));
            self.lock().end_early();
        }
    }

    pub(crate) fn finish_job(&self, number: u64) {
        self.lock().running.remove(&number);
        self.changed();
    }

    /// Makes this thread the driver, and main a task; returns its key.
    #[track_caller]
    pub(crate) fn enter(self: &Arc<Self>) -> u64 {
        let mut state = self.lock();
        if state.driver.is_some() {
            drop(state);
            panic!(
                "this simulation is already inside block_on: await the future there, spawn it, or \
                 make another SimRuntime"
            );
        }
        state.driver = Some(thread::current().id());
        state.insert(self, Name::Main, None)
    }

    pub(crate) fn leave(&self, main: u64) {
        let mut state = self.lock();
        state.driver = None;
        let main = state.tasks.remove(&main);
        drop(state);
        drop(main);
    }

    /// Runs everything until main is done.
    pub(crate) fn drive(
        self: &Arc<Self>,
        key: u64,
        mut main: Pin<&mut (dyn Future<Output = ()> + '_)>,
        patience: &Patience,
    ) {
        loop {
            match self.turn(patience.hang) {
                Some(Turn::Main(waker)) => {
                    let poll = main.as_mut().poll(&mut Context::from_waker(&waker));
                    if poll.is_ready() {
                        return;
                    }
                }
                Some(Turn::Task(key, body, waker)) => self.poll(key, body, &waker),
                Some(Turn::Job(job)) => self.run(job, patience.job),
                Some(Turn::Resume(name)) => self.resume(name, patience.job),
                None => panic!("{}", self.hang_report(key, patience.hang)),
            }
        }
    }

    /// Finds out whose turn it is, moving the clock if it is nobody's. `None` is a hang.
    fn turn(&self, grace: Duration) -> Option<Turn> {
        let mut state = self.lock();
        loop {
            let elapsed = if state.is_long_busy() {
                state.tick()
            } else if let Some(turn) = state.pop() {
                return Some(turn);
            } else {
                state.jump()
            };
            if !elapsed.is_empty() {
                drop(state);
                wake_all(elapsed);
                state = self.lock();
                continue;
            }
            if !state.is_idle() {
                continue;
            }
            let (after, waited) = self
                .changed
                .wait_timeout_while(state, grace, |state| state.is_idle())
                .unwrap_or_else(PoisonError::into_inner);
            state = after;
            if waited.timed_out() {
                return None;
            }
        }
    }

    fn poll(&self, key: u64, mut body: Body, waker: &Waker) {
        let poll = contain(|| body.as_mut().poll(&mut Context::from_waker(waker)));
        let mut state = self.lock();
        if poll.is_some_and(|poll| poll.is_pending()) {
            let task = state.tasks.get_mut(&key);
            task.expect("only this thread removes tasks").body = Some(body);
        } else {
            let task = state.tasks.remove(&key);
            drop(state);
            contain(|| drop(body));
            drop(task);
        }
    }

    /// Gives the turn to the job's thread, and waits until it comes back.
    fn run(self: &Arc<Self>, job: Job, watchdog: Duration) {
        let name = job.name;
        let mut state = self.lock();
        state.running.insert(name.number, name);
        match state.worker(self) {
            Ok(worker) => worker.run(job),
            Err(error) => {
                state.running.remove(&name.number);
                drop(state);
                panic!("no thread can be had for {name}: {error}");
            }
        }
        self.until_turn_is_back(state, name, watchdog);
    }

    /// Tells a job that has waited of its turn, and waits until it comes back.
    fn resume(&self, name: JobName, watchdog: Duration) {
        self.changed();
        self.until_turn_is_back(self.lock(), name, watchdog);
    }

    fn until_turn_is_back(&self, state: MutexGuard<'_, State>, name: JobName, watchdog: Duration) {
        let (mut state, waited) = self
            .changed
            .wait_timeout_while(state, watchdog, |state| {
                state.running.contains_key(&name.number)
            })
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            // The thread ends by itself if the job ever does; other jobs get another one.
            state.worker = None;
            drop(state);
            let described = self.described();
            panic!(
                "{}",
                report::stuck_job(described.as_deref(), name, self.order, watchdog)
            );
        }
    }

    pub(crate) fn describe_with(&self, describe: Describe) {
        let former = self.description().replace(describe);
        drop(former);
    }

    fn description(&self) -> MutexGuard<'_, Option<Describe>> {
        self.describe.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the facade says of its tasks; no lock is held meanwhile.
    fn described(&self) -> Option<String> {
        let describe = self.description().clone();
        describe.map(|describe| describe())
    }

    fn hang_report(&self, main: u64, grace: Duration) -> String {
        let described = self.described();
        let state = self.lock();
        let spawned = state.tasks.iter().filter(|(key, _)| **key != main);
        report::hang(
            described.as_deref(),
            std::iter::once(Name::Main).chain(spawned.map(|(_, task)| task.name.clone())),
            state.waits.values().map(|wait| wait.name),
            state.running.values().copied(),
            self.order,
            grace,
        )
    }

    /// Drops every task and waiting job, tells every timer, and ends the thread; `false` if jobs are
    /// still running after `grace`.
    pub(crate) fn close(&self, grace: Duration) -> bool {
        let mut state = self.lock();
        state.is_closed = true;
        state.queue.clear();
        let tasks = std::mem::take(&mut state.tasks);
        let jobs = std::mem::take(&mut state.jobs);
        drop(state);
        self.changed();
        for task in tasks.into_values() {
            contain(|| drop(task));
        }
        for job in jobs.into_values() {
            contain(|| drop(job));
        }
        let sleepers = self.lock().timers.clear();
        wake_all(sleepers);
        let (mut state, _) = self
            .changed
            .wait_timeout_while(self.lock(), grace, |state| state.has_jobs())
            .unwrap_or_else(PoisonError::into_inner);
        let is_idle = !state.has_jobs();
        let worker = state.worker.take();
        drop(state);
        // A thread that the watchdog gave up is no longer the worker: this one is inside no job.
        if let Some(worker) = worker {
            worker.join();
        }
        is_idle
    }
}

fn wake_all(wakers: Vec<Waker>) {
    for waker in wakers {
        contain(|| waker.wake());
    }
}
