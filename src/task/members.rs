//! What the members of a group share: their place in the tree, and what became of them.

use std::{
    mem,
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
};

use anyrt_core::{
    Runtime,
    tree::{self, Branch, Closed, NodeRef, Reason},
};

use super::{child::Place, fate::Fate, group::GroupStatistics, shutdown::Grace, unhandled};
pub(crate) use crate::payload::forget_panic;
use crate::{
    cancel::LentHold,
    payload::Payload,
    runtime::{AnyBackend, Timer},
    trace,
};

/// The shared part of a group.
///
/// Three nodes make a group: *outer*, under the scope around it; below that *children* (first, so that an orphan
/// finds it) and *body*. A failure cancels the first, the group's handle the second.
pub(crate) struct Members<E> {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) handle: AnyBackend,
    fate: Arc<Fate>,
    /// The same, as the tree knows it.
    children: NodeRef,
    errors: Mutex<Vec<Raised<E>>>,
    /// How to report an error when nobody is left to return it to; known once there is a child.
    report: OnceLock<Report<E>>,
    spawned: AtomicUsize,
    peak: AtomicUsize,
    cut: AtomicUsize,
    refused: AtomicUsize,
    /// There is one once the group was asked to come to an end.
    grace: OnceLock<Box<Grace>>,
}

type Report<E> = fn(E, Option<Place>);

/// An error, and where the task was spawned that raised it; `None` for the body.
struct Raised<E> {
    error: E,
    place: Option<Place>,
}

/// What has gone wrong so far.
pub(crate) struct Failures<E> {
    pub(crate) errors: Vec<E>,
    pub(crate) panic: Option<Payload>,
}

impl<E> Failures<E> {
    /// Whether nothing has.
    pub(super) fn is_none(&self) -> bool {
        self.panic.is_none() && self.errors.is_empty()
    }
}

impl<E> Members<E> {
    pub(crate) fn new((runtime, handle): (Arc<Runtime>, AnyBackend), fate: Arc<Fate>) -> Arc<Self> {
        Arc::new(Self {
            runtime,
            handle,
            children: Arc::clone(&fate) as NodeRef,
            fate,
            errors: Mutex::new(Vec::new()),
            report: OnceLock::new(),
            spawned: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            cut: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
            grace: OnceLock::new(),
        })
    }

    /// The runtime that the group is on.
    pub(crate) fn handle(&self) -> &AnyBackend {
        &self.handle
    }

    /// The node around body and children.
    pub(crate) fn outer(&self) -> &NodeRef {
        self.fate.outer()
    }

    /// The node that the children are below.
    pub(crate) fn children(&self) -> &NodeRef {
        &self.children
    }

    /// Keeps an error of the body, and cancels the other members.
    pub(crate) fn body_failed(&self, error: E) {
        self.errors().push(Raised { error, place: None });
        self.fate.cancel_all();
    }

    /// Keeps the first panic, and cancels the other members.
    pub(crate) fn panicked(&self, payload: Payload) {
        // A group's children node takes every panic.
        let _ = self.fate.fail(payload);
    }

    /// Cancels the children, present and future.
    pub(crate) fn cancel(&self) {
        if tree::cancel(&self.children, Reason::Explicit) {
            trace::cancelled("group", Reason::Explicit);
        }
    }

    /// Closes the group if no child is left. If only daemons are, ends them; they still have to be waited for.
    pub(crate) fn close_if_done(&self, waker: &Waker) -> bool {
        let done = self.children.node().close_if_empty(waker);
        self.end_daemons(done);
        done
    }

    /// Like [`close_if_done`](Members::close_if_done), once the body has ended: the last child closes the group when it goes, and
    /// ends the hold that was lent to it.
    pub(crate) fn close_when_done(&self, waker: &Waker) -> bool {
        let done = self.children.node().close_when_empty(waker);
        self.end_daemons(done);
        done
    }

    fn end_daemons(&self, done: bool) {
        if !done && self.children.node().daemons() > 0 {
            // Wakes whoever was registered just now, who looks again.
            tree::cancel_daemons(&self.children, Reason::Explicit);
        }
    }

    /// Where the group's hold is lent to.
    pub(crate) fn hold(&self) -> &LentHold {
        self.fate.hold()
    }

    /// Takes out what has gone wrong.
    pub(crate) fn take_failures(&self) -> Failures<E> {
        let raised = mem::take(&mut *self.errors());
        Failures {
            errors: raised.into_iter().map(|raised| raised.error).collect(),
            panic: self.fate.take_panic(),
        }
    }

    /// The body, or a child that is no daemon, was cut (rule T6). Told before the child leaves its group.
    pub(super) fn count_cut(&self) {
        // Ordering: the group looks after the child's node has left the list, which is done under a lock.
        self.cut.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn is_cut(&self) -> bool {
        self.cut.load(Ordering::Relaxed) > 0
    }

    /// Whether the group's runtime has gone: its timers say so, also one that is set to never.
    pub(super) fn is_runtime_gone(&self) -> bool {
        let never = pin!(Timer::new(&self.handle, self.runtime.shared(), None));
        let polled = never.poll_elapsed(&mut Context::from_waker(Waker::noop()));
        matches!(polled, Poll::Ready(Err(_gone)))
    }

    /// The group has returned: its nodes leave the tree.
    pub(crate) fn retire(&self) {
        tree::detach(&self.children);
        self.end_grace();
    }

    /// The end of the group's grace, whether it was given one or not.
    pub(super) fn grace(&self) -> &Grace {
        self.grace.get_or_init(Box::default)
    }

    /// The group is closed: who waits for the end of its grace need not.
    fn end_grace(&self) {
        if let Some(grace) = self.grace.get() {
            grace.group_ended();
        }
    }

    /// Nobody waits for the group any more: the children are cancelled, and whatever is around it waits for them
    /// (rule C10).
    pub(crate) fn abandon(&self) {
        let children = &self.children;
        children.node().close();
        tree::cancel(children, Reason::Explicit);
        tree::cancel(self.outer(), Reason::Explicit);
        let adopter = tree::adopt(children, self.outer());
        if adopter.is_none() {
            tree::detach(children);
        }
        self.fate.orphan(adopter);
        self.end_grace();
        let raised = mem::take(&mut *self.errors());
        for Raised { error, place } in raised {
            match self.report.get() {
                Some(report) => report(error, place),
                // Without a child there is no waiting, and nothing to be dropped in between.
                None => drop(error),
            }
        }
    }

    pub(crate) fn statistics(&self) -> GroupStatistics {
        GroupStatistics {
            spawned: self.spawned.load(Ordering::Relaxed),
            alive: self.children.node().children(),
            daemons: self.children.node().daemons(),
            peak: self.peak.load(Ordering::Relaxed),
            cut: self.cut.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }

    fn errors(&self) -> MutexGuard<'_, Vec<Raised<E>>> {
        self.errors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<E: Send + 'static> Members<E> {
    /// Takes in a child's node, unless the group is closed.
    pub(crate) fn admit(&self, child: &NodeRef) -> Result<(), Closed> {
        let alive = tree::attach(child, &self.children).inspect_err(|_closed| {
            self.refused.fetch_add(1, Ordering::Relaxed);
        })?;
        self.report.get_or_init(|| unhandled::report::<E>);
        self.spawned.fetch_add(1, Ordering::Relaxed);
        if self.peak.load(Ordering::Relaxed) < alive {
            self.peak.fetch_max(alive, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Keeps the error of a child, and cancels the other members.
    pub(crate) fn failed(&self, error: E, place: Place) {
        {
            let mut errors = self.errors();
            // Whoever orphans the group says so first, and takes the errors then.
            if !self.fate.is_orphaned() {
                errors.push(Raised {
                    error,
                    place: Some(place),
                });
                drop(errors);
                self.fate.cancel_all();
                return;
            }
        }
        unhandled::report(error, Some(place));
    }
}
