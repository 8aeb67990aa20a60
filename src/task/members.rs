//! What the members of a group share: their place in the tree, and what became of them.

use std::{
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use anyrt_core::{
    Runtime,
    tree::{self, Closed, NodeRef, Reason},
};

pub(crate) use crate::payload::forget_panic;
use crate::{payload::Payload, runtime::AnyBackend};

/// The shared part of a group.
///
/// Three nodes make a group: *outer*, under the scope around it; below that *body* and *children*. A
/// failure cancels the first, the group's handle the third.
pub(crate) struct Members<E> {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) handle: AnyBackend,
    pub(crate) outer: NodeRef,
    pub(crate) children: NodeRef,
    /// Why the others are cancelled when one member fails.
    reason: Reason,
    failures: Mutex<Failures<E>>,
    spawned: AtomicUsize,
    peak: AtomicUsize,
}

/// What has gone wrong so far.
pub(crate) struct Failures<E> {
    pub(crate) errors: Vec<E>,
    pub(crate) panic: Option<Payload>,
}

impl<E> Members<E> {
    pub(crate) fn new(
        (runtime, handle): (Arc<Runtime>, AnyBackend),
        outer: NodeRef,
        children: NodeRef,
        reason: Reason,
    ) -> Arc<Self> {
        Arc::new(Self {
            runtime,
            handle,
            outer,
            children,
            reason,
            failures: Mutex::new(Failures {
                errors: Vec::new(),
                panic: None,
            }),
            spawned: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
        })
    }

    /// Takes in a child's node, unless the group is closed.
    pub(crate) fn admit(&self, child: &NodeRef) -> Result<(), Closed> {
        let alive = tree::attach(child, &self.children)?;
        self.spawned.fetch_add(1, Ordering::Relaxed);
        self.peak.fetch_max(alive, Ordering::Relaxed);
        Ok(())
    }

    /// Keeps an error, and cancels the other members.
    pub(crate) fn failed(&self, error: E) {
        self.failures().errors.push(error);
        tree::cancel(&self.outer, self.reason);
    }

    /// Keeps the first panic, and cancels the other members.
    pub(crate) fn panicked(&self, payload: Payload) {
        let dropped = {
            let mut failures = self.failures();
            if failures.panic.is_none() {
                failures.panic = Some(payload);
                None
            } else {
                Some(payload)
            }
        };
        forget_panic(dropped);
        tree::cancel(&self.outer, self.reason);
    }

    /// Takes out what has gone wrong.
    pub(crate) fn take_failures(&self) -> Failures<E> {
        let mut failures = self.failures();
        Failures {
            errors: mem::take(&mut failures.errors),
            panic: failures.panic.take(),
        }
    }

    pub(crate) fn spawned(&self) -> usize {
        self.spawned.load(Ordering::Relaxed)
    }

    pub(crate) fn peak(&self) -> usize {
        self.peak.load(Ordering::Relaxed)
    }

    fn failures(&self) -> MutexGuard<'_, Failures<E>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
