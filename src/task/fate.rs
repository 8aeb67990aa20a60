//! The children node of a group: where its panic is kept, or sent on when the group is gone.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use anyrt_core::tree::{self, Activity, Branch, Deadline, Kind, Label, Node, NodeRef, Reason};

use super::{child::Place, handle::Payload, members::forget_panic, unhandled};
use crate::{cancel::LentHold, trace};

/// The node that a group's children are below, and the first panic among them.
pub(crate) struct Fate {
    node: Node,
    /// Where the group was opened; the root of a run was not.
    place: Option<Place>,
    /// What a panic cancels, and why.
    outer: NodeRef,
    reason: Reason,
    panic: Mutex<Option<Payload>>,
    /// The group's, once its body has ended.
    hold: LentHold,
    orphaned: OnceLock<Option<NodeRef>>,
}

impl Branch for Fate {
    fn node(&self) -> &Node {
        &self.node
    }

    fn label(&self) -> Option<Label<'_>> {
        self.place.map(|place| Label {
            name: None,
            place,
            activity: Activity::Group,
        })
    }

    fn emptied(&self) {
        self.hold.land();
    }

    fn fail(&self, payload: Payload) -> Result<(), Payload> {
        let surplus = {
            let mut panic = self.panic();
            if let Some(adopter) = self.orphaned.get() {
                drop(panic);
                unhandled::pass_on(adopter.as_ref(), payload);
                return Ok(());
            }
            match *panic {
                None => {
                    *panic = Some(payload);
                    None
                }
                Some(_) => Some(payload),
            }
        };
        forget_panic(surplus);
        self.cancel_all();
        Ok(())
    }
}

impl Fate {
    /// The children node of a group whose outer node is `outer`, which it is put under.
    pub(crate) fn new(outer: &NodeRef, reason: Reason, place: Option<Place>) -> Arc<Self> {
        let fate = Arc::new(Self {
            node: Node::new(Kind::Children, Deadline::Never),
            place,
            outer: Arc::clone(outer),
            reason,
            panic: Mutex::new(None),
            hold: LentHold::default(),
            orphaned: OnceLock::new(),
        });
        let node: NodeRef = Arc::clone(&fate) as NodeRef;
        // A group's outer node is open as long as the group is.
        let _ = tree::attach(&node, outer);
        fate
    }

    pub(super) fn hold(&self) -> &LentHold {
        &self.hold
    }

    pub(super) fn outer(&self) -> &NodeRef {
        &self.outer
    }

    /// Cancels everything in the group because a member failed.
    pub(super) fn cancel_all(&self) {
        if tree::cancel(&self.outer, self.reason) {
            trace::cancelled("group", self.reason);
        }
    }

    /// The first panic.
    pub(super) fn take_panic(&self) -> Option<Payload> {
        self.panic().take()
    }

    /// Nobody waits for the group any more, except `adopter`. What has panicked so far goes there, and
    /// what panics from now on.
    pub(super) fn orphan(&self, adopter: Option<NodeRef>) {
        let payload = {
            let mut panic = self.panic();
            let _ = self.orphaned.set(adopter.clone());
            panic.take()
        };
        if let Some(payload) = payload {
            unhandled::pass_on(adopter.as_ref(), payload);
        }
    }

    pub(super) fn is_orphaned(&self) -> bool {
        self.orphaned.get().is_some()
    }

    fn panic(&self) -> MutexGuard<'_, Option<Payload>> {
        self.panic.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
