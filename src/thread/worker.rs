//! What a worker thread knows of the call whose function it runs.

use std::{
    cell::RefCell,
    convert::Infallible,
    sync::{Arc, OnceLock},
};

use anyrt_core::{
    Runtime,
    context::{self, Snapshot},
    tree::{self, NodeRef, Reason},
};

use crate::{
    runtime::AnyBackend,
    task::{Fate, Members},
};

/// A call to a worker thread, as its function may use it.
pub(super) struct Caller {
    runtime: Arc<Runtime>,
    handle: AnyBackend,
    /// The call's own, below the scopes around it.
    node: NodeRef,
    /// What its function has the runtime do; made when that is first asked for.
    members: OnceLock<Arc<Members<Infallible>>>,
    /// The context variables where the call was first polled.
    values: Snapshot,
}

thread_local! {
    static CALLER: RefCell<Option<Arc<Caller>>> = const { RefCell::new(None) };
}

impl Caller {
    pub(super) fn new(runtime: &Arc<Runtime>, handle: &AnyBackend, node: &NodeRef) -> Arc<Self> {
        Arc::new(Self {
            runtime: Arc::clone(runtime),
            handle: handle.clone(),
            node: Arc::clone(node),
            members: OnceLock::new(),
            values: Snapshot::current(),
        })
    }

    /// The call whose function this thread runs.
    pub(super) fn current() -> Option<Arc<Self>> {
        CALLER.with_borrow(Clone::clone)
    }

    /// Runs the function of the call, where the call was made: in its scopes, on its runtime.
    pub(super) fn run<R>(self: &Arc<Self>, function: impl FnOnce() -> R) -> R {
        struct Restored(Option<Arc<Caller>>);
        impl Drop for Restored {
            fn drop(&mut self) {
                CALLER.set(self.0.take());
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

    /// Nobody waits for the function any more.
    pub(super) fn abandon(&self) {
        tree::cancel(&self.node, Reason::Explicit);
    }

    /// The tasks of the function, below the call.
    pub(super) fn members(&self) -> &Arc<Members<Infallible>> {
        self.members.get_or_init(|| {
            let fate = Fate::new(&self.node, Reason::SiblingFailed, None);
            Members::new((Arc::clone(&self.runtime), self.handle.clone()), fate)
        })
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        if let Some(members) = self.members.get() {
            members.retire();
        }
    }
}
