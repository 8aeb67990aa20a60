//! What the handles of a group share with its future: the children on their way there.

use std::{
    mem,
    ops::ControlFlow,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Waker},
};

use anyrt_core::{
    tree::{self, Deadline, Kind, Node, NodeRef, Reason},
    unhandled,
};

use crate::{
    task::{GroupStatistics, wakers::look_or_leave},
    trace,
};

/// The children that were spawned and not taken in yet.
pub(super) struct Arrivals<J> {
    /// The node that all children are below.
    children: NodeRef,
    state: Mutex<State<J>>,
}

struct State<J> {
    waiting: Vec<Arrival<J>>,
    /// Spawned, and not gone.
    statistics: GroupStatistics,
    closed: bool,
    /// The group looks here before it rests: no need to wake it.
    awake: bool,
    /// The task that polls the group.
    task: Option<Waker>,
}

/// A child that has not been polled.
pub(super) struct Arrival<J> {
    pub(super) node: NodeRef,
    pub(super) child: J,
}

impl<J> Arrivals<J> {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            children: Arc::new(Node::new(Kind::Part, Deadline::Never)),
            state: Mutex::new(State {
                waiting: Vec::new(),
                statistics: GroupStatistics::default(),
                closed: false,
                awake: true,
                task: None,
            }),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State<J>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The node that all children are below.
    pub(super) fn children(&self) -> &NodeRef {
        &self.children
    }

    pub(super) fn cancel(&self) {
        if tree::cancel(&self.children, Reason::Explicit) {
            trace::cancelled("group", Reason::Explicit);
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    pub(super) fn statistics(&self) -> GroupStatistics {
        self.lock().statistics
    }

    /// Adds a child, and wakes the group if it rests. A group that is closed drops it; false then.
    pub(super) fn push(&self, arrival: Arrival<J>) -> bool {
        let (refused, task) = {
            let mut state = self.lock();
            if state.closed {
                state.statistics.refused += 1;
                (Some(arrival), None)
            } else {
                state.waiting.push(arrival);
                let statistics = &mut state.statistics;
                statistics.spawned += 1;
                statistics.alive += 1;
                statistics.peak = statistics.peak.max(statistics.alive);
                let rested = !mem::replace(&mut state.awake, true);
                // Taken, for a clone would be made under the lock; the group leaves it again when it rests.
                (None, rested.then(|| state.task.take()).flatten())
            }
        };
        task.into_iter().for_each(unhandled::wake);
        let is_admitted = refused.is_none();
        drop(refused);
        is_admitted
    }

    /// The group is being polled.
    pub(super) fn begin(&self) {
        self.lock().awake = true;
    }

    /// Takes out those that have come.
    pub(super) fn take(&self) -> Vec<Arrival<J>> {
        mem::take(&mut self.lock().waiting)
    }

    /// A child is gone.
    pub(super) fn leave(&self) {
        self.lock().statistics.alive -= 1;
    }

    /// A child, or the body, was cut (rule T6).
    pub(super) fn count_cut(&self) {
        self.lock().statistics.cut += 1;
    }

    /// Ends a poll of the group, which is woken at once if a child has come meanwhile.
    pub(super) fn rest(&self, cx: &Context<'_>) {
        let come = look_or_leave(&self.state, cx, |state| {
            state.awake = !state.waiting.is_empty();
            if state.awake {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(&mut state.task)
            }
        });
        if come.is_ready() {
            cx.waker().wake_by_ref();
        }
    }

    /// Refuses children from now on, unless some have come that were not taken out.
    pub(super) fn close_if_empty(&self) -> bool {
        let mut state = self.lock();
        state.closed |= state.waiting.is_empty();
        state.closed
    }

    /// Refuses children from now on; returns those that nobody will take in.
    pub(super) fn close(&self) -> Vec<Arrival<J>> {
        let (waiting, task) = {
            let mut state = self.lock();
            state.closed = true;
            state.statistics.alive = 0;
            (mem::take(&mut state.waiting), state.task.take())
        };
        task.into_iter().for_each(unhandled::discard);
        waiting
    }
}
