//! Wakers that use the tree, when they are woken and when they are dropped: no lock may be held then.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::{Wake, Waker},
};

use anyrt_core::tree::{self, Deadline, Kind, NodeRef, Reason};

use crate::{Sleeper, node, scope, shield, under};

/// Touches every lock of the nodes given.
struct Reenter {
    nodes: Vec<NodeRef>,
    entered: Arc<AtomicUsize>,
}

impl Reenter {
    fn enter(&self) {
        for node in &self.nodes {
            tree::cancel(node, Reason::Shutdown);
            tree::hold(node);
            tree::release(node);
            node.node().children();
            node.node().set_deadline(Deadline::Never);
        }
        self.entered.fetch_add(1, SeqCst);
    }
}

impl Wake for Reenter {
    fn wake(self: Arc<Self>) {
        self.enter();
    }
}

impl Drop for Reenter {
    fn drop(&mut self) {
        self.enter();
    }
}

fn reenter(nodes: &[&NodeRef]) -> (Waker, Arc<AtomicUsize>) {
    let entered = Arc::new(AtomicUsize::new(0));
    let waker = Waker::from(Arc::new(Reenter {
        nodes: nodes.iter().copied().cloned().collect(),
        entered: Arc::clone(&entered),
    }));
    (waker, entered)
}

/// The node keeps the only waker from here on.
fn sleep(at: &NodeRef, nodes: &[&NodeRef]) -> Arc<AtomicUsize> {
    let (waker, entered) = reenter(nodes);
    at.node().look(&waker);
    entered
}

#[test]
fn during_a_cancel() {
    let root = scope();
    let (child, shield) = (under(&root, scope()), under(&root, shield()));
    let nodes = [&root, &child, &shield];
    let entered = nodes.map(|at| sleep(at, &nodes));
    tree::cancel(&root, Reason::Explicit);
    assert_eq!(entered.map(|entered| entered.load(SeqCst)), [2; 3]);
    assert_eq!(root.node().own_reason(), Some(Reason::Explicit));
}

#[test]
fn during_a_release() {
    let root = scope();
    let child = under(&root, scope());
    tree::hold(&child);
    tree::cancel(&root, Reason::Explicit);
    let entered = sleep(&root, &[&root, &child]);
    tree::release(&child);
    assert_eq!(entered.load(SeqCst), 2);
}

#[test]
fn during_the_last_detach() {
    let group = node(Kind::Children);
    let child = under(&group, scope());
    let (waker, entered) = reenter(&[&group, &child]);
    assert!(!group.node().close_if_empty(&waker));
    drop(waker);
    tree::detach(&child);
    assert_eq!(entered.load(SeqCst), 2);
}

#[test]
fn during_a_change_of_deadline() {
    let root = scope();
    let entered = sleep(&root, &[&root]);
    root.node().set_deadline(Deadline::Never);
    assert_eq!(entered.load(SeqCst), 2);
}

#[test]
fn when_replaced() {
    let root = scope();
    let group = node(Kind::Children);
    under(&group, scope());
    let at_root = sleep(&root, &[&root, &group]);
    root.node().look(Waker::noop());
    assert_eq!(at_root.load(SeqCst), 1);

    let (waker, at_group) = reenter(&[&root, &group]);
    assert!(!group.node().close_if_empty(&waker));
    drop(waker);
    assert!(!group.node().close_if_empty(Waker::noop()));
    assert_eq!(at_group.load(SeqCst), 1);
}

/// Panics when it is woken.
struct Panics;

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        panic!("expected: a waker panics");
    }
}

#[test]
fn one_that_panics_keeps_no_other_from_being_woken() {
    static TOLD: AtomicUsize = AtomicUsize::new(0);
    anyrt_core::unhandled::set_hook(|payload| {
        drop(payload);
        TOLD.fetch_add(1, SeqCst);
    });
    let root = scope();
    root.node().look(&Waker::from(Arc::new(Panics)));
    let kids = [under(&root, scope()), under(&root, scope())];
    kids[0].node().look(&Waker::from(Arc::new(Panics)));
    let sleeper = Sleeper::at(&kids[1]);
    tree::cancel(&root, Reason::Explicit);
    assert_eq!(sleeper.wakes(), 1);

    let group = node(Kind::Children);
    let child = under(&group, scope());
    assert!(!group.node().close_if_empty(&Waker::from(Arc::new(Panics))));
    tree::detach(&child);

    let moved = scope();
    moved.node().look(&Waker::from(Arc::new(Panics)));
    moved.node().set_deadline(Deadline::Never);
    assert_eq!(TOLD.load(SeqCst), 4);
}
