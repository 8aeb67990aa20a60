//! What a worker thread knows of the call whose function it runs.

use std::{
    cell::RefCell,
    convert::Infallible,
    future::Future,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Waker,
};

use anyrt_core::{
    Runtime,
    context::{self, Snapshot},
    limiter::{Limiter, Loan},
    tree::{self, Deadline, Kind, Node, NodeRef, Reason},
};

use super::lending;
use crate::{
    runtime::{self, AnyBackend},
    task::{self, Always, Fate, Identity, Members, Payload, TaskHandle},
};

/// A call to a worker thread, as its function may use it.
pub(super) struct Caller {
    runtime: Arc<Runtime>,
    handle: AnyBackend,
    /// The call's own, below the scopes around it.
    node: NodeRef,
    /// Whose token it has.
    limiter: Arc<Limiter>,
    /// The context variables where the call was first polled.
    values: Snapshot,
    audience: Mutex<Audience>,
}

/// Who waits for what the function of a call has the runtime do.
enum Audience {
    /// The scopes around the call; the node is that of what runs at the moment.
    Caller(Option<NodeRef>),
    /// The call has been abandoned: the group that was around it, if there was one.
    Group(Option<NodeRef>),
}

/// What the function has the runtime do, in a group below the call; its end takes the group out of the tree.
///
/// The call's token is lent on meanwhile.
pub(super) struct Tasks<'a> {
    loan: Loan,
    caller: &'a Caller,
    members: Arc<Members<Infallible>>,
}

thread_local! {
    static CALLER: RefCell<Option<Arc<Caller>>> = const { RefCell::new(None) };
}

impl Caller {
    pub(super) fn new(
        runtime: &Arc<Runtime>,
        handle: &AnyBackend,
        node: &NodeRef,
        limiter: &Arc<Limiter>,
    ) -> Arc<Self> {
        Arc::new(Self {
            limiter: Arc::clone(limiter),
            runtime: Arc::clone(runtime),
            handle: handle.clone(),
            node: Arc::clone(node),
            values: Snapshot::current(),
            audience: Mutex::new(Audience::Caller(None)),
        })
    }

    /// The call whose function this thread runs.
    pub(super) fn current() -> Option<Arc<Self>> {
        // In the destructors of a thread that ends there may be none any more.
        CALLER
            .try_with(|caller| caller.borrow().clone())
            .ok()
            .flatten()
    }

    /// Runs the function of the call, where the call was made: in its scopes, on its runtime.
    pub(super) fn run<R>(self: &Arc<Self>, function: impl FnOnce() -> R) -> R {
        struct Restored(Option<Arc<Caller>>);
        impl Drop for Restored {
            fn drop(&mut self) {
                let before = self.0.take();
                let _ = CALLER.try_with(|caller| caller.replace(before));
            }
        }
        let _restored = Restored(CALLER.replace(Some(Arc::clone(self))));
        self.values
            .enter(|| context::enter_call(&self.node, &self.runtime, function))
    }

    pub(super) fn runtime(&self) -> &Arc<Runtime> {
        &self.runtime
    }

    pub(super) fn handle(&self) -> &AnyBackend {
        &self.handle
    }

    /// Why the call is cancelled, if it is.
    pub(super) fn cancelled(&self) -> Option<Reason> {
        let node = self.node.node();
        node.is_cancelled().then(|| self.reason())
    }

    /// The reason to give where something did not come to its end: of a cancel, or that the runtime has gone.
    pub(super) fn reason(&self) -> Reason {
        tree::effective_reason(&self.node).unwrap_or(Reason::Shutdown)
    }

    /// Nobody waits for the function any more; but for the tasks that it has running, the group around the call does.
    pub(super) fn abandon(&self) {
        tree::cancel(&self.node, Reason::Explicit);
        let group = tree::group_around(&self.node);
        let left = mem::replace(&mut *self.audience(), Audience::Group(group.clone()));
        if let Audience::Caller(Some(running)) = left {
            self.give_away(&running, group);
        }
    }

    /// Opens a group for what the function has the runtime do next. Somebody waits for it, whatever becomes of the call.
    pub(super) fn open(&self) -> Tasks<'_> {
        let outer: NodeRef = Arc::new(Node::new(Kind::Part, Deadline::Never));
        // The node of a call is never closed.
        let _ = tree::attach(&outer, &self.node);
        let abandoned = match &mut *self.audience() {
            Audience::Caller(running) => {
                *running = Some(Arc::clone(&outer));
                None
            }
            Audience::Group(group) => Some(group.clone()),
        };
        if let Some(group) = abandoned {
            self.give_away(&outer, group);
        }
        let fate = Fate::new(&outer, Reason::SiblingFailed, None);
        let attached = (Arc::clone(&self.runtime), self.handle.clone());
        Tasks {
            loan: self.limiter.lend(),
            caller: self,
            members: Members::new(attached, fate),
        }
    }

    /// Cancels what an abandoned function has running, and has `group`, or the run, wait for it (rule C10).
    fn give_away(&self, running: &NodeRef, group: Option<NodeRef>) {
        tree::cancel(running, Reason::Explicit);
        let adopter = group.and_then(|group| tree::adopt_from(running, group));
        if let (None, Some(run)) = (adopter, runtime::root_of_run(&self.runtime)) {
            tree::adopt_from(running, Arc::clone(run));
        }
    }

    fn audience(&self) -> MutexGuard<'_, Audience> {
        self.audience.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tasks<'_> {
    /// Starts a task.
    pub(super) fn spawn<Fut>(&self, identity: Identity, future: Fut) -> TaskHandle<Fut::Output>
    where
        Fut: Future + Send + 'static,
        Fut::Output: Send + 'static,
    {
        lending::with_lender(&self.loan)
            .enter(|| task::spawn(&self.members, Kind::Task, identity, Always::new(future)))
    }

    /// Whether nothing is left: the task has gone, and what it had left behind.
    pub(super) fn are_gone(&self, waker: &Waker) -> bool {
        self.members.close_if_done(waker)
    }

    /// The first panic among them.
    pub(super) fn take_panic(&self) -> Option<Payload> {
        self.members.take_failures().panic
    }
}

impl Drop for Tasks<'_> {
    fn drop(&mut self) {
        let running = match &mut *self.caller.audience() {
            Audience::Caller(running) => running.take(),
            Audience::Group(_) => None,
        };
        drop(running);
        self.members.retire();
        tree::detach(self.members.outer());
    }
}
