//! A smol runtime of one's own.

use std::{
    future::Future,
    io,
    num::NonZero,
    panic::{self, AssertUnwindSafe},
    pin::Pin,
    sync::{Arc, PoisonError, RwLock},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyrt_async_io::{Gate, Tally};
use anyrt_core::{Launch, RuntimeId};
use async_executor::Executor;

use crate::{
    Smol,
    backend::{Kind, Own},
};

/// How long shutdown waits at least for workers to end the poll they are in: tasks are dropped only then.
const LAST_POLLS: Duration = Duration::from_secs(1);

/// An executor of smol's with worker threads, that `anyrt::run` starts and ends.
///
/// Dropping it without [`shutdown`](Launch::shutdown) ends it in the background, and never blocks.
#[derive(Debug)]
pub struct SmolRuntime {
    own: Arc<Own>,
    /// The workers that run; shutdown waits for them with a limit, which a join has not.
    at_work: Tally,
    workers: Vec<JoinHandle<()>>,
}

impl SmolRuntime {
    /// A runtime with `workers` threads, or as many as the machine runs at once.
    ///
    /// # Errors
    ///
    /// When a thread cannot be started, or `workers` is zero.
    pub fn new(workers: Option<usize>) -> io::Result<Self> {
        let count = match workers {
            Some(0) => {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidInput,
                    "a runtime needs at least one worker thread",
                ));
            }
            Some(workers) => workers,
            None => thread::available_parallelism().map_or(1, NonZero::get),
        };
        let executor = Arc::new(Executor::new());
        // Stops the workers that did start, if one does not.
        let mut runtime = Self {
            own: Arc::new(Own {
                id: RuntimeId::unique(),
                executor: RwLock::new(Some(Arc::clone(&executor))),
                gate: Gate::new(),
                jobs: Tally::default(),
                workers: count,
            }),
            at_work: Tally::default(),
            workers: Vec::with_capacity(count),
        };
        for number in 1..=count {
            let gate = runtime.own.gate.clone();
            let executor = Arc::clone(&executor);
            let ticket = runtime.at_work.begin();
            let worker = thread::Builder::new()
                .name(format!("anyrt-smol-{number}"))
                .spawn(move || {
                    let _ticket = ticket;
                    work(&executor, &gate);
                    // The last one out drops the tasks, on this thread if shutdown did not wait.
                    drop(executor);
                })?;
            runtime.workers.push(worker);
        }
        Ok(runtime)
    }

    /// Refuses what is new, tells the workers to stop, and wakes waits from outside.
    fn close(&self) {
        self.own.jobs.close();
        self.at_work.close();
        self.own.gate.close();
    }

    /// Lets go of the executor, which drops the tasks unless a worker still holds it.
    fn drop_tasks(&self) {
        let executor = self
            .own
            .executor
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        // Outside the lock: a task's destructor may spawn.
        drop(executor);
    }
}

/// Runs tasks until the gate closes.
fn work(executor: &Executor<'static>, gate: &Gate) {
    gate.enter(|| {
        loop {
            // A task's panic ends with the task; a panic from elsewhere (a waker, a destructor of a
            // task's output) must not end the worker either.
            let worked = panic::catch_unwind(AssertUnwindSafe(|| {
                async_io::block_on(executor.run(gate.closed()));
            }));
            if worked.is_ok() {
                break;
            }
        }
    });
}

impl Launch for SmolRuntime {
    type Backend = Smol;

    fn backend(&self) -> Smol {
        Smol(Kind::Own(Arc::clone(&self.own)))
    }

    /// Polls `main` alone: tasks run on the workers.
    fn block_on(&self, main: Pin<&mut (dyn Future<Output = ()> + '_)>) {
        self.own.gate.enter(|| async_io::block_on(main));
    }

    fn shutdown(mut self, grace: Duration) -> bool {
        let now = Instant::now();
        self.close();
        let stopped = self.at_work.wait(now.checked_add(grace.max(LAST_POLLS)));
        if stopped {
            for worker in self.workers.drain(..) {
                // It has caught its panics.
                let _ = worker.join();
            }
        }
        self.drop_tasks();
        self.own.jobs.wait(now.checked_add(grace)) && stopped
    }
}

impl Drop for SmolRuntime {
    fn drop(&mut self) {
        self.close();
        self.drop_tasks();
    }
}
