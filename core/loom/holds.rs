//! Holds that end elsewhere, and groups that their last child closes.

use std::{sync::Arc, task::Waker};

use anyrt_core::tree::{self, Branch, Deadline, Kind, Node, NodeRef, Reason};
use loom::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    thread,
};

use crate::explore;

fn under(parent: &NodeRef, kind: Kind) -> NodeRef {
    let kid: NodeRef = Arc::new(Node::new(kind, Deadline::Never));
    tree::attach(&kid, parent).expect("the parent is open");
    kid
}

/// A function returns while two regions, one inside the other, are polled: neither drops its body before that has taken
/// the outcome.
#[test]
fn return_against_look() {
    explore(|| {
        let outer: NodeRef = Arc::new(Node::new(Kind::Scope, Deadline::Never));
        let inner = under(&outer, Kind::Scope);
        let call = under(&inner, Kind::Scope);
        tree::hold(&call);
        tree::cancel(&outer, Reason::Explicit);
        let stored = Arc::new(AtomicBool::new(false));
        let worker = {
            let (call, stored) = (Arc::clone(&call), Arc::clone(&stored));
            thread::spawn(move || {
                stored.store(true, Relaxed);
                tree::land(&call);
            })
        };
        outer.node().begin_poll();
        inner.node().begin_poll();
        let taken = stored.load(Relaxed);
        for region in [&inner, &outer] {
            let drops = region.node().look(Waker::noop()).must_drop();
            assert!(taken || !drops, "dropped before it has taken the outcome");
        }
        worker.join().unwrap();
        // What has landed by now is taken in the next poll, after which nothing is waited for.
        for region in [&outer, &inner] {
            region.node().begin_poll();
            assert!(region.node().look(Waker::noop()).must_drop());
        }
        tree::detach(&call);
        tree::detach(&inner);
    });
}

/// The children node of a group, which counts how often it was closed by its last child.
struct Group {
    node: Node,
    emptied: AtomicUsize,
}

impl Branch for Group {
    fn node(&self) -> &Node {
        &self.node
    }

    fn emptied(&self) {
        assert!(self.node.is_closed());
        self.emptied.fetch_add(1, Relaxed);
    }
}

/// A child is spawned while the last one leaves a group whose body has ended: it is refused, or keeps the group open.
#[test]
fn spawn_against_last_leave() {
    explore(|| {
        let group = Arc::new(Group {
            node: Node::new(Kind::Children, Deadline::Never),
            emptied: AtomicUsize::new(0),
        });
        let children: NodeRef = Arc::clone(&group) as NodeRef;
        let last = under(&children, Kind::Task);
        assert!(!group.node.close_when_empty(Waker::noop()));
        let leaver = thread::spawn(move || tree::detach(&last));
        let late: NodeRef = Arc::new(Node::new(Kind::Task, Deadline::Never));
        let admitted = tree::attach(&late, &children).is_ok();
        leaver.join().unwrap();
        assert_eq!(group.emptied.load(Relaxed), usize::from(!admitted));
        assert_eq!(group.node.is_closed(), !admitted);
        if admitted {
            tree::detach(&late);
            assert_eq!(group.emptied.load(Relaxed), 1);
        }
    });
}
