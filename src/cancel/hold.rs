//! What keeps a cancelled scope waiting.

use std::{panic::Location, sync::Arc};

use anyrt_core::{
    Shared,
    tree::{self, Holder, HolderKind, NodeRef},
};

/// The hold of one operation: keeps the regions around a node from dropping their bodies, from when it is placed until
/// it is released or dropped, and says who does.
pub(crate) struct Hold(State);

enum State {
    /// Not placed; who would place it.
    Free(Holder),
    Placed(Placed),
}

struct Placed {
    node: NodeRef,
    counted: Option<Arc<Shared>>,
}

impl Hold {
    /// A hold that is not placed yet, of an operation that was called at `place`.
    pub(crate) const fn new(kind: HolderKind, place: &'static Location<'static>) -> Self {
        Self(State::Free(Holder { kind, place }))
    }

    /// Who would place it, while it is not placed.
    pub(crate) fn holder(&self) -> Option<Holder> {
        match self.0 {
            State::Free(holder) => Some(holder),
            State::Placed(_) => None,
        }
    }

    /// Places the hold, if it is not placed already.
    pub(crate) fn place(&mut self, node: &NodeRef) {
        let State::Free(holder) = self.0 else { return };
        tree::hold(node);
        node.node().set_holder(Some(holder));
        let counted = crate::runtime::with(|_, shared| Arc::clone(shared)).ok();
        if let Some(shared) = &counted {
            shared.counts().holds.up();
        }
        self.0 = State::Placed(Placed {
            node: Arc::clone(node),
            counted,
        });
    }

    /// Says what the operation waits for before it holds anything.
    pub(crate) fn waits_for(&self, kind: HolderKind, node: &NodeRef) {
        if let State::Free(Holder { place, .. }) = self.0 {
            node.node().set_holder(Some(Holder { kind, place }));
        }
    }

    /// Takes the hold back, if it is placed. It can be placed again.
    pub(crate) fn release(&mut self) {
        let State::Placed(placed) = &self.0 else {
            return;
        };
        if let Some(holder) = placed.node.node().set_holder(None) {
            self.0 = State::Free(holder);
        }
    }
}

impl Drop for Placed {
    fn drop(&mut self) {
        // The name may stay: it is read only while something holds.
        tree::release(&self.node);
        if let Some(shared) = &self.counted {
            shared.counts().holds.down();
        }
    }
}
