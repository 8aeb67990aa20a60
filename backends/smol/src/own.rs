//! What a smol runtime of one's own consists of.

use std::{
    cell::Cell,
    future::{Future, poll_fn},
    io,
    panic::{self, AssertUnwindSafe},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use anyrt_async_io::Gate;
use anyrt_core::tally::Tally;
use anyrt_core::{Gone, RuntimeId, pool};
use async_executor::StaticExecutor;

use crate::contained::Contained;

/// Executors that no runtime uses, for the next one.
///
/// An executor that is dropped while a foreign thread wakes one of its tasks leaks that task. So none
/// is ever dropped: there are as many as there have been runtimes at once.
static SPARE: Mutex<Vec<&'static StaticExecutor>> = Mutex::new(Vec::new());

/// How soon the end of a runtime looks again for a task that is being woken right now.
const LOOK_AGAIN: Duration = Duration::from_millis(1);

/// What the handles on a runtime share with it.
#[derive(Debug)]
pub(crate) struct Own {
    pub(crate) id: RuntimeId,
    pub(crate) gate: Gate,
    pub(crate) jobs: Tally,
    pub(crate) workers: usize,
    /// Not to be touched without a ticket of `tasks`: another runtime may have it.
    executor: &'static StaticExecutor,
    tasks: Tally,
}

impl Own {
    pub(crate) fn new(workers: usize) -> Self {
        Self {
            id: RuntimeId::unique(),
            gate: Gate::new(),
            jobs: Tally::default(),
            workers,
            executor: spare()
                .pop()
                .unwrap_or_else(|| Box::leak(Box::new(StaticExecutor::new()))),
            tasks: Tally::default(),
        }
    }

    pub(crate) fn spawn<F>(&self, task: F) -> Result<(), Gone>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let ticket = self.tasks.begin().ok_or(Gone)?;
        self.executor
            .spawn(Contained::new(task, self.gate.clone(), ticket))
            .detach();
        Ok(())
    }

    pub(crate) fn spawn_blocking(&self, job: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let ticket = self.jobs.begin().ok_or(Gone)?;
        pool::run(Box::new(move || {
            let ticket = ticket;
            if ticket.is_closed() {
                drop(job);
            } else {
                job();
            }
        }))
    }

    /// Refuses what is new, has tasks dropped instead of polled, tells workers to stop, and wakes waits
    /// from outside.
    pub(crate) fn close(&self) {
        self.jobs.close();
        self.tasks.close();
        self.gate.close();
    }

    /// Runs tasks until the gate closes.
    pub(crate) fn work(&self) {
        self.gate.enter(|| {
            loop {
                // A task's panic ends with the task; one from elsewhere, such as a waker, must not end
                // the worker either.
                let worked = panic::catch_unwind(AssertUnwindSafe(|| {
                    async_io::block_on(self.executor.run(self.gate.closed()));
                }));
                if worked.is_ok() {
                    break;
                }
            }
        });
    }
}

impl Own {
    /// Runs tasks on this thread until `main` completes.
    pub(crate) fn drive(&self, mut main: Pin<&mut (dyn Future<Output = ()> + '_)>) {
        self.gate.enter(|| {
            let in_main = Cell::new(false);
            loop {
                let driven = panic::catch_unwind(AssertUnwindSafe(|| {
                    async_io::block_on(self.executor.run(poll_fn(|cx| {
                        in_main.set(true);
                        let polled = main.as_mut().poll(cx);
                        in_main.set(false);
                        polled
                    })));
                }));
                match driven {
                    Ok(()) => break,
                    Err(payload) if in_main.get() => panic::resume_unwind(payload),
                    // A task's: it ends with the task.
                    Err(_) => {}
                }
            }
        });
    }
}

/// Drops the tasks when the last worker is gone and so is the runtime.
#[derive(Debug)]
pub(crate) struct Crew(pub(crate) Arc<Own>);

impl Drop for Crew {
    fn drop(&mut self) {
        let own = &*self.0;
        // Closing has woken every task that waits, so that each is queued, or about to be.
        own.close();
        loop {
            while own.executor.try_tick() {}
            if own.tasks.wait(Some(Instant::now() + LOOK_AGAIN)) {
                break;
            }
        }
        spare().push(own.executor);
    }
}

fn spare() -> MutexGuard<'static, Vec<&'static StaticExecutor>> {
    SPARE.lock().unwrap_or_else(PoisonError::into_inner)
}
