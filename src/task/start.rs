//! Starting a child and waiting until it is ready.

use std::{
    convert::Infallible,
    fmt,
    future::Future,
    marker::PhantomData,
    mem,
    panic::{self, AssertUnwindSafe},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use anyrt_core::{
    context::{self, Region},
    tree::{self, Deadline, HolderKind, Kind, Node, NodeRef},
};

use super::{
    child,
    infallible::Always,
    label::Identity,
    members::Members,
    start_cell::{Answer, Ready, StartCell, Started},
};
use crate::cancel::{Hold, parked};

/// Why a start gave no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StartError<E> {
    /// The task failed before it was ready; its group does not hear of it.
    #[error("the task failed before it was ready: {0}")]
    Failed(#[source] E),
    /// The task ended without having called [`Ready::set`].
    #[error(
        "the task ended without having said that it is ready: call `set` on the `Ready` that it gets"
    )]
    ExitedEarly,
    /// The group is closed, so that the task was not started; or its runtime has gone.
    #[error("the task was not started, or its runtime has gone: its task group is closed")]
    Closed,
}

/// A start of either kind. Its bounds are not on the type: a destructor could not have them otherwise, and a
/// future that is to be `Send` could not hold an error with a lifetime.
struct Host<V, E> {
    // Both are taken at the first poll.
    members: Option<Arc<Members<E>>>,
    identity: Option<Identity>,
    kind: Kind,
    // The task is below this until it is handed over, and so moves with it.
    region: Region,
    step: Step<V, E>,
    hold: Hold,
}

enum Step<V, E> {
    New,
    Waiting(Arc<dyn Started<V, E>>),
    /// The task was cancelled from around the start, and has ended.
    Parked,
    Done,
}

impl<V, E> Host<V, E>
where
    V: Send + 'static,
    E: Send + 'static,
{
    fn new(members: &Arc<Members<E>>, kind: Kind, identity: Identity) -> Self {
        let place = identity.place();
        Self {
            members: Some(Arc::clone(members)),
            kind,
            identity: Some(identity),
            region: Region::new(Kind::Scope, Deadline::Never),
            step: Step::New,
            hold: Hold::new(HolderKind::Start, place),
        }
    }

    fn node(&self) -> NodeRef {
        context::enter(&self.region, None, context::node).expect("the region was just entered")
    }

    /// Puts the task's node below the start's, a seat into the group, and the task on the runtime.
    fn launch<Fut>(&mut self, task: impl FnOnce(Ready<V>) -> Fut) -> Result<(), StartError<E>>
    where
        Fut: Future<Output = Result<(), E>> + Send + 'static,
    {
        let (Some(members), Some(identity)) = (self.members.take(), self.identity.take()) else {
            return Ok(());
        };
        let seat: NodeRef = Arc::new(Node::new(Kind::Task, Deadline::Never));
        if members.admit(&seat).is_err() {
            self.end();
            return Err(StartError::Closed);
        }
        let cell = StartCell::new(self.kind, identity, seat);
        let node: NodeRef = Arc::clone(&cell) as NodeRef;
        // The start's own node is never closed.
        let _ = tree::attach(&node, &self.node());
        let ready = cell.ready();
        match panic::catch_unwind(AssertUnwindSafe(|| task(ready))) {
            Ok(body) => child::launch(&members, self.kind, Arc::clone(&cell), body),
            Err(payload) => {
                cell.withdraw();
                self.end();
                panic::resume_unwind(payload);
            }
        }
        self.step = Step::Waiting(cell);
        Ok(())
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<V, StartError<E>>> {
        let cell = match &self.step {
            Step::Waiting(cell) => cell,
            Step::Parked => return parked(),
            Step::New | Step::Done => panic!("a finished start was polled again"),
        };
        // Also the move to another scope, should it be polled there now.
        let node = self.node();
        let Poll::Ready(answer) = cell.poll_answer(cx) else {
            self.hold.place(&node);
            self.hold.lend(cell.hold());
            return Poll::Pending;
        };
        if let (Answer::Cancelled, true) = (&answer, cell.is_cancelled()) {
            self.hold.take_back(cell.hold());
            self.step = Step::Parked;
            return parked();
        }
        self.end();
        Poll::Ready(match answer {
            Answer::Ready(value) => Ok(value),
            Answer::Failed(error, _) => Err(StartError::Failed(error)),
            Answer::Panicked(payload) => panic::resume_unwind(payload),
            Answer::ExitedEarly => Err(StartError::ExitedEarly),
            Answer::Cancelled => Err(StartError::Closed),
        })
    }

    /// The start is over; nothing holds the scopes around it for its sake.
    fn end(&mut self) {
        if let Step::Waiting(cell) = mem::replace(&mut self.step, Step::Done) {
            self.hold.take_back(cell.hold());
        }
        self.region.end();
    }
}

impl<V, E> Drop for Host<V, E> {
    fn drop(&mut self) {
        if let Step::Waiting(cell) = &self.step {
            if let Some(node) = self.region.existing_node() {
                Arc::clone(cell).abandon(node);
            }
            self.hold.take_back(cell.hold());
        }
    }
}

/// The future of [`TaskGroup::start`](super::TaskGroup::start).
#[must_use = "futures do nothing until they are awaited"]
pub struct Start<F, Fut, V> {
    task: Option<F>,
    future: PhantomData<fn() -> Fut>,
    host: Host<V, Infallible>,
}

/// The future of [`TryTaskGroup::start`](super::TryTaskGroup::start).
#[must_use = "futures do nothing until they are awaited"]
pub struct TryStart<F, Fut, V, E> {
    task: Option<F>,
    future: PhantomData<fn() -> Fut>,
    host: Host<V, E>,
}

impl<F, Fut, V> Start<F, Fut, V>
where
    V: Send + 'static,
{
    pub(super) fn new(
        members: &Arc<Members<Infallible>>,
        kind: Kind,
        identity: Identity,
        task: F,
    ) -> Self {
        Self {
            task: Some(task),
            future: PhantomData,
            host: Host::new(members, kind, identity),
        }
    }
}

impl<F, Fut, V, E> TryStart<F, Fut, V, E>
where
    V: Send + 'static,
    E: Send + 'static,
{
    pub(super) fn new(members: &Arc<Members<E>>, kind: Kind, identity: Identity, task: F) -> Self {
        Self {
            task: Some(task),
            future: PhantomData,
            host: Host::new(members, kind, identity),
        }
    }
}

// Nothing in them is ever pinned.
impl<F, Fut, V> Unpin for Start<F, Fut, V> {}

impl<F, Fut, V, E> Unpin for TryStart<F, Fut, V, E> {}

impl<F, Fut, V> Future for Start<F, Fut, V>
where
    F: FnOnce(Ready<V>) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
    V: Send + 'static,
{
    type Output = Result<V, StartError<Infallible>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if let Some(task) = this.task.take() {
            this.host.launch(|ready| Always::new(task(ready)))?;
        }
        this.host.poll(cx)
    }
}

impl<F, Fut, V, E> Future for TryStart<F, Fut, V, E>
where
    F: FnOnce(Ready<V>) -> Fut,
    Fut: Future<Output = Result<(), E>> + Send + 'static,
    V: Send + 'static,
    E: Send + 'static,
{
    type Output = Result<V, StartError<E>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if let Some(task) = this.task.take() {
            this.host.launch(task)?;
        }
        this.host.poll(cx)
    }
}

impl<F, Fut, V> fmt::Debug for Start<F, Fut, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Start").finish_non_exhaustive()
    }
}

impl<F, Fut, V, E> fmt::Debug for TryStart<F, Fut, V, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryStart").finish_non_exhaustive()
    }
}
