//! What a walk has reached when it wakes: everything, whoever else is walking, coming or moving.

use std::{
    sync::Arc,
    task::{Wake, Waker},
};

use anyrt_core::tree::{self, Deadline, Kind, Node, NodeRef, Reason};
use loom::{
    sync::atomic::{AtomicBool, Ordering::SeqCst},
    thread,
};

use crate::explore;

fn under(parent: &NodeRef) -> NodeRef {
    let kid: NodeRef = Arc::new(Node::new(Kind::Scope, Deadline::Never));
    tree::attach(&kid, parent).expect("the parent is open");
    kid
}

fn top() -> NodeRef {
    Arc::new(Node::new(Kind::Scope, Deadline::Never))
}

fn cancel(node: &NodeRef) {
    tree::cancel(node, Reason::Explicit);
}

/// Looks, when it is woken, whether all of these are cancelled that are in place by then. A panic would reach nobody.
struct Looks {
    nodes: Vec<NodeRef>,
    are_in_place: AtomicBool,
    missed: AtomicBool,
}

impl Wake for Looks {
    fn wake(self: Arc<Self>) {
        if self.are_in_place.load(SeqCst)
            && self.nodes.iter().any(|node| !node.node().is_cancelled())
        {
            self.missed.store(true, SeqCst);
        }
    }
}

impl Looks {
    /// Asleep at a node below `root`.
    fn below(root: &NodeRef, nodes: &[&NodeRef], are_in_place: bool) -> (NodeRef, Arc<Self>) {
        let looks = Arc::new(Self {
            nodes: nodes.iter().copied().cloned().collect(),
            are_in_place: AtomicBool::new(are_in_place),
            missed: AtomicBool::new(false),
        });
        let node = under(root);
        node.node().look(&Waker::from(Arc::clone(&looks)));
        (node, looks)
    }

    fn has_missed(&self) -> bool {
        self.missed.load(SeqCst)
    }
}

/// A cancel comes by where another one has just begun: it wakes nobody before that one has marked everything, or it
/// has done so itself.
#[test]
fn a_cancel_meets_another_one() {
    explore(|| {
        let root = top();
        let middle = under(&root);
        let leaf = under(&middle);
        let (_sleeper, looks) = Looks::below(&root, &[&leaf], true);
        let other = {
            let middle = Arc::clone(&middle);
            thread::spawn(move || cancel(&middle))
        };
        cancel(&root);
        assert!(!looks.has_missed());
        other.join().unwrap();
        assert!(leaf.node().is_cancelled());
    });
}

/// A child that is there when the cancel wakes knows of it, however late it came.
#[test]
fn a_child_comes_during_a_cancel() {
    explore(|| {
        let (root, child) = (top(), top());
        let (_sleeper, looks) = Looks::below(&root, &[&child], false);
        let middle = under(&root);
        let comer = {
            let looks = Arc::clone(&looks);
            thread::spawn(move || {
                tree::attach(&child, &middle).unwrap();
                looks.are_in_place.store(true, SeqCst);
            })
        };
        cancel(&root);
        comer.join().unwrap();
        assert!(!looks.has_missed());
    });
}

/// The same for a region that moves there, with what is below it.
#[test]
fn a_region_moves_in_during_a_cancel() {
    explore(|| {
        let (root, moving) = (top(), top());
        let below = under(&moving);
        let (_sleeper, looks) = Looks::below(&root, &[&moving, &below], false);
        let middle = under(&root);
        let mover = {
            let looks = Arc::clone(&looks);
            thread::spawn(move || {
                tree::rehome(&moving, Some(&middle));
                looks.are_in_place.store(true, SeqCst);
            })
        };
        cancel(&root);
        mover.join().unwrap();
        assert!(!looks.has_missed());
    });
}
