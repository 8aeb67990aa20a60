//! Threads for blocking jobs: one pool for the whole process, as large as its jobs need, no larger.
//!
//! It is what [`Backend::spawn_blocking`](crate::Backend::spawn_blocking) does unless a runtime has
//! a pool of its own. How many jobs run at once is bounded above it, by a [limiter](crate::limiter).
//!
//! # Rules
//!
//! - A job runs exactly once, on a thread named `anyrt-blocking`. Jobs start in the order in which
//!   they came.
//! - Below the cap of 512 threads no job waits for a busy thread, so jobs may wait for each other.
//!   Above it they queue.
//! - A job that panics ends; its thread goes on to the next. The panic hook has reported it, the pool
//!   does not report it again.
//! - A thread that has had nothing to do for ten seconds ends.
//! - That a thread can not be started is an error only when there is no thread at all; otherwise the
//!   job waits for one of those that there are.
//!
//! # How it grows no further than it must
//!
//! Jobs go into one queue, and at any time at most one thread is *summoned* for it: woken, or being
//! started. It takes the first job and, if there are more, summons the next thread before it runs
//! its own. So every job gets a thread even if all others block, but a burst of short jobs is mostly
//! done by the few threads that are already awake, and whoever submits wakes one thread at most.
//!
//! The last thread to fall asleep is the first to be woken: its stack and caches are warm, and the
//! others can end.
//!
//! # Example
//!
//! ```
//! use std::sync::mpsc;
//!
//! let (sender, receiver) = mpsc::channel();
//! anyrt_core::pool::run(Box::new(move || sender.send(6 * 7).unwrap()))?;
//! assert_eq!(receiver.recv().unwrap(), 42);
//! # Ok::<(), std::io::Error>(())
//! ```

use std::{
    collections::VecDeque,
    io, mem,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

/// Runs `job` once on one of the pool's threads.
///
/// # Errors
///
/// When there is no thread and none can be started. `job` has then been dropped.
pub fn run(job: Box<dyn FnOnce() + Send>) -> io::Result<()> {
    static POOL: LazyLock<Arc<Pool>> = LazyLock::new(|| {
        Pool::new(512, Duration::from_secs(10), |work| {
            thread::Builder::new()
                .name("anyrt-blocking".to_owned())
                .spawn(work)
                .map(drop)
        })
    });
    POOL.run(job)
}

type Job = Box<dyn FnOnce() + Send>;

struct Pool {
    state: Mutex<State>,
    most_threads: usize,
    /// How long a thread waits for a job before it ends.
    patience: Duration,
    /// Starts a thread that runs what it is given.
    start: Box<dyn Fn(Job) -> io::Result<()> + Send + Sync>,
}

/// What the pool's lock guards. No job runs, and none is dropped, under it.
struct State {
    queue: VecDeque<Job>,
    /// Threads that wait to be woken, the latest last.
    asleep: Vec<Arc<Sleeper>>,
    threads: usize,
    /// A thread that was woken or started has not arrived at the queue yet.
    summoned: bool,
}

/// A thread's place to sleep.
#[derive(Default)]
struct Sleeper {
    /// Whether it was taken off the list to be woken. Changed under the pool's lock only.
    woken: AtomicBool,
    wake: Condvar,
}

impl Pool {
    fn new(
        most_threads: usize,
        patience: Duration,
        start: impl Fn(Job) -> io::Result<()> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State {
                queue: VecDeque::new(),
                asleep: Vec::new(),
                threads: 0,
                summoned: false,
            }),
            most_threads,
            patience,
            start: Box::new(start),
        })
    }

    fn run(self: &Arc<Self>, job: Job) -> io::Result<()> {
        let mut state = self.lock();
        state.queue.push_back(job);
        match self.summon(&mut state) {
            Ok(sleeper) => {
                drop(state);
                wake(sleeper);
                Ok(())
            }
            // None of them sleeps, or it would have been woken: they look at the queue before they do.
            Err(_) if state.threads > 0 => Ok(()),
            Err(error) => {
                let job = state.queue.pop_back();
                drop(state);
                drop(job);
                Err(error)
            }
        }
    }

    /// Sees to it that a thread comes for the queue, if one has to and can; the sleeper returned is
    /// to be woken after the lock.
    ///
    /// A thread is started under the lock, so that nobody relies on one whose start then fails.
    fn summon(self: &Arc<Self>, state: &mut State) -> io::Result<Option<Arc<Sleeper>>> {
        if state.summoned || state.queue.is_empty() {
            return Ok(None);
        }
        if let Some(sleeper) = state.asleep.pop() {
            sleeper.woken.store(true, Relaxed);
            state.summoned = true;
            return Ok(Some(sleeper));
        }
        if state.threads < self.most_threads {
            let pool = Arc::clone(self);
            (self.start)(Box::new(move || pool.work()))?;
            state.threads += 1;
            state.summoned = true;
        }
        Ok(None)
    }

    /// What a thread of the pool does, from its start to its end.
    fn work(self: Arc<Self>) {
        let sleeper = Arc::new(Sleeper::default());
        let mut state = self.lock();
        state.summoned = false;
        loop {
            while let Some(job) = state.queue.pop_front() {
                // A start that fails here is tried again for the next job.
                let next = self.summon(&mut state).unwrap_or_default();
                drop(state);
                wake(next);
                perform(job);
                state = self.lock();
            }
            sleeper.woken.store(false, Relaxed);
            state.asleep.push(Arc::clone(&sleeper));
            (state, _) = sleeper
                .wake
                .wait_timeout_while(state, self.patience, |_| !sleeper.woken.load(Relaxed))
                .unwrap_or_else(PoisonError::into_inner);
            if sleeper.woken.load(Relaxed) {
                state.summoned = false;
                continue;
            }
            // Had a job come, and not for a summoned thread, this one would have been woken.
            state.asleep.retain(|other| !Arc::ptr_eq(other, &sleeper));
            state.threads -= 1;
            return;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// After the lock, so that the thread does not wake up only to wait for it.
fn wake(sleeper: Option<Arc<Sleeper>>) {
    if let Some(sleeper) = sleeper {
        sleeper.wake.notify_one();
    }
}

/// Runs a job; neither its panic nor that of a payload's destructor reaches the thread.
fn perform(job: Job) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(job)) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            mem::forget(payload);
        }
    }
}

#[cfg(test)]
mod tests;
