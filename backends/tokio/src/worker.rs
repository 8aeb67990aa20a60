//! Whether tokio's scheduler polls on this thread.
//!
//! tokio 1.54 tells by `runtime::worker_index`. Before, nothing does, so that tasks which are spawned through this
//! backend say it themselves.

use std::{
    cell::Cell,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

thread_local! {
    /// This thread polls a task that was spawned through this backend. Kept only where tokio does not tell.
    static POLLED: Cell<bool> = const { Cell::new(false) };
}

/// The answer where tokio has none.
struct ByOurTasks;

/// Stands in for tokio's function of this name before 1.54: a name that a glob brings into a block goes before one
/// that is around it.
#[allow(dead_code, reason = "not called where tokio has it")]
fn worker_index() -> ByOurTasks {
    ByOurTasks
}

trait Answer {
    /// Whether tokio gave it.
    const IS_TOKIOS: bool;

    fn is_worker(&self) -> bool;
}

impl Answer for Option<usize> {
    const IS_TOKIOS: bool = true;

    fn is_worker(&self) -> bool {
        self.is_some()
    }
}

impl Answer for ByOurTasks {
    const IS_TOKIOS: bool = false;

    fn is_worker(&self) -> bool {
        POLLED.get()
    }
}

/// Whether this thread is a worker, or the one that drives a current-thread runtime.
///
/// Before tokio 1.54, only while it polls a [`Task`].
pub(crate) fn is_here() -> bool {
    #[allow(unused_imports, reason = "what it is for may not be there")]
    use tokio::runtime::*;

    worker_index().is_worker()
}

/// Whether tokio answers for all its tasks.
const fn tokio_tells() -> bool {
    #[allow(unused_imports, reason = "what it is for may not be there")]
    use tokio::runtime::*;

    const fn is_tokios<A: Answer>(_: &fn() -> A) -> bool {
        A::IS_TOKIOS
    }
    is_tokios(&(worker_index as fn() -> _))
}

pin_project! {
    /// A task that is spawned through this backend.
    pub(crate) struct Task<F> {
        #[pin]
        task: F,
    }
}

impl<F> Task<F> {
    pub(crate) fn new(task: F) -> Self {
        Self { task }
    }
}

impl<F: Future> Future for Task<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let task = self.project().task;
        if const { tokio_tells() } {
            task.poll(cx)
        } else {
            polled(|| task.poll(cx))
        }
    }
}

/// Runs `f` as the poll of a task.
fn polled<R>(f: impl FnOnce() -> R) -> R {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            POLLED.set(self.0);
        }
    }
    let _restore = Restore(POLLED.replace(true));
    f()
}

#[cfg(test)]
mod tests {
    use tokio::runtime::Builder;

    use super::{Task, is_here, tokio_tells};

    #[test]
    fn tasks_of_ours_are_seen_and_tokios_where_it_tells() {
        for workers in [1, 2] {
            let runtime = Builder::new_multi_thread()
                .worker_threads(workers)
                .build()
                .unwrap();
            let ours = runtime.spawn(Task::new(async { is_here() }));
            let native = runtime.spawn(async { is_here() });
            let blocking = runtime.spawn_blocking(is_here);
            runtime.block_on(async {
                assert!(ours.await.unwrap());
                assert_eq!(native.await.unwrap(), tokio_tells());
                assert!(!blocking.await.unwrap());
            });
        }
        assert!(!is_here());
    }
}
