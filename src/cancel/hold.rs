//! What keeps a cancelled scope waiting.

use std::{
    mem,
    panic::Location,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyrt_core::{
    Shared, context,
    tree::{self, Holder, HolderKind, NodeRef},
};

/// The hold of one operation: keeps the regions around a node from dropping their bodies, from when it is placed until
/// it is released or dropped, and says who does.
pub(crate) struct Hold(State);

enum State {
    /// Not placed; who would place it.
    Free(Holder),
    Placed(Placed),
    /// Placed, and in the hands of those who do the work.
    Lent(Holder),
}

struct Placed {
    node: NodeRef,
    counted: Option<Arc<Shared>>,
    /// Whether the work is done, and its outcome stored.
    landed: bool,
}

impl Hold {
    /// A hold that is not placed yet, of an operation that was called at `place`.
    pub(crate) const fn new(kind: HolderKind, place: &'static Location<'static>) -> Self {
        Self(State::Free(Holder::new(kind, place)))
    }

    /// Who would place it, while it is not placed.
    pub(crate) fn holder(&self) -> Option<Holder> {
        match self.0 {
            State::Free(holder) | State::Lent(holder) => Some(holder),
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
            landed: false,
        });
    }

    /// Says what the operation waits for before it holds anything.
    pub(crate) fn waits_for(&self, kind: HolderKind, node: &NodeRef) {
        if let State::Free(holder) = self.0 {
            node.node()
                .set_holder(Some(Holder::new(kind, holder.place)));
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

    /// Lends the hold, if it is placed, to those who do the work: it ends when they say so, whoever polls the operation.
    pub(crate) fn lend(&mut self, to: &LentHold) {
        let State::Placed(placed) = &self.0 else {
            return;
        };
        if let Some(holder) = placed.node.node().placed_holder() {
            if let State::Placed(placed) = mem::replace(&mut self.0, State::Lent(holder)) {
                to.put(placed);
            }
        }
    }

    /// Takes the hold back, wherever it is. It can be placed again.
    pub(crate) fn take_back(&mut self, from: &LentHold) {
        self.release();
        if let State::Lent(holder) = self.0 {
            from.take_back();
            // The regions around may hear of its end only now, or have heard in this poll.
            if let Some(around) = context::existing_node() {
                tree::take_outcome(&around);
            }
            self.0 = State::Free(holder);
        }
    }
}

impl Placed {
    fn land(mut self) {
        self.landed = true;
    }
}

/// A hold in the hands of those who do the work.
#[derive(Default)]
pub(crate) struct LentHold(Mutex<Loan>);

#[derive(Default)]
enum Loan {
    /// Not lent yet, or taken back.
    #[default]
    None,
    Placed(Placed),
    /// The work was done before: a hold that is lent now ends at once.
    Landed,
}

impl LentHold {
    /// The work is done: the outcome is stored, and the operation woken. From now on nothing is held for it.
    pub(crate) fn land(&self) {
        let loan = mem::replace(&mut *self.loan(), Loan::Landed);
        if let Loan::Placed(placed) = loan {
            placed.land();
        }
    }

    /// The operation has its outcome, or is dropped, and ends the hold itself, if it has not ended.
    pub(crate) fn take_back(&self) {
        let taken = match &mut *self.loan() {
            Loan::Landed => None,
            loan => Some(mem::take(loan)),
        };
        drop(taken);
    }

    fn put(&self, placed: Placed) {
        let surplus = match &mut *self.loan() {
            Loan::Landed => Some(placed),
            loan => {
                *loan = Loan::Placed(placed);
                None
            }
        };
        if let Some(placed) = surplus {
            placed.land();
        }
    }

    fn loan(&self) -> MutexGuard<'_, Loan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Placed {
    fn drop(&mut self) {
        // The name may stay: it is read only while something holds.
        if self.landed {
            tree::land(&self.node);
        } else {
            tree::release(&self.node);
        }
        if let Some(shared) = &self.counted {
            shared.counts().holds.down();
        }
    }
}
