//! A smol runtime of one's own.

use std::{
    future::Future,
    io,
    num::NonZero,
    pin::Pin,
    sync::Arc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyrt_core::Launch;
use anyrt_core::tally::Tally;

use crate::{
    Smol,
    backend::Kind,
    own::{Crew, Own},
};

/// How long shutdown waits at least for workers to end the poll they are in: tasks are dropped only then.
const LAST_POLLS: Duration = Duration::from_secs(1);

/// An executor of smol's with worker threads, that `anyrt::run` starts and ends.
///
/// Dropping it without [`shutdown`](Launch::shutdown) ends it in the background, and never blocks.
#[derive(Debug)]
pub struct SmolRuntime {
    /// Shared with the workers.
    crew: Arc<Crew>,
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
        Self::start(count)
    }

    /// A runtime that runs everything on the thread that is inside [`block_on`](Launch::block_on).
    ///
    /// # Errors
    ///
    /// None so far.
    pub fn current_thread() -> io::Result<Self> {
        Self::start(0)
    }

    fn start(count: usize) -> io::Result<Self> {
        // Stops the workers that did start, if one does not.
        let mut runtime = Self {
            crew: Arc::new(Crew(Arc::new(Own::new(count)))),
            at_work: Tally::default(),
            workers: Vec::with_capacity(count),
        };
        for number in 1..=count {
            let crew = Arc::clone(&runtime.crew);
            let ticket = runtime.at_work.begin();
            let worker = thread::Builder::new()
                .name(format!("anyrt-smol-{number}"))
                .spawn(move || {
                    crew.0.work();
                    // Drops the tasks, if the runtime did not wait for this worker. Then it is done.
                    drop(crew);
                    drop(ticket);
                })?;
            runtime.workers.push(worker);
        }
        Ok(runtime)
    }
}

impl Launch for SmolRuntime {
    type Backend = Smol;

    fn backend(&self) -> Smol {
        Smol(Kind::Own(Arc::clone(&self.crew.0)))
    }

    /// Polls `main` alone, as tasks run on the workers; where there is none, tasks are polled here, too.
    fn block_on(&self, main: Pin<&mut (dyn Future<Output = ()> + '_)>) {
        let own = &self.crew.0;
        if own.workers == 0 {
            own.drive(main);
        } else {
            own.gate.enter(|| async_io::block_on(main));
        }
    }

    fn shutdown(mut self, grace: Duration) -> bool {
        let now = Instant::now();
        let own = Arc::clone(&self.crew.0);
        own.close();
        self.at_work.close();
        let stopped = self.at_work.wait(now.checked_add(grace.max(LAST_POLLS)));
        if stopped {
            for worker in self.workers.drain(..) {
                // It has caught its panics.
                let _ = worker.join();
            }
        }
        // The last of the crew, unless a worker is still inside a poll.
        drop(self);
        own.jobs.wait(now.checked_add(grace)) && stopped
    }
}

impl Drop for SmolRuntime {
    fn drop(&mut self) {
        self.crew.0.close();
    }
}
