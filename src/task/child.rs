//! The task that the runtime polls for a child.

use std::{
    future::Future,
    panic::{self, AssertUnwindSafe},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use anyrt_core::{
    context::Region,
    tree::{Kind, NodeRef},
};
use pin_project_lite::pin_project;

use super::{
    handle::{Child, TaskError, TaskHandle},
    members::Members,
};
use crate::cancel::{Polled, Regional};

/// Starts a child of the group, or drops `body` unpolled if the group is closed.
#[track_caller]
pub(crate) fn spawn<E, V, Fut>(members: &Arc<Members<E>>, body: Fut) -> TaskHandle<V>
where
    E: Send + 'static,
    V: Send + 'static,
    Fut: Future<Output = Result<V, E>> + Send + 'static,
{
    let (task, handle) = prepare(members, body);
    if let Some(task) = task {
        // A refused task has been dropped, and has thereby ended as cancelled.
        let _ = members.handle.spawn(task);
    }
    handle
}

/// A child of the group that the caller polls itself, in its own task; its end is the group's to report.
pub(crate) fn in_place<E, Fut>(
    members: &Arc<Members<E>>,
    body: Fut,
) -> impl Future<Output = ()> + use<E, Fut>
where
    E: Send + 'static,
    Fut: Future<Output = Result<(), E>>,
{
    let (task, _handle) = prepare(members, body);
    async {
        if let Some(task) = task {
            task.await;
        }
    }
}

/// The child's task and its handle; no task, and no body any more, if the group is closed.
fn prepare<E, V, Fut>(
    members: &Arc<Members<E>>,
    body: Fut,
) -> (Option<ChildTask<E, V, Fut>>, TaskHandle<V>)
where
    E: Send,
    V: Send + 'static,
{
    let child = Child::new();
    let handle = TaskHandle::new(Arc::clone(&child));
    let node: NodeRef = Arc::clone(&child) as NodeRef;
    if members.admit(&node).is_err() {
        drop(body);
        child.finish(Err(TaskError::Cancelled));
        return (None, handle);
    }
    members.runtime.shared().counts().tasks.up();
    let task = ChildTask {
        body: Regional::new(
            Region::with_node(Kind::Task, node),
            Some(Arc::clone(&members.runtime)),
            Some(body),
        ),
        child: Some(child),
        members: Arc::clone(members),
    };
    (Some(task), handle)
}

pin_project! {
    /// Polls a child in its own region, catches its panic, and tells the group how it ended.
    struct ChildTask<E, V, Fut>
    where
        E: Send,
        V: Send,
        V: 'static,
    {
        #[pin]
        body: Regional<Fut>,
        // Taken when the child has ended.
        child: Option<Arc<Child<V>>>,
        members: Arc<Members<E>>,
    }

    impl<E, V, Fut> PinnedDrop for ChildTask<E, V, Fut>
    where
        E: Send,
        V: Send,
        V: 'static,
    {
        fn drop(this: Pin<&mut Self>) {
            // The runtime dropped the task: it is shutting down, or refused it.
            this.end(Ok(Err(TaskError::Cancelled)));
        }
    }
}

/// How a child ended: its outcome and the error for the group, or a panic.
type Ending<V, E> = Result<Result<V, TaskError>, Failure<E>>;

enum Failure<E> {
    Error(E),
    Panic(super::handle::Payload),
}

impl<E, V, Fut> ChildTask<E, V, Fut>
where
    E: Send,
    V: Send + 'static,
{
    /// In this order, because the group may return right after the last step: the future goes, the
    /// outcome is handed over, the failure is kept, the node leaves the tree.
    fn end(self: Pin<&mut Self>, ending: Ending<V, E>) {
        let mut this = self.project();
        let Some(child) = this.child.take() else {
            return;
        };
        let members = this.members;
        let dropping = panic::catch_unwind(AssertUnwindSafe(|| this.body.as_mut().drop_body()));
        let outcome = match ending {
            Ok(outcome) => outcome,
            Err(Failure::Error(error)) => {
                members.failed(error);
                Err(TaskError::Failed)
            }
            Err(Failure::Panic(payload)) => {
                members.panicked(payload);
                Err(TaskError::Panicked)
            }
        };
        if let Err(payload) = dropping {
            members.panicked(payload);
        }
        if let Some(payload) = child.finish(outcome) {
            members.panicked(payload);
        }
        drop(child);
        this.body.end();
        members.runtime.shared().task_gone();
    }
}

impl<E, V, Fut> Future for ChildTask<E, V, Fut>
where
    E: Send,
    V: Send + 'static,
    Fut: Future<Output = Result<V, E>>,
{
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let body = self.as_mut().project().body;
        let ending = match panic::catch_unwind(AssertUnwindSafe(|| body.poll_body(cx))) {
            Ok(Polled::Ready(Ok(value))) => Ok(Ok(value)),
            Ok(Polled::Ready(Err(error))) => Err(Failure::Error(error)),
            Err(payload) => Err(Failure::Panic(payload)),
            Ok(Polled::Gone) => return Poll::Ready(()),
            Ok(Polled::Pending) => {
                let node = self.body.node().expect("a child task has a node");
                if !node.node().look(cx.waker()).must_drop() {
                    return Poll::Pending;
                }
                Ok(Err(TaskError::Cancelled))
            }
        };
        self.end(ending);
        Poll::Ready(())
    }
}
