//! The cancel tree under contention.

use std::{
    future::poll_fn,
    sync::Arc,
    task::{Poll, Waker},
};

use anyrt_core::tree::{self, Deadline, Kind, Node, NodeRef, Reason};
use loom::{
    future::block_on,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
};

use crate::explore;

fn node(kind: Kind) -> NodeRef {
    Arc::new(Node::new(kind, Deadline::Never))
}

fn under(parent: &NodeRef, kind: Kind) -> NodeRef {
    let kid = node(kind);
    tree::attach(&kid, parent).expect("the parent is open");
    kid
}

fn is_held(node: &NodeRef) -> bool {
    node.node().look(Waker::noop()).held
}

/// Sleeps as a region does, until its body has to be dropped.
fn sleep_until_dropped(node: &NodeRef) {
    block_on(poll_fn(|cx| match node.node().look_again(cx.waker()) {
        Some(look) if look.must_drop() => Poll::Ready(()),
        _ => Poll::Pending,
    }));
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

fn in_thread(node: &NodeRef, act: fn(&NodeRef)) -> thread::JoinHandle<()> {
    let node = Arc::clone(node);
    thread::spawn(move || act(&node))
}

fn cancel(node: &NodeRef) {
    tree::cancel(node, Reason::Explicit);
}

/// A region that goes to sleep while it is cancelled wakes.
#[test]
fn cancel_against_sleep() {
    explore(|| {
        let scope = node(Kind::Scope);
        let canceller = in_thread(&scope, cancel);
        sleep_until_dropped(&scope);
        assert_eq!(scope.node().own_reason(), Some(Reason::Explicit));
        canceller.join().unwrap();
    });
}

/// A child is either on the list that a cancel walks, or copies the mark.
#[test]
fn attach_against_cancel() {
    explore(|| {
        let parent = node(Kind::Scope);
        let canceller = in_thread(&parent, cancel);
        let child = under(&parent, Kind::Scope);
        sleep_until_dropped(&child);
        tree::detach(&child);
        canceller.join().unwrap();
    });
}

/// A cancel that has copied its list marks nobody who has left since.
#[test]
fn detach_against_cancel() {
    explore(|| {
        let parent = node(Kind::Scope);
        let child = under(&parent, Kind::Scope);
        let canceller = in_thread(&parent, cancel);
        tree::detach(&child);
        let when_it_left = child.node().is_cancelled();
        canceller.join().unwrap();
        assert_eq!(child.node().is_cancelled(), when_it_left);
    });
}

/// A cancel from around a group and one inside it: a child agrees with the node that it is below on which came first.
#[test]
fn cancel_from_around_against_cancel_inside() {
    explore(|| {
        let root = node(Kind::Scope);
        let outer = under(&root, Kind::Group);
        let children = under(&outer, Kind::Children);
        let child = under(&children, Kind::Task);
        let canceller = in_thread(&root, cancel);
        cancel(&children);
        canceller.join().unwrap();
        assert!(child.node().is_cancelled());
        assert_eq!(child.node().is_cut(), children.node().is_cut());
    });
}

/// An attach two levels down: the walk and the marks that are copied meet somewhere.
#[test]
fn attach_twice_against_cancel() {
    explore(|| {
        let root = node(Kind::Scope);
        let canceller = in_thread(&root, cancel);
        let middle = under(&root, Kind::Scope);
        let leaf = under(&middle, Kind::Scope);
        sleep_until_dropped(&leaf);
        tree::detach(&leaf);
        tree::detach(&middle);
        canceller.join().unwrap();
    });
}

/// The cancel comes before, during or after the end of the hold: the region ends either way.
#[test]
fn release_against_cancel() {
    explore(|| {
        let scope = node(Kind::Scope);
        let shield = under(&scope, Kind::Shield);
        tree::hold(&shield);
        let canceller = in_thread(&scope, cancel);
        let releaser = in_thread(&shield, tree::release);
        sleep_until_dropped(&scope);
        assert!(!is_held(&scope));
        canceller.join().unwrap();
        releaser.join().unwrap();
        tree::detach(&shield);
    });
}

/// Two holds end on other threads while the cancelled scope goes to sleep.
#[test]
fn last_release_against_sleep() {
    explore(|| {
        let scope = node(Kind::Scope);
        let shields = [under(&scope, Kind::Shield), under(&scope, Kind::Shield)];
        shields.iter().for_each(tree::hold);
        cancel(&scope);
        let releasers = shields
            .each_ref()
            .map(|node| in_thread(node, tree::release));
        sleep_until_dropped(&scope);
        for releaser in releasers {
            releaser.join().unwrap();
        }
        shields.iter().for_each(tree::detach);
    });
}

/// The last two children end while the group goes to sleep.
#[test]
fn last_detach_against_join() {
    explore(|| {
        let group = node(Kind::Children);
        let children = [under(&group, Kind::Task), under(&group, Kind::Task)];
        let enders = children
            .each_ref()
            .map(|child| in_thread(child, tree::detach));
        join(&group);
        assert_eq!(group.node().children(), 0);
        for ender in enders {
            ender.join().unwrap();
        }
    });
}

/// Either the spawn is in time and keeps the group open, or the group is closed.
#[test]
fn spawn_against_close() {
    explore(|| {
        let group = node(Kind::Children);
        let spawner = {
            let group = Arc::clone(&group);
            thread::spawn(move || {
                let child = node(Kind::Task);
                tree::attach(&child, &group).ok().map(|_| child)
            })
        };
        let closed = group.node().close_if_empty(Waker::noop());
        let child = spawner.join().unwrap();
        assert_ne!(closed, child.is_some());
        if let Some(child) = child {
            tree::detach(&child);
        }
    });
}

/// When a hold has been placed, everything above is held, whoever else was placing one.
#[test]
fn two_holds_at_once() {
    explore(|| {
        let scope = node(Kind::Scope);
        let middle = under(&scope, Kind::Scope);
        let shield = under(&middle, Kind::Shield);
        let other = in_thread(&shield, |shield| {
            tree::hold(shield);
            tree::release(shield);
        });
        tree::hold(&shield);
        assert!(is_held(&middle) && is_held(&scope));
        other.join().unwrap();
        assert!(is_held(&scope));
        tree::release(&shield);
        assert!(!is_held(&middle) && !is_held(&scope));
        tree::detach(&shield);
        tree::detach(&middle);
    });
}

/// A node that leaves while a hold is placed on it takes nothing back that was not counted, and
/// leaves nothing behind.
#[test]
fn hold_against_detach() {
    explore(|| {
        let scope = node(Kind::Scope);
        let shield = under(&scope, Kind::Shield);
        let holder = in_thread(&shield, tree::hold);
        tree::detach(&shield);
        holder.join().unwrap();
        assert!(is_held(&shield) && !is_held(&scope));
        tree::release(&shield);
    });
}

/// A node that has moved away hears nothing of a cancel that began before, and what was marked until
/// then is taken back.
#[test]
fn rehome_against_cancel_of_the_old_place() {
    explore(|| {
        let (old, new) = (node(Kind::Scope), node(Kind::Scope));
        let moving = under(&old, Kind::Scope);
        let below = under(&moving, Kind::Scope);
        let canceller = in_thread(&old, cancel);
        tree::rehome(&moving, Some(&new));
        canceller.join().unwrap();
        assert!(!moving.node().is_cancelled() && !below.node().is_cancelled());
        [below, moving].iter().for_each(tree::detach);
    });
}

/// A node that arrives is either on the list that a cancel walks, or sees the mark.
#[test]
fn rehome_against_cancel_of_the_new_place() {
    explore(|| {
        let (old, new) = (node(Kind::Scope), node(Kind::Scope));
        let moving = under(&old, Kind::Scope);
        let below = under(&moving, Kind::Scope);
        let canceller = in_thread(&new, cancel);
        tree::rehome(&moving, Some(&new));
        sleep_until_dropped(&below);
        sleep_until_dropped(&moving);
        canceller.join().unwrap();
        [below, moving].iter().for_each(tree::detach);
    });
}

/// One walk takes a mark back because the node moved, another one sets it: they meet somewhere below, and the
/// cancel wins.
#[test]
fn rehome_out_of_one_cancel_into_another() {
    explore(|| {
        let (old, new) = (node(Kind::Scope), node(Kind::Scope));
        let moving = under(&old, Kind::Scope);
        let below = under(&moving, Kind::Scope);
        cancel(&old);
        let canceller = in_thread(&new, cancel);
        tree::rehome(&moving, Some(&new));
        canceller.join().unwrap();
        assert!(moving.node().is_cancelled() && below.node().is_cancelled());
        [below, moving].iter().for_each(tree::detach);
    });
}

/// A child that attaches while its parent moves out of a cancelled place takes no stale mark over.
#[test]
fn attach_against_rehome() {
    explore(|| {
        let (old, new) = (node(Kind::Scope), node(Kind::Scope));
        let moving = under(&old, Kind::Scope);
        cancel(&old);
        let attacher = {
            let moving = Arc::clone(&moving);
            thread::spawn(move || under(&moving, Kind::Task))
        };
        tree::rehome(&moving, Some(&new));
        let child = attacher.join().unwrap();
        assert!(!child.node().is_cancelled());
        [child, moving].iter().for_each(tree::detach);
    });
}

/// The hold ends on another thread while the node moves: nothing is left, in either place.
#[test]
fn rehome_against_release() {
    explore(|| {
        let (old, new) = (node(Kind::Scope), node(Kind::Scope));
        let moving = under(&old, Kind::Scope);
        tree::hold(&moving);
        cancel(&old);
        let releaser = in_thread(&moving, tree::release);
        tree::rehome(&moving, Some(&new));
        sleep_until_dropped(&old);
        releaser.join().unwrap();
        assert!(!is_held(&moving) && !is_held(&old) && !is_held(&new));
        tree::detach(&moving);
    });
}

/// While a held node moves, what is above it is held in one place or the other, and in the end in the new one.
#[test]
fn rehome_against_hold() {
    explore(|| {
        let (old, new) = (node(Kind::Scope), node(Kind::Scope));
        let moving = under(&old, Kind::Scope);
        tree::hold(&moving);
        let holder = {
            let (old, new, moving) = (Arc::clone(&old), Arc::clone(&new), Arc::clone(&moving));
            thread::spawn(move || {
                tree::hold(&moving);
                assert!(is_held(&old) || is_held(&new));
            })
        };
        tree::rehome(&moving, Some(&new));
        holder.join().unwrap();
        assert!(!is_held(&old) && is_held(&new));
        tree::release(&moving);
        tree::release(&moving);
        assert!(!is_held(&new));
        tree::detach(&moving);
    });
}

/// Who goes to sleep to be asked to come to an end, is woken when it is.
#[test]
fn soften_against_sleep() {
    explore(|| {
        let scope = node(Kind::Scope);
        let asker = in_thread(&scope, |scope| {
            tree::soften(scope);
        });
        let watch = under(&scope, Kind::Watch);
        block_on(poll_fn(|cx| {
            if watch.node().look(cx.waker()).soft {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        }));
        tree::detach(&watch);
        asker.join().unwrap();
    });
}

/// A region that goes to sleep while its deadline is moved sees the new one.
#[test]
fn deadline_against_sleep() {
    explore(|| {
        let scope = Arc::new(Node::new(Kind::Scope, Deadline::After(Default::default())));
        let mover = {
            let scope = Arc::clone(&scope);
            thread::spawn(move || scope.set_deadline(Deadline::Never))
        };
        block_on(poll_fn(|cx| match scope.look_again(cx.waker()) {
            Some(look) if look.deadline == Deadline::Never => Poll::Ready(()),
            _ => Poll::Pending,
        }));
        mover.join().unwrap();
    });
}

/// Whoever sees the cancel, sees what its caller did before.
#[test]
fn cancel_publishes() {
    explore(|| {
        let scope = node(Kind::Scope);
        let done = Arc::new(AtomicBool::new(false));
        let looker = {
            let (scope, done) = (Arc::clone(&scope), Arc::clone(&done));
            thread::spawn(move || {
                if scope.node().is_cancelled() {
                    assert!(done.load(Relaxed));
                }
            })
        };
        // On this side, as loom runs it first: of what it has read before it writes, loom forgets who else has.
        done.store(true, Relaxed);
        cancel(&scope);
        looker.join().unwrap();
    });
}
