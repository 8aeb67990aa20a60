//! What a start, the task that it started, and the task's `Ready` share.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
};

use anyrt_core::{
    context::Kept,
    tree::{self, Branch, Deadline, Kind, Label, Node, NodeRef, Reason},
    unhandled as wakers,
};

use super::{
    child::{Place, Post},
    handle::{Payload, TaskError},
    label::{Identity, TaskLabel},
    members::{Members, forget_panic},
    unhandled,
};
use crate::cancel::LentHold;

/// Says that a started task is ready, and gives the value that [`start`](super::TaskGroup::start) returns.
///
/// Dropping it says nothing: a task that ends without having said so fails its start with
/// [`StartError::ExitedEarly`](super::StartError::ExitedEarly).
#[must_use = "the start waits until `set` is called"]
pub struct Ready<V> {
    cell: Arc<dyn HandOver<V>>,
}

impl<V> Ready<V> {
    pub(crate) fn new(cell: Arc<dyn HandOver<V>>) -> Self {
        Self { cell }
    }

    /// The task is ready: it belongs to the group from now on, and the start returns `value`.
    ///
    /// A task that is cancelled already stays with whoever started it. Its start returns the value only if the
    /// task then ends without an error and without suspending again; else the value is dropped, and the start ends as
    /// cancelled. If nobody waits for the start any more, the value is dropped.
    pub fn set(self, value: V) {
        self.cell.hand_over(value);
    }
}

impl<V> fmt::Debug for Ready<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ready").finish_non_exhaustive()
    }
}

/// A cell whose error's type the task need not know.
pub(crate) trait HandOver<V>: Send + Sync {
    fn hand_over(self: Arc<Self>, value: V);
}

/// A cell without the bounds on its types, for the start.
pub(super) trait Started<V, E>: Send + Sync {
    fn poll_answer(&self, cx: &mut Context<'_>) -> Poll<Answer<V, E>>;
    /// Whether a cancel has ended the task.
    fn is_cancelled(&self) -> bool;
    /// Nobody waits for the start any more: a task that is still the starter's is cancelled, and waited for by
    /// the group around (rule C10). `around` is the node of the start.
    fn abandon(self: Arc<Self>, around: &NodeRef);
    /// Where the start's hold is lent to: it ends with the answer.
    fn hold(&self) -> &LentHold;
}

/// The task's node, and what has become of the start.
pub(super) struct StartCell<V, E> {
    node: Node,
    label: TaskLabel,
    values: Kept,
    /// Keeps the group open until the task takes its place, or ends.
    seat: NodeRef,
    /// Not to be read off the node, which may move when the start does, while the task goes.
    // Ordering: written before, and read after, the answer is put under the lock.
    cancelled: AtomicBool,
    state: Mutex<State<V, E>>,
    hold: LentHold,
}

struct State<V, E> {
    stage: Stage<V, E>,
    starter: Option<Waker>,
}

enum Stage<V, E> {
    /// The task has not said that it is ready.
    Waiting,
    /// It has, but was cancelled: this counts if it ends well in the same poll.
    TooLate(V),
    /// It has, was cancelled, and has suspended since: nothing counts any more.
    Forfeited,
    /// For the start to take.
    Answered(Answer<V, E>),
    /// The start has its answer.
    Taken,
    /// The start was dropped; the adopter waits for the task.
    Orphaned(Option<NodeRef>),
}

/// What comes out of a start.
pub(super) enum Answer<V, E> {
    Ready(V),
    Failed(E, Place),
    Panicked(Payload),
    ExitedEarly,
    Cancelled,
}

impl<V: Send + 'static, E: Send + 'static> Branch for StartCell<V, E> {
    fn node(&self) -> &Node {
        &self.node
    }

    fn label(&self) -> Option<Label<'_>> {
        Some(self.label.get())
    }
}

impl<V: Send + 'static, E: Send + 'static> StartCell<V, E> {
    pub(super) fn new(kind: Kind, identity: Identity, seat: NodeRef) -> Arc<Self> {
        Arc::new(Self {
            node: Node::new(kind, Deadline::Never),
            label: TaskLabel::new(identity),
            values: Kept::current(),
            seat,
            cancelled: AtomicBool::new(false),
            state: Mutex::new(State {
                stage: Stage::Waiting,
                starter: None,
            }),
            hold: LentHold::default(),
        })
    }

    pub(super) fn ready(self: &Arc<Self>) -> Ready<V> {
        Ready::new(Arc::clone(self) as Arc<dyn HandOver<V>>)
    }

    /// The task was never launched.
    pub(super) fn withdraw(self: &Arc<Self>) {
        tree::detach(&self.as_node());
        tree::detach(&self.seat);
    }

    fn as_node(self: &Arc<Self>) -> NodeRef {
        Arc::clone(self) as NodeRef
    }

    /// The task has ended. True if it was not handed over and is the starter's; the group need not wait then.
    fn is_the_starters(&self) -> bool {
        let handed = self.node.settle();
        if !handed {
            tree::detach(&self.seat);
        }
        !handed
    }

    /// The task has ended without having been handed over.
    fn answer(&self, answer: Answer<V, E>) {
        let (surplus, starter) = {
            let mut state = self.state();
            match &state.stage {
                Stage::Waiting | Stage::TooLate(_) | Stage::Forfeited => {
                    let stage = Stage::Answered(answer);
                    let before = std::mem::replace(&mut state.stage, stage);
                    (Ok(before), state.starter.take())
                }
                Stage::Orphaned(adopter) => (Err((answer, adopter.clone())), None),
                Stage::Answered(_) | Stage::Taken => {
                    // The first answer counts, as the first panic of a group does.
                    drop(state);
                    forget_panic(answer);
                    return;
                }
            }
        };
        match surplus {
            Err((Answer::Failed(error, place), _)) => unhandled::report(error, Some(place)),
            Err((Answer::Panicked(payload), adopter)) => {
                unhandled::pass_on(adopter.as_ref(), payload);
            }
            dropped => forget_panic(dropped),
        }
        if let Some(starter) = starter {
            wakers::wake(starter);
        }
        self.hold.land();
    }

    fn state(&self) -> MutexGuard<'_, State<V, E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V: Send + 'static, E: Send + 'static> Started<V, E> for StartCell<V, E> {
    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    fn hold(&self) -> &LentHold {
        &self.hold
    }

    fn poll_answer(&self, cx: &mut Context<'_>) -> Poll<Answer<V, E>> {
        // A waker's clone may run anything, and so may its drop: neither under the lock.
        let waker = cx.waker().clone();
        let (answer, surplus) = {
            let mut state = self.state();
            match std::mem::replace(&mut state.stage, Stage::Taken) {
                Stage::Answered(answer) => (Poll::Ready(answer), Some(waker)),
                stage => {
                    state.stage = stage;
                    (Poll::Pending, state.starter.replace(waker))
                }
            }
        };
        if let Some(surplus) = surplus {
            wakers::discard(surplus);
        }
        answer
    }

    fn abandon(self: Arc<Self>, around: &NodeRef) {
        let task = self.as_node();
        let adopter = if tree::cancel_unless_handed_over(&task, Reason::Explicit) {
            tree::adopt(&task, around)
        } else {
            None
        };
        let (stage, starter) = {
            let mut state = self.state();
            let stage = std::mem::replace(&mut state.stage, Stage::Orphaned(adopter.clone()));
            (stage, state.starter.take())
        };
        if let Some(starter) = starter {
            wakers::discard(starter);
        }
        match stage {
            Stage::Answered(Answer::Failed(error, place)) => {
                unhandled::report(error, Some(place));
            }
            Stage::Answered(Answer::Panicked(payload)) => {
                unhandled::pass_on(adopter.as_ref(), payload);
            }
            value => drop(value),
        }
    }
}

impl<V: Send + 'static, E: Send + 'static> Post<E> for StartCell<V, E> {
    type Value = ();

    fn task(&self) -> &TaskLabel {
        &self.label
    }

    fn values(&self) -> &Kept {
        &self.values
    }

    fn cancelled(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    fn is_members(&self) -> bool {
        self.node.is_handed_over()
    }

    fn suspended(&self) {
        if self.node.is_handed_over() {
            return;
        }
        let mut state = self.state();
        if let Stage::TooLate(_) = state.stage {
            let value = std::mem::replace(&mut state.stage, Stage::Forfeited);
            drop(state);
            drop(value);
        }
    }

    fn failed(&self, members: &Members<E>, error: E, place: Place) {
        if self.is_the_starters() {
            self.answer(Answer::Failed(error, place));
        } else {
            members.failed(error, place);
        }
    }

    fn panicked(&self, members: &Members<E>, payload: Payload) {
        if self.is_the_starters() {
            self.answer(Answer::Panicked(payload));
        } else {
            members.panicked(payload);
        }
    }

    fn finish(&self, outcome: Result<(), TaskError>) -> Result<Option<Waker>, Payload> {
        if !self.is_the_starters() {
            return Ok(None);
        }
        match outcome {
            Ok(()) => {
                let said = {
                    let mut state = self.state();
                    match state.stage {
                        Stage::TooLate(_) | Stage::Forfeited => {
                            Some(std::mem::replace(&mut state.stage, Stage::Waiting))
                        }
                        _ => None,
                    }
                };
                self.answer(match said {
                    Some(Stage::TooLate(value)) => Answer::Ready(value),
                    Some(_) => {
                        // It did say so; the cancel came first.
                        Post::<E>::cancelled(self);
                        Answer::Cancelled
                    }
                    None => Answer::ExitedEarly,
                });
            }
            Err(TaskError::Cancelled) => self.answer(Answer::Cancelled),
            // Has been told.
            Err(TaskError::Failed | TaskError::Panicked) => {}
        }
        Ok(None)
    }
}

impl<V: Send + 'static, E: Send + 'static> HandOver<V> for StartCell<V, E> {
    fn hand_over(self: Arc<Self>, value: V) {
        let handed = tree::hand_over(&self.as_node(), &self.seat);
        let (unwanted, starter) = {
            let mut state = self.state();
            if let Stage::Waiting = state.stage {
                state.stage = if handed {
                    Stage::Answered(Answer::Ready(value))
                } else {
                    Stage::TooLate(value)
                };
                (None, handed.then(|| state.starter.take()).flatten())
            } else {
                (Some(value), None)
            }
        };
        drop(unwanted);
        if let Some(starter) = starter {
            wakers::wake(starter);
        }
        if handed {
            self.hold.land();
        }
    }
}
