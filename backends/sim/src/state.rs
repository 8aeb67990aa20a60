//! What the simulation knows: its tasks and jobs, which of them can run, and who waits for when.

use std::{collections::BTreeMap, io, sync::Arc, task::Waker, thread::ThreadId, time::Instant};

use crate::{
    executor::Core,
    job::{Job, JobName, Worker},
    order::{Order, RunQueue},
    task::{Body, Name, Task, TaskWaker},
    timer::Timers,
    wait::Wait,
};

/// How many turns each living task may have, on average, before time passes: a loop that is never
/// blocked must still reach its deadline.
const TURNS_PER_TICK: usize = 100;

/// How deep a poll may be inside the wakes of other polls: two threads that are faster are enough to race with, and a
/// deep stack is not simulated.
const DEPTH: usize = 2;

/// Everything behind the simulation's one lock.
pub(crate) struct State {
    pub(crate) timers: Timers,
    pub(crate) queue: RunQueue<Runnable>,
    /// How many turns there were since the clock last moved.
    turns: usize,
    /// How many polls are going on inside a wake.
    depth: usize,
    /// Key of the next task, main included.
    next: u64,
    /// How many tasks and jobs there have been.
    pub(crate) spawned: u64,
    pub(crate) submitted: u64,
    /// By key, which is the order of spawning.
    pub(crate) tasks: BTreeMap<u64, Task>,
    /// Those that wait for their turn, by number.
    pub(crate) jobs: BTreeMap<u64, Job>,
    /// Those that were started and have not returned: one, or those that the watchdog gave up as well.
    pub(crate) running: BTreeMap<u64, JobName>,
    /// Those that wait for what tasks do, by number.
    pub(crate) waits: BTreeMap<u64, Wait>,
    pub(crate) worker: Option<Worker>,
    /// Who is inside `block_on`.
    pub(crate) driver: Option<ThreadId>,
    pub(crate) is_closed: bool,
}

/// An entry of the run queue.
#[derive(Clone, Copy)]
pub(crate) enum Runnable {
    Task(u64),
    Job(u64),
    /// A job that has waited and was woken.
    Resume(u64),
}

/// Whose turn it is.
pub(crate) enum Turn {
    Main(Waker),
    Task(u64, Body, Waker),
    Job(Job),
    Resume(JobName),
}

impl State {
    pub(crate) fn new(order: Order) -> Self {
        Self {
            timers: Timers::new(Instant::now().into()),
            queue: RunQueue::new(order),
            turns: 0,
            depth: 0,
            next: 0,
            spawned: 0,
            submitted: 0,
            tasks: BTreeMap::new(),
            jobs: BTreeMap::new(),
            running: BTreeMap::new(),
            waits: BTreeMap::new(),
            worker: None,
            driver: None,
            is_closed: false,
        }
    }

    /// Whether only another thread can change anything.
    pub(crate) fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.timers.is_idle()
    }

    /// Whether a job was started that has not returned.
    pub(crate) fn has_jobs(&self) -> bool {
        !self.running.is_empty() || !self.waits.is_empty()
    }

    /// Whether so much has happened at one instant that some time must have passed.
    pub(crate) fn is_long_busy(&self) -> bool {
        !self.queue.is_empty() && self.turns > TURNS_PER_TICK * self.tasks.len()
    }

    /// Moves the clock by a little, because the program is busy; returns whom to wake, in order.
    pub(crate) fn tick(&mut self) -> Vec<Waker> {
        self.turns = 0;
        self.timers.tick()
    }

    /// Moves the clock to the next deadline; returns whom to wake, in order.
    pub(crate) fn jump(&mut self) -> Vec<Waker> {
        self.turns = 0;
        self.timers.jump()
    }

    /// Adds a task that can run.
    pub(crate) fn insert(&mut self, core: &Arc<Core>, name: Name, body: Option<Body>) -> u64 {
        let key = self.next;
        self.next += 1;
        let task = Task {
            name,
            waker: TaskWaker::make(Arc::clone(core), key),
            is_queued: true,
            body,
        };
        self.tasks.insert(key, task);
        self.queue.push(Runnable::Task(key));
        key
    }

    /// Takes the next turn out of the queue, passing over tasks that have gone since.
    pub(crate) fn pop(&mut self) -> Option<Turn> {
        loop {
            match self.queue.pop()? {
                Runnable::Job(number) => {
                    let job = self.jobs.remove(&number);
                    self.turns += 1;
                    return Some(Turn::Job(job.expect("a queued job waits for its turn")));
                }
                Runnable::Resume(number) => {
                    let Some(name) = self.resume(number) else {
                        continue;
                    };
                    self.turns += 1;
                    return Some(Turn::Resume(name));
                }
                Runnable::Task(key) => {
                    let Some(task) = self.tasks.get_mut(&key) else {
                        continue;
                    };
                    self.turns += 1;
                    task.is_queued = false;
                    let waker = task.waker.clone();
                    return Some(match task.name {
                        Name::Main => Turn::Main(waker),
                        Name::Spawned { .. } => {
                            let body = task.body.take();
                            Turn::Task(key, body.expect("one poll at a time"), waker)
                        }
                    });
                }
            }
        }
    }

    /// Takes the turn of a task that is to be polled inside a wake, if the order wants one. A task that is being polled has
    /// no body here, and main has none at all.
    pub(crate) fn pop_early(&mut self) -> Option<(u64, Body, Waker)> {
        if self.is_closed || self.depth == DEPTH {
            return None;
        }
        let tasks = &self.tasks;
        let drawn = self.queue.pop_early(|entry| match entry {
            Runnable::Task(key) => tasks.get(key).is_some_and(|task| task.body.is_some()),
            Runnable::Job(_) | Runnable::Resume(_) => false,
        })?;
        let Runnable::Task(key) = drawn else {
            return None;
        };
        let task = self.tasks.get_mut(&key)?;
        task.is_queued = false;
        let (body, waker) = (task.body.take()?, task.waker.clone());
        self.turns += 1;
        self.depth += 1;
        Some((key, body, waker))
    }

    /// The poll inside a wake is over.
    pub(crate) fn end_early(&mut self) {
        self.depth -= 1;
    }

    /// The thread for jobs, started if there is none.
    pub(crate) fn worker(&mut self, core: &Arc<Core>) -> io::Result<&Worker> {
        match &mut self.worker {
            Some(worker) => Ok(worker),
            empty => Ok(empty.insert(Worker::start(core)?)),
        }
    }
}
