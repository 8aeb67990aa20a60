//! The handle on a tokio runtime.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use anyrt_core::{
    Backend, Capabilities, Gone, Instant, OwnedIo, Refused, RuntimeId, pool, tally::Tally,
};
use tokio::{
    runtime::{Handle, RuntimeFlavor},
    task::{JoinHandle, coop},
    time,
};

use crate::{Timer, TokioSource, ambient, worker};

/// A handle on a tokio runtime: one that [`TokioRuntime`](crate::TokioRuntime) started, or the one
/// around the caller.
#[derive(Clone, Debug)]
pub struct Tokio {
    handle: Handle,
    own: Option<Arc<Own>>,
}

/// What the handles on a runtime of our own share with it; its shutdown closes both and waits for both.
#[derive(Debug, Default)]
pub(crate) struct Own {
    /// Blocking jobs.
    pub(crate) jobs: Tally,
    /// Polls of timers on foreign threads, which must not meet tokio's shutdown.
    pub(crate) polls: Tally,
}

impl Tokio {
    /// The backend of any tokio runtime, given tokio's own handle.
    ///
    /// The runtime needs its timer and, for descriptors, its I/O driver: `enable_all` when it is
    /// built, as `#[tokio::main]` does. Without them the first timer or descriptor panics with
    /// tokio's own text, which says so.
    pub fn new(handle: Handle) -> Self {
        Self { handle, own: None }
    }

    pub(crate) fn owned(handle: Handle, own: Arc<Own>) -> Self {
        Self {
            handle,
            own: Some(own),
        }
    }

    /// tokio's own handle.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Whether the runtime is gone; asked by offering it a task, since tokio has no other answer.
    fn is_gone(&self) -> bool {
        self.spawn(async {}).is_err()
    }
}

impl Backend for Tokio {
    type Timer = Timer;
    type Source = TokioSource;

    fn name(&self) -> &'static str {
        "tokio"
    }

    fn id(&self) -> RuntimeId {
        RuntimeId::of("tokio", self.handle.id())
    }

    fn capabilities(&self) -> Capabilities {
        let all = Capabilities::all();
        match self.handle.runtime_flavor() {
            RuntimeFlavor::CurrentThread => all.without_parallel_tasks().without_own_threads(),
            _ if self.handle.metrics().num_workers() == 1 => all.without_parallel_tasks(),
            _ => all,
        }
    }

    #[track_caller]
    fn spawn<F>(&self, task: F) -> Result<(), Gone>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let task = self.handle.spawn(worker::Task::new(task));
        if task.is_finished() && is_cancelled(task) {
            return Err(Gone);
        }
        Ok(())
    }

    fn spawn_blocking<J>(&self, job: J) -> io::Result<()>
    where
        J: FnOnce() + Send + 'static,
    {
        let ticket = match &self.own {
            Some(own) => Some(own.jobs.begin().ok_or(Gone)?),
            None if self.is_gone() => return Err(Gone.into()),
            None => None,
        };
        let handle = self.handle.clone();
        pool::run(Box::new(move || {
            let ticket = ticket;
            let _entered = handle.enter();
            if ticket.as_ref().is_some_and(|ticket| ticket.is_closed()) {
                drop(job);
            } else {
                job();
            }
        }))
    }

    fn now(&self) -> Instant {
        now()
    }

    fn timer(&self, at: Option<Instant>) -> Timer {
        Timer::new(self.handle.clone(), self.own.clone(), at)
    }

    fn register(&self, io: OwnedIo) -> Result<TokioSource, Refused<OwnedIo>> {
        TokioSource::register(&self.handle, io)
    }

    fn on_runtime_thread(&self) -> bool {
        ambient::is_driven_here(&self.handle)
    }
}

/// tokio's clock: the machine's, or where a test has paused it, the one of the runtime around.
pub fn now() -> Instant {
    time::Instant::now().into_std().into()
}

/// Whether a finished task was dropped by a runtime that is gone rather than run.
fn is_cancelled(mut task: JoinHandle<()>) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    matches!(
        Pin::new(&mut coop::unconstrained(&mut task)).poll(&mut context),
        Poll::Ready(Err(error)) if error.is_cancelled()
    )
}
