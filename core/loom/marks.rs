//! Regions that end while something is below them: against what that does meanwhile, and what comes from above.

use std::{future::poll_fn, sync::Arc, task::Poll};

use anyrt_core::tree::{self, Deadline, Kind, Node, NodeRef, Reason};
use loom::{future::block_on, thread};

use crate::explore;

fn top(kind: Kind) -> NodeRef {
    Arc::new(Node::new(kind, Deadline::Never))
}

fn under(parent: &NodeRef, kind: Kind) -> NodeRef {
    let kid = top(kind);
    tree::attach(&kid, parent).expect("the parent is open");
    kid
}

fn in_thread(node: &NodeRef, act: fn(&NodeRef)) -> thread::JoinHandle<()> {
    let node = Arc::clone(node);
    thread::spawn(move || act(&node))
}

/// What is below ends, too: nothing is left, whichever came first.
#[test]
fn end_against_leave() {
    explore(|| {
        let root = top(Kind::Children);
        let ended = under(&root, Kind::Task);
        let kept = under(&ended, Kind::Scope);
        let leaver = in_thread(&kept, tree::detach);
        tree::detach(&ended);
        leaver.join().unwrap();
        assert_eq!(root.node().below().len(), 0);
        assert_eq!(root.node().children(), 0);
    });
}

/// What is below is polled elsewhere: it is there in the end, and nothing is left here.
#[test]
fn end_against_rehome() {
    explore(|| {
        let (root, elsewhere) = (top(Kind::Scope), top(Kind::Scope));
        let ended = under(&root, Kind::Scope);
        let kept = under(&ended, Kind::Scope);
        let mover = {
            let (kept, elsewhere) = (Arc::clone(&kept), Arc::clone(&elsewhere));
            thread::spawn(move || tree::rehome(&kept, Some(&elsewhere)))
        };
        tree::detach(&ended);
        mover.join().unwrap();
        assert_eq!(root.node().below().len(), 0);
        assert_eq!(elsewhere.node().children(), 1);
        tree::detach(&kept);
    });
}

/// A cancel comes from further up: it reaches what is below, whether the region has ended by then or not.
#[test]
fn end_against_cancel() {
    explore(|| {
        let root = top(Kind::Scope);
        let ended = under(&root, Kind::Shield);
        let kept = under(&ended, Kind::Scope);
        let canceller = in_thread(&root, |root| {
            tree::cancel(root, Reason::Explicit);
        });
        tree::detach(&ended);
        canceller.join().unwrap();
        assert!(kept.node().is_cancelled());
    });
}

/// The last child of a group ends and leaves something below it: the group wakes, and does not wait for that.
#[test]
fn end_against_join() {
    explore(|| {
        let group = top(Kind::Children);
        let child = under(&group, Kind::Task);
        let kept = under(&child, Kind::Scope);
        let ender = in_thread(&child, tree::detach);
        block_on(poll_fn(|cx| {
            match group.node().close_if_empty(cx.waker()) {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        }));
        ender.join().unwrap();
        tree::detach(&kept);
        assert_eq!(group.node().below().len(), 0);
    });
}

/// A hold is placed below while the region ends: nothing above is held in the end.
#[test]
fn end_against_hold() {
    explore(|| {
        let root = top(Kind::Scope);
        let ended = under(&root, Kind::Scope);
        let kept = under(&ended, Kind::Shield);
        let holder = in_thread(&kept, tree::hold);
        tree::detach(&ended);
        holder.join().unwrap();
        assert!(kept.node().is_held() && !root.node().is_held());
        tree::release(&kept);
        assert!(!ended.node().is_held());
        tree::detach(&kept);
    });
}

/// The last child of an adopted group ends and leaves something below it, while another such thing goes.
#[test]
fn end_of_an_orphan_against_leave() {
    explore(|| {
        let around = top(Kind::Children);
        let outer = under(&around, Kind::Scope);
        let children = under(&outer, Kind::Children);
        let children_of = [under(&children, Kind::Task), under(&children, Kind::Task)];
        let kept = under(&children_of[0], Kind::Scope);
        tree::detach(&children_of[0]);
        assert!(tree::adopt(&children, &outer).is_some());
        tree::detach(&outer);
        let leaver = in_thread(&kept, tree::detach);
        tree::detach(&children_of[1]);
        leaver.join().unwrap();
        assert_eq!(around.node().children(), 0);
        assert_eq!(around.node().below().len(), 0);
    });
}
