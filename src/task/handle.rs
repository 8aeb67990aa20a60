//! The handle on a child, and where the child's outcome waits for it.

use std::{
    error, fmt,
    future::Future,
    ops::ControlFlow,
    panic::{self, AssertUnwindSafe},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker, ready},
};

use anyrt_core::{
    context::{self, Kept},
    tree::{self, Branch, Deadline, Kind, Label, Node, NodeRef, Reason},
    unhandled,
};

use super::{
    child::{Place, Post},
    label::{Identity, TaskLabel},
    members::Members,
    wakers::look_or_leave,
};
pub(crate) use crate::payload::Payload;
use crate::trace;

/// How a child ended other than with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TaskError {
    /// It was cancelled, never started because its group was closed, or its runtime is gone.
    Cancelled,
    /// It returned an error, which is in its group's [`Errors`](super::Errors).
    Failed,
    /// It panicked; the panic resumes where the group was awaited.
    Panicked,
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cancelled => "the task was cancelled",
            Self::Failed => "the task failed; its task group returns the error",
            Self::Panicked => "the task panicked; its task group resumes the panic",
        })
    }
}

impl error::Error for TaskError {}

/// A child's node and outcome, in one allocation.
pub(crate) struct Child<V> {
    node: Node,
    label: TaskLabel,
    values: Kept,
    slot: Mutex<Slot<V>>,
}

struct Slot<V> {
    outcome: Option<Result<V, TaskError>>,
    finished: bool,
    joiner: Option<Waker>,
    /// Nobody will ask for the outcome.
    unwanted: bool,
}

impl<V: Send + 'static> Branch for Child<V> {
    fn node(&self) -> &Node {
        &self.node
    }

    fn label(&self) -> Option<Label<'_>> {
        Some(self.label.get())
    }
}

impl<V> Child<V> {
    pub(crate) fn new(kind: Kind, identity: Identity) -> Arc<Self> {
        Arc::new(Self {
            node: Node::new(kind, Deadline::Never),
            label: TaskLabel::new(identity),
            values: Kept::current(),
            slot: Mutex::new(Slot {
                outcome: None,
                finished: false,
                joiner: None,
                unwanted: false,
            }),
        })
    }

    fn slot(&self) -> MutexGuard<'_, Slot<V>> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn task_label(&self) -> &TaskLabel {
        &self.label
    }

    /// The context variables where it was spawned.
    pub(super) fn values(&self) -> &Kept {
        &self.values
    }

    /// Its group was closed, so that it will not be polled.
    pub(super) fn cancelled_unpolled(&self) {
        drop(self.values.take());
        let mut slot = self.slot();
        slot.finished = true;
        slot.outcome = Some(Err(TaskError::Cancelled));
    }

    /// Leaves the outcome for the handle, or drops it if there is none. Returns whom to wake once the child has
    /// left its group, or the payload of a destructor that panicked.
    pub(super) fn conclude(&self, outcome: Result<V, TaskError>) -> Result<Option<Waker>, Payload> {
        let mut slot = self.slot();
        slot.finished = true;
        if slot.unwanted {
            drop(slot);
            return panic::catch_unwind(AssertUnwindSafe(|| drop(outcome))).map(|()| None);
        }
        slot.outcome = Some(outcome);
        Ok(slot.joiner.take())
    }
}

impl<E: Send + 'static, V: Send + 'static> Post<E> for Child<V> {
    type Value = V;

    fn task(&self) -> &TaskLabel {
        &self.label
    }

    fn values(&self) -> &Kept {
        &self.values
    }

    fn failed(&self, members: &Members<E>, error: E, place: Place) {
        members.failed(error, place);
    }

    fn panicked(&self, members: &Members<E>, payload: Payload) {
        members.panicked(payload);
    }

    fn finish(&self, outcome: Result<V, TaskError>) -> Result<Option<Waker>, Payload> {
        self.conclude(outcome)
    }
}

/// A handle on a child: awaiting it gives the child's outcome.
///
/// It may be awaited also after the group has returned. Dropping it does nothing: the group waits for
/// the child all the same. If an await is dropped before completion, the handle can be awaited again.
///
/// When a cancel reaches the child and who awaits it, the latter is dropped there: it does not hear that the child was
/// cancelled, unless a shield keeps it (rule T7).
pub struct TaskHandle<V> {
    child: Arc<Child<V>>,
    /// Whether it has left a cancelled scope the time to drop who awaits it.
    yielded: bool,
    /// The outcome has been given: there is nothing left to drop.
    given: bool,
}

impl<V> TaskHandle<V> {
    pub(super) fn new(child: Arc<Child<V>>) -> Self {
        Self {
            child,
            yielded: false,
            given: false,
        }
    }

    /// The child's group was closed.
    pub(super) fn refused(&self) {
        trace::refused(self.child.label.identity());
        self.child.label.refused();
    }

    /// Whether the child was refused: its group was closed, so that it was dropped unpolled, and ended as cancelled.
    pub fn was_refused(&self) -> bool {
        self.child.label.is_refused()
    }

    /// Whether the child is gone.
    pub fn is_finished(&self) -> bool {
        self.child.slot().finished
    }
}

impl<V: Send + 'static> TaskHandle<V> {
    /// Cancels this child only. One that has completed keeps its value.
    pub fn cancel(&self) {
        let node: NodeRef = Arc::clone(&self.child) as NodeRef;
        if tree::cancel(&node, Reason::Explicit) {
            trace::cancelled("task", Reason::Explicit);
        }
    }
}

impl<V> Future for TaskHandle<V> {
    type Output = Result<V, TaskError>;

    /// # Panics
    ///
    /// When polled again after it has given the outcome.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let yielded = self.yielded;
        let finished = ready!(look_or_leave(&self.child.slot, cx, |slot| {
            if !slot.finished {
                return ControlFlow::Continue(&mut slot.joiner);
            }
            let was_cancelled = matches!(slot.outcome, Some(Err(TaskError::Cancelled)));
            ControlFlow::Break(if was_cancelled && !yielded && context::is_cancelled() {
                None
            } else {
                Some(slot.outcome.take())
            })
        }));
        let Some(outcome) = finished else {
            // What cancelled the child cancels the caller as well, and is about to drop it.
            self.yielded = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        };
        self.given = true;
        Poll::Ready(outcome.expect("a task handle was polled after it had given its outcome"))
    }
}

impl<V> Drop for TaskHandle<V> {
    fn drop(&mut self) {
        if self.given {
            return;
        }
        let (outcome, joiner) = {
            let mut slot = self.child.slot();
            slot.unwanted = true;
            (slot.outcome.take(), slot.joiner.take())
        };
        joiner.into_iter().for_each(unhandled::discard);
        drop(outcome);
    }
}

impl<V> fmt::Debug for TaskHandle<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskHandle")
            .field("finished", &self.is_finished())
            .finish_non_exhaustive()
    }
}
