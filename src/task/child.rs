//! The task that the runtime polls for a child.

use std::{
    future::Future,
    panic::{self, AssertUnwindSafe, Location},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use anyrt_core::{
    Origin,
    context::{self, Kept},
    tree::{self, Branch, Kind, NodeRef},
    unhandled,
};
use pin_project_lite::pin_project;

use super::{
    handle::{Child, Payload, TaskError, TaskHandle},
    label::{Identity, TaskLabel},
    members::{Members, forget_panic},
    watch::watched,
};
use crate::{
    runtime::Spawned,
    trace::{self, TaskSpan},
};

/// Where a task was spawned.
pub(super) type Place = &'static Location<'static>;

/// Starts a child of the group, or drops `body` unpolled if the group is closed.
///
/// `kind` is [`Kind::Task`] or [`Kind::Daemon`].
pub(crate) fn spawn<E, V, Fut>(
    members: &Arc<Members<E>>,
    kind: Kind,
    identity: Identity,
    body: Fut,
) -> TaskHandle<V>
where
    E: Send + 'static,
    V: Send + 'static,
    Fut: Future<Output = Result<V, E>> + Send + 'static,
{
    let child = Child::new(kind, identity);
    let handle = TaskHandle::new(Arc::clone(&child));
    let node: NodeRef = Arc::clone(&child) as NodeRef;
    if members.admit(&node).is_err() {
        handle.refused();
        drop(body);
        child.cancelled_unpolled();
        return handle;
    }
    launch(members, kind, child, body);
    handle
}

/// A child of the group that the caller polls itself, in its own task; its end is the group's to report.
pub(crate) fn in_place<E, Fut>(
    members: &Arc<Members<E>>,
    identity: Identity,
    body: Fut,
) -> impl Future<Output = ()> + use<E, Fut>
where
    E: Send + 'static,
    Fut: Future<Output = Result<(), E>>,
{
    let child = Child::<()>::new(Kind::Task, identity);
    let node: NodeRef = Arc::clone(&child) as NodeRef;
    let task = match members.admit(&node) {
        Ok(()) => Some(prepare(members, Kind::Task, child, body)),
        Err(_closed) => None,
    };
    async {
        if let Some(task) = task {
            task.await;
        }
    }
}

/// Hands a task whose node is in its place to the runtime.
pub(super) fn launch<E, P, Fut>(members: &Arc<Members<E>>, kind: Kind, post: Arc<P>, body: Fut)
where
    E: Send + 'static,
    P: Post<E>,
    Fut: Future<Output = Result<P::Value, E>> + Send + 'static,
{
    let task = prepare(members, kind, post, body);
    // A refused task has been dropped, and has thereby ended as cancelled.
    let _ = members.handle.spawn(task);
}

fn prepare<E, P, Fut>(
    members: &Arc<Members<E>>,
    kind: Kind,
    post: Arc<P>,
    body: Fut,
) -> ChildTask<E, P, Fut>
where
    E: Send + 'static,
    P: Post<E>,
{
    members.runtime.shared().counts().tasks.up();
    let span = TaskSpan::new(kind, post.task().identity());
    ChildTask {
        body: Some(body),
        post: Some(post),
        span,
        members: Arc::clone(members),
    }
}

/// Where a child's end is told.
pub(super) trait Post<E>: Branch {
    /// What the child returns.
    type Value: Send + 'static;

    /// What the child is called.
    fn task(&self) -> &TaskLabel;

    /// The context variables where it was spawned.
    fn values(&self) -> &Kept;

    /// The body is pending. What this has to drop meanwhile may panic.
    fn suspended(&self) {}

    /// A cancel ends the child: nothing of it has been dropped so far.
    fn cancelled(&self) {}

    /// Whether the child is its group's, for which it counts as cut then.
    fn is_members(&self) -> bool {
        true
    }

    /// The child failed.
    fn failed(&self, members: &Members<E>, error: E, place: Place);

    /// The child panicked, or something of it did when it was dropped.
    fn panicked(&self, members: &Members<E>, payload: Payload);

    /// The child has ended and nothing of it is left. Returns whom to wake when it has left its group, too.
    ///
    /// # Errors
    ///
    /// The payload of a destructor that panicked.
    fn finish(&self, outcome: Result<Self::Value, TaskError>) -> Result<Option<Waker>, Payload>;
}

pin_project! {
    /// Polls a child under its own node, catches its panic, and tells the group how it ended.
    struct ChildTask<E, P, Fut>
    where
        E: Send,
        E: 'static,
        P: Post<E>,
    {
        #[pin]
        body: Option<Fut>,
        // Its place in the tree, and where its end is told. Taken when the child has ended.
        post: Option<Arc<P>>,
        span: TaskSpan,
        members: Arc<Members<E>>,
    }

    impl<E, P, Fut> PinnedDrop for ChildTask<E, P, Fut>
    where
        E: Send,
        E: 'static,
        P: Post<E>,
    {
        fn drop(this: Pin<&mut Self>) {
            // The runtime dropped the task: it is shutting down, or refused it.
            let cut = this.post.as_ref().is_some_and(|post| post.node().is_cut());
            this.end(Ok(Err(TaskError::Cancelled)), cut);
        }
    }
}

/// How a child ended: its outcome and the error for the group, or a panic.
type Ending<V, E> = Result<Result<V, TaskError>, Failure<E>>;

enum Failure<E> {
    Error(E),
    Panic(Payload),
}

impl<E> Failure<E> {
    /// What the handle says.
    fn outcome(&self) -> TaskError {
        match self {
            Self::Error(_) => TaskError::Failed,
            Self::Panic(_) => TaskError::Panicked,
        }
    }
}

impl<E, P, Fut> ChildTask<E, P, Fut>
where
    E: Send + 'static,
    P: Post<E>,
{
    /// In this order, because the group may return right after the last step: the future goes, the outcome is handed
    /// over, the failure is kept and cancels the others, the node leaves the tree. A handle knows the outcome before
    /// anything is cancelled for it (rule T7), so that a member that hears of both has the same answer on every thread.
    /// Who awaits the child is woken last: another thread that polls it meanwhile would wait for the same locks.
    ///
    /// Whether the child was `cut` was seen with the cancel that ends it: its group may be moved to another place while
    /// the future goes.
    fn end(self: Pin<&mut Self>, ending: Ending<P::Value, E>, cut: bool) {
        let mut this = self.project();
        let Some(post) = this.post.take() else {
            return;
        };
        let members = &**this.members;
        let dropping = if this.body.is_some() {
            let body = &mut this.body;
            this.span.inside(|| {
                post.values().enter(|| {
                    context::enter_task(&post, &members.runtime, || {
                        panic::catch_unwind(AssertUnwindSafe(|| body.set(None)))
                    })
                })
            })
        } else {
            Ok(())
        };
        let values = post.values().take();
        if !values.is_empty() {
            forget_panic(values);
        }
        let (outcome, failure) = match (ending, dropping) {
            // Its destructors panicked: what it would have ended as counts no more.
            (ending, Err(payload)) => {
                forget_panic(ending);
                (Err(TaskError::Panicked), Some(Failure::Panic(payload)))
            }
            (Ok(outcome), Ok(())) => (outcome, None),
            (Err(failure), Ok(())) => (Err(failure.outcome()), Some(failure)),
        };
        if cut && matches!(outcome, Err(TaskError::Cancelled)) && post.is_members() {
            members.count_cut();
        }
        let finished = post.finish(outcome);
        match failure {
            None => {}
            Some(Failure::Error(error)) => {
                this.span.inside(trace::failed);
                post.failed(members, error, post.task().place());
            }
            Some(Failure::Panic(payload)) => {
                this.span.inside(trace::panicked);
                post.panicked(members, payload);
            }
        }
        this.span.close();
        let joiner = finished.unwrap_or_else(|payload| {
            post.panicked(members, payload);
            None
        });
        let node: NodeRef = post;
        tree::detach(&node);
        drop(node);
        members.runtime.shared().task_gone();
        joiner.into_iter().for_each(unhandled::wake);
    }
}

impl<E, P, Fut> Spawned for ChildTask<E, P, Fut>
where
    E: Send + 'static,
    P: Post<E>,
{
    fn origin(&self) -> Origin {
        let post = self.post.as_ref();
        post.expect("a task is spawned before it ends")
            .task()
            .identity()
            .origin()
    }
}

impl<E, P, Fut> Future for ChildTask<E, P, Fut>
where
    E: Send + 'static,
    P: Post<E>,
    Fut: Future<Output = Result<P::Value, E>>,
{
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.as_mut().project();
        let Some(post) = this.post else {
            return Poll::Ready(());
        };
        let post = &*post;
        let runtime = &this.members.runtime;
        let polled = watched(runtime.shared(), post.task(), this.span, || {
            panic::catch_unwind(AssertUnwindSafe(|| {
                let polled = post.values().enter(|| {
                    context::enter_task(post, runtime, || {
                        let polled = this.body.as_mut().as_pin_mut()?.poll(cx);
                        if polled.is_ready() {
                            this.body.set(None);
                        }
                        Some(polled)
                    })
                });
                if let Some(Poll::Pending) = &polled {
                    post.suspended();
                }
                polled
            }))
        });
        let mut cut = false;
        let ending = match polled {
            Ok(Some(Poll::Ready(Ok(value)))) => Ok(Ok(value)),
            Ok(Some(Poll::Ready(Err(error)))) => Err(Failure::Error(error)),
            Err(payload) => Err(Failure::Panic(payload)),
            Ok(None) => return Poll::Ready(()),
            Ok(Some(Poll::Pending)) => match post.node().look_again(cx.waker()) {
                Some(look) if look.must_drop() => {
                    post.cancelled();
                    cut = look.cut;
                    Ok(Err(TaskError::Cancelled))
                }
                _ => return Poll::Pending,
            },
        };
        self.end(ending, cut);
        Poll::Ready(())
    }
}
