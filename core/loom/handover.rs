//! Handing tasks over, adopting orphans, ending daemons: under contention.

use std::{future::poll_fn, sync::Arc, task::Poll};

use anyrt_core::tree::{self, Deadline, Kind, Node, NodeRef, Reason};
use loom::{future::block_on, thread};

use crate::explore;

fn under(parent: &NodeRef, kind: Kind) -> NodeRef {
    let kid: NodeRef = Arc::new(Node::new(kind, Deadline::Never));
    tree::attach(&kid, parent).expect("the parent is open");
    kid
}

fn top(kind: Kind) -> NodeRef {
    Arc::new(Node::new(kind, Deadline::Never))
}

fn in_thread(node: &NodeRef, act: fn(&NodeRef)) -> thread::JoinHandle<()> {
    let node = Arc::clone(node);
    thread::spawn(move || act(&node))
}

fn cancel(node: &NodeRef) {
    tree::cancel(node, Reason::Explicit);
}

/// Sleeps as a group does, until its last child has gone.
fn join(group: &NodeRef) {
    block_on(poll_fn(|cx| {
        if group.node().close_if_empty(cx.waker()) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }));
}

/// The task's word against a cancel of the scope that it was started in: it is the group's and goes on, or the
/// starter's and cancelled.
#[test]
fn hand_over_against_cancel() {
    explore(|| {
        let (scope, group) = (top(Kind::Scope), top(Kind::Children));
        let (task, seat) = (under(&scope, Kind::Task), under(&group, Kind::Task));
        let canceller = {
            let (scope, task) = (Arc::clone(&scope), Arc::clone(&task));
            thread::spawn(move || {
                cancel(&scope);
                // What a task sees that looks at itself now, and drops its body for.
                task.node().is_cancelled()
            })
        };
        let handed = tree::hand_over(&task, &seat);
        let cancelled = canceller.join().unwrap();
        assert_ne!(handed, cancelled);
        assert_eq!(scope.node().children(), usize::from(!handed));
        tree::detach(&task);
        tree::detach(&seat);
        assert_eq!(group.node().children(), 0);
    });
}

/// The group is cancelled while a task is handed over to it: the task is handed over, and cancelled.
#[test]
fn hand_over_against_cancel_of_the_group() {
    explore(|| {
        let (scope, group) = (top(Kind::Scope), top(Kind::Children));
        let (task, seat) = (under(&scope, Kind::Task), under(&group, Kind::Task));
        let canceller = in_thread(&group, cancel);
        assert!(tree::hand_over(&task, &seat));
        canceller.join().unwrap();
        assert!(task.node().is_cancelled());
        tree::detach(&task);
    });
}

/// A task says that it is ready from elsewhere while it ends: nothing of it is left anywhere.
#[test]
fn hand_over_against_end() {
    explore(|| {
        let (scope, group) = (top(Kind::Scope), top(Kind::Children));
        let (task, seat) = (under(&scope, Kind::Daemon), under(&group, Kind::Task));
        let ender = {
            let (task, seat) = (Arc::clone(&task), Arc::clone(&seat));
            thread::spawn(move || {
                if !task.node().settle() {
                    tree::detach(&seat);
                }
                tree::detach(&task);
            })
        };
        tree::hand_over(&task, &seat);
        ender.join().unwrap();
        assert_eq!(scope.node().children(), 0);
        assert_eq!(group.node().children(), 0);
        assert_eq!(group.node().daemons(), 0);
    });
}

/// A start is dropped while its task is handed over: one of the two wins, and the task has one owner.
#[test]
fn hand_over_against_a_dropped_start() {
    explore(|| {
        let (around, group) = (top(Kind::Children), top(Kind::Children));
        let start = under(&around, Kind::Scope);
        let (task, seat) = (under(&start, Kind::Task), under(&group, Kind::Task));
        let setter = {
            let (task, seat) = (Arc::clone(&task), Arc::clone(&seat));
            thread::spawn(move || tree::hand_over(&task, &seat))
        };
        let adopted = tree::cancel_unless_handed_over(&task, Reason::Explicit)
            && tree::adopt(&task, &start).is_some();
        tree::detach(&start);
        let handed = setter.join().unwrap();
        assert_ne!(adopted, handed);
        assert_eq!(task.node().is_cancelled(), adopted);
        assert_eq!(around.node().children(), usize::from(adopted));
        tree::detach(&task);
        assert_eq!(around.node().children(), 0);
    });
}

/// The last child of a dropped group ends while the group around adopts it: that one waits, and not for ever.
#[test]
fn adopt_against_last_detach() {
    explore(|| {
        let around = top(Kind::Children);
        let outer = under(&around, Kind::Scope);
        let children = under(&outer, Kind::Children);
        let child = under(&children, Kind::Task);
        let ender = in_thread(&child, tree::detach);
        children.node().close();
        assert!(tree::adopt(&children, &outer).is_some());
        tree::detach(&outer);
        join(&around);
        ender.join().unwrap();
        assert_eq!(around.node().children(), 0);
    });
}

/// The last child that is no daemon ends while the group goes to sleep: the daemon is cancelled.
#[test]
fn last_child_against_daemon() {
    explore(|| {
        let group = top(Kind::Children);
        let (daemon, child) = (under(&group, Kind::Daemon), under(&group, Kind::Task));
        let ender = in_thread(&child, tree::detach);
        block_on(poll_fn(|cx| {
            if group.node().close_if_empty(cx.waker()) {
                return Poll::Ready(());
            }
            if tree::cancel_daemons(&group, Reason::Explicit) {
                tree::detach(&daemon);
            }
            Poll::Pending
        }));
        ender.join().unwrap();
        assert!(daemon.node().is_cancelled());
    });
}
