//! A child that runs inside its group's task, and the handle on it.

use std::{
    fmt,
    future::Future,
    panic,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use anyrt_core::{
    tree::{self, Deadline, Kind, Node, NodeRef, Reason},
    unhandled,
};
use pin_project_lite::pin_project;

use crate::{
    payload::{caught, forget_panic},
    task::{
        TaskError, TaskHandle,
        handle::{Child, Payload},
        label::Identity,
    },
    trace,
};

pin_project! {
    /// Runs a child to its end, and leaves the outcome for its handle once the future is gone.
    pub(super) struct LocalChild<Fut, V>
    where
        Fut: Future<Output = V>,
    {
        #[pin]
        body: Option<Fut>,
        // Taken when the child has ended.
        post: Option<Arc<Child<V>>>,
    }

    impl<Fut, V> PinnedDrop for LocalChild<Fut, V>
    where
        Fut: Future<Output = V>,
    {
        fn drop(this: Pin<&mut Self>) {
            if let Err(payload) = this.end(Ok(Err(TaskError::Cancelled))) {
                if std::thread::panicking() {
                    forget_panic(payload);
                } else {
                    panic::resume_unwind(payload);
                }
            }
        }
    }
}

impl<Fut: Future<Output = V>, V> LocalChild<Fut, V> {
    /// The child, its node, and the handle on both.
    #[track_caller]
    pub(super) fn new(body: Fut) -> (Self, NodeRef, LocalTaskHandle<V>) {
        let post = Child::new(Kind::Task, Identity::here());
        let node: NodeRef = Arc::new(Node::new(Kind::Scope, Deadline::Never));
        let handle = LocalTaskHandle {
            outcome: TaskHandle::new(Arc::clone(&post)),
            node: Arc::clone(&node),
        };
        let child = Self {
            body: Some(body),
            post: Some(post),
        };
        (child, node, handle)
    }

    /// The future goes, then the outcome is handed over. Fails with the panic that the group has to carry.
    fn end(
        self: Pin<&mut Self>,
        ending: Result<Result<V, TaskError>, Payload>,
    ) -> Result<(), Payload> {
        let mut this = self.project();
        let Some(post) = this.post.take() else {
            return Ok(());
        };
        let dropped = caught(|| post.values().enter(|| this.body.set(None)));
        forget_panic(post.values().take());
        let (outcome, panicked) = match (ending, dropped) {
            (Ok(outcome), Ok(())) => (outcome, Ok(())),
            (Err(payload), dropped) => {
                forget_panic(dropped);
                (Err(TaskError::Panicked), Err(payload))
            }
            (ending, Err(payload)) => {
                forget_panic(ending);
                (Err(TaskError::Panicked), Err(payload))
            }
        };
        match post.conclude(outcome) {
            Ok(joiner) => {
                joiner.into_iter().for_each(unhandled::wake);
                panicked
            }
            Err(payload) => panicked.and(Err(payload)),
        }
    }
}

impl<Fut: Future<Output = V>, V> Future for LocalChild<Fut, V> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.as_mut().project();
        let Some(post) = this.post else {
            return Poll::Ready(());
        };
        let body = &mut this.body;
        let polled = caught(|| {
            post.values()
                .enter(|| body.as_mut().as_pin_mut().map(|body| body.poll(cx)))
        });
        let ending = match polled {
            Ok(Some(Poll::Pending)) => return Poll::Pending,
            Ok(Some(Poll::Ready(value))) => Ok(Ok(value)),
            Ok(None) => return Poll::Ready(()),
            Err(payload) => Err(payload),
        };
        match self.end(ending) {
            Ok(()) => Poll::Ready(()),
            Err(payload) => panic::resume_unwind(payload),
        }
    }
}

/// A handle on a child of a [`local_task_group`](super::local_task_group): awaiting it gives the child's outcome.
///
/// Dropping it does nothing: the group waits for the child all the same. If an await is dropped before completion, the
/// handle can be awaited again. As for any [`TaskHandle`], when a cancel reaches the child and who awaits it, the latter is
/// dropped there (rule T7).
pub struct LocalTaskHandle<V> {
    outcome: TaskHandle<V>,
    node: NodeRef,
}

impl<V> LocalTaskHandle<V> {
    /// Cancels this child only. One that has completed keeps its value.
    pub fn cancel(&self) {
        if tree::cancel(&self.node, Reason::Explicit) {
            trace::cancelled("task", Reason::Explicit);
        }
    }

    /// The group was closed.
    pub(super) fn refused(&self) {
        self.outcome.refused();
    }

    /// Whether the child was refused; see [`TaskHandle::was_refused`].
    pub fn was_refused(&self) -> bool {
        self.outcome.was_refused()
    }

    /// Whether the child is gone.
    pub fn is_finished(&self) -> bool {
        self.outcome.is_finished()
    }
}

impl<V> Future for LocalTaskHandle<V> {
    type Output = Result<V, TaskError>;

    /// # Panics
    ///
    /// When polled again after it has given the outcome.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.outcome).poll(cx)
    }
}

impl<V> fmt::Debug for LocalTaskHandle<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalTaskHandle")
            .field("finished", &self.is_finished())
            .finish_non_exhaustive()
    }
}
