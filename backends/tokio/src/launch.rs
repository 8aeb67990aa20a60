//! A tokio runtime of one's own.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyrt_core::Launch;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::{Tokio, ambient, backend::Own};

/// How long shutdown waits at least for workers to end the poll they are in: tasks are dropped only then.
const LAST_POLLS: Duration = Duration::from_secs(1);

/// A tokio runtime that `anyrt::run` starts and ends.
///
/// Dropping it without [`shutdown`](Launch::shutdown) ends it in the background, and never blocks.
#[derive(Debug)]
pub struct TokioRuntime {
    /// `None` only while it is being shut down.
    runtime: Option<Runtime>,
    backend: Tokio,
    own: Arc<Own>,
    /// tokio's own threads, workers and native `spawn_blocking` alike.
    threads: Arc<AtomicUsize>,
}

impl TokioRuntime {
    /// A runtime with worker threads: `workers` of them, or as many as tokio would start.
    ///
    /// # Errors
    ///
    /// When the system has no thread or no descriptor left for it, or `workers` is zero.
    pub fn multi_thread(workers: Option<usize>) -> io::Result<Self> {
        let mut builder = Builder::new_multi_thread();
        if let Some(workers) = workers {
            if workers == 0 {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidInput,
                    "a runtime needs at least one worker thread",
                ));
            }
            builder.worker_threads(workers);
        }
        Self::start(&mut builder)
    }

    /// A runtime that runs everything on the thread that is inside [`block_on`](Launch::block_on).
    ///
    /// # Errors
    ///
    /// When the system has no descriptor left for it.
    pub fn current_thread() -> io::Result<Self> {
        Self::start(&mut Builder::new_current_thread())
    }

    fn start(builder: &mut Builder) -> io::Result<Self> {
        let own = Arc::<Own>::default();
        let threads = Arc::new(AtomicUsize::new(0));
        let runtime = builder
            .enable_all()
            .on_thread_start({
                let (own, threads) = (Arc::clone(&own), Arc::clone(&threads));
                move || {
                    ambient::thread_started(&own);
                    threads.fetch_add(1, Ordering::AcqRel);
                }
            })
            .on_thread_stop({
                let threads = Arc::clone(&threads);
                move || {
                    threads.fetch_sub(1, Ordering::AcqRel);
                }
            })
            .build()?;
        Ok(Self {
            backend: Tokio::owned(runtime.handle().clone(), Arc::clone(&own)),
            runtime: Some(runtime),
            own,
            threads,
        })
    }

    /// Refuses jobs that are new, and lets foreign threads out of tokio's timers.
    fn close(&self) {
        self.own.jobs.close();
        self.own.polls.close();
        // Nothing in there blocks; the limit is for a foreign waker that does.
        self.own.polls.wait(Instant::now().checked_add(LAST_POLLS));
    }
}

impl Launch for TokioRuntime {
    type Backend = Tokio;

    fn backend(&self) -> Tokio {
        self.backend.clone()
    }

    /// # Panics
    ///
    /// Inside another tokio runtime: tokio does not nest.
    fn block_on(&self, main: Pin<&mut (dyn Future<Output = ()> + '_)>) {
        if let Some(runtime) = &self.runtime {
            ambient::blocked_on(runtime.handle(), || runtime.block_on(main));
        }
    }

    fn shutdown(mut self, grace: Duration) -> bool {
        let until = Instant::now().checked_add(grace);
        self.close();
        if let Some(runtime) = self.runtime.take() {
            let patience = grace.max(LAST_POLLS);
            if Handle::try_current().is_ok() {
                // tokio panics if it has to wait inside a runtime's context.
                thread::scope(|scope| {
                    scope
                        .spawn(|| runtime.shutdown_timeout(patience))
                        .join()
                        .is_ok()
                });
            } else {
                runtime.shutdown_timeout(patience);
            }
        }
        self.own.jobs.wait(until) && self.threads.load(Ordering::Acquire) == 0
    }
}

impl Drop for TokioRuntime {
    fn drop(&mut self) {
        self.close();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
