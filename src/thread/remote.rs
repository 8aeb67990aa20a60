//! A task whose panic belongs to whoever asked for it from another thread.

use std::{
    convert::Infallible,
    future::Future,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
};

use anyrt_core::tree::{Closed, Kind};
use pin_project_lite::pin_project;

use super::worker::Caller;
use crate::{
    payload::{Payload, caught},
    runtime::{self, AnyBackend},
    task::{Identity, Members, TaskHandle, spawn, task_group},
};

/// The value of a task, or its panic; the handle itself tells of a cancel.
pub(super) type Remote<T> = TaskHandle<Result<T, Payload>>;

/// Starts a task of a group for another thread. It waits for what foreign code leaves behind in it, whose panics are
/// its own (rule C10).
///
/// # Errors
///
/// When the group is closed; nothing was started then.
#[track_caller]
pub(super) fn spawn_remote<T, Fut>(
    members: &Arc<Members<Infallible>>,
    identity: Identity,
    body: Fut,
) -> Result<Remote<T>, Closed>
where
    T: Send + 'static,
    Fut: Future<Output = T> + Send + 'static,
{
    let body = Contained {
        body: Some(task_group(move |_group| body)),
    };
    let task = spawn(members, Kind::Task, identity, body);
    if task.was_refused() {
        return Err(Closed);
    }
    Ok(task)
}

/// Whether this thread polls tasks, which would stand still while it waited for what `handle`'s runtime has to do, and on
/// which that may depend.
pub(super) fn would_block(handle: &AnyBackend) -> bool {
    // A worker thread is inside the call that it serves, and may block.
    Caller::current().is_none() && (handle.is_polling_here() || runtime::is_polling_here())
}

/// Blocks this thread until the future is ready.
pub(super) fn block_on<F: Future>(handle: &AnyBackend, future: F) -> F::Output {
    let mut future = pin!(future);
    handle.block_until(&mut |cx| future.as_mut().poll(cx))
}

pin_project! {
    /// Keeps a panic of its body from the group that it is in.
    struct Contained<Fut> {
        #[pin]
        body: Option<Fut>,
    }
}

impl<Fut: Future> Future for Contained<Fut> {
    type Output = Result<Result<Fut::Output, Payload>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut body = self.project().body;
        let polled = caught(|| {
            let polled = body.as_mut().as_pin_mut().map(|body| body.poll(cx));
            if let Some(Poll::Ready(_)) = polled {
                body.set(None);
            }
            polled
        });
        Poll::Ready(Ok(match polled {
            Ok(Some(Poll::Ready(value))) => Ok(value),
            Ok(Some(Poll::Pending)) => return Poll::Pending,
            Ok(None) => unreachable!("a task is not polled after its end"),
            Err(payload) => {
                // A second panic, of a destructor, says no more than the first.
                let _ = caught(|| body.set(None)).map_err(std::mem::forget);
                Err(payload)
            }
        }))
    }
}
