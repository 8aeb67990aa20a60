//! The cancel tree, one file an event; every step is looked at before the next.

mod attach;
mod cancel;
mod deadline;
mod depth;
mod handover;
mod hold;
mod join;
mod marks;
mod rehome;
mod soft;
mod wakers;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::{Wake, Waker},
};

use anyrt_core::tree::{self, Deadline, Kind, Look, Node, NodeRef};

fn node(kind: Kind) -> NodeRef {
    Arc::new(Node::new(kind, Deadline::Never))
}

fn scope() -> NodeRef {
    node(Kind::Scope)
}

fn shield() -> NodeRef {
    node(Kind::Shield)
}

/// Puts `kid` under `parent`, which must be open.
fn under(parent: &NodeRef, kid: NodeRef) -> NodeRef {
    tree::attach(&kid, parent).expect("the parent is open");
    kid
}

fn look(node: &NodeRef) -> Look {
    node.node().look(Waker::noop())
}

fn must_drop(node: &NodeRef) -> bool {
    look(node).must_drop()
}

/// A region asleep at its node, and how often it was woken.
struct Sleeper(Arc<Wakes>);

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

impl Sleeper {
    fn new() -> Self {
        Self(Arc::default())
    }

    fn at(node: &NodeRef) -> Self {
        let sleeper = Self::new();
        node.node().look(&sleeper.waker());
        sleeper
    }

    fn waker(&self) -> Waker {
        Waker::from(Arc::clone(&self.0))
    }

    fn wakes(&self) -> usize {
        self.0.0.load(SeqCst)
    }
}
