use anyrt_core::tree::{self, Kind, NodeRef, Reason};

use crate::{Sleeper, look, must_drop, node, scope, shield, under};

fn held(nodes: &[&NodeRef]) -> Vec<bool> {
    nodes.iter().map(|node| look(node).held).collect()
}

#[test]
fn a_hold_reaches_up_to_the_task_and_no_further() {
    let outside = scope();
    let task = under(&outside, node(Kind::Task));
    let around = under(&task, scope());
    let shield = under(&around, shield());
    tree::hold(&shield);
    assert_eq!(
        held(&[&shield, &around, &task, &outside]),
        [true, true, true, false]
    );
    tree::release(&shield);
    assert_eq!(held(&[&shield, &around, &task]), [false; 3]);
}

#[test]
fn an_edge_is_counted_once_however_many_holds_there_are() {
    let root = scope();
    let (left, right) = (under(&root, scope()), under(&root, scope()));
    tree::hold(&left);
    tree::hold(&left);
    tree::hold(&right);
    tree::release(&left);
    tree::release(&right);
    assert_eq!(held(&[&root, &left, &right]), [true, true, false]);
    tree::release(&left);
    assert_eq!(held(&[&root, &left]), [false, false]);
}

#[test]
fn the_last_release_wakes_whoever_was_cancelled_meanwhile() {
    let root = scope();
    let inside = under(&root, scope());
    tree::hold(&inside);
    tree::hold(&inside);
    tree::cancel(&root, Reason::Explicit);
    assert!(!must_drop(&root));
    let sleepers = [Sleeper::at(&root), Sleeper::at(&inside)];
    tree::release(&inside);
    assert_eq!(sleepers.each_ref().map(Sleeper::wakes), [0, 0]);
    tree::release(&inside);
    assert_eq!(sleepers.each_ref().map(Sleeper::wakes), [1, 1]);
    assert!(must_drop(&root));
}

#[test]
fn a_release_without_a_cancel_wakes_nobody() {
    let root = scope();
    tree::hold(&root);
    let sleeper = Sleeper::at(&root);
    tree::release(&root);
    assert_eq!(sleeper.wakes(), 0);
    tree::cancel(&root, Reason::Explicit);
    assert_eq!(sleeper.wakes(), 1);
}

#[test]
fn leaving_the_tree_takes_the_holds_off_the_parent() {
    let root = scope();
    let inside = under(&root, scope());
    tree::hold(&inside);
    tree::cancel(&root, Reason::Explicit);
    let sleeper = Sleeper::at(&root);
    tree::detach(&inside);
    assert_eq!((sleeper.wakes(), must_drop(&root)), (1, true));

    assert!(look(&inside).held, "its own count stays");
    tree::release(&inside);
    assert!(!look(&inside).held);
    assert!(must_drop(&root), "the late release counts nowhere else");
}

#[test]
fn a_hold_placed_outside_the_tree_is_the_nodes_own() {
    let root = scope();
    let lone = scope();
    tree::hold(&lone);
    tree::release(&lone);
    under(&root, lone.clone());
    tree::hold(&lone);
    assert_eq!(held(&[&root, &lone]), [true, true]);
    tree::release(&lone);
    assert_eq!(held(&[&root, &lone]), [false, false]);
}

/// Threads that hold and release beside each other leave every count at zero.
#[test]
fn counts_survive_contention() {
    let root = scope();
    let middle = under(&root, scope());
    let leaves = [under(&middle, scope()), under(&middle, scope())];
    std::thread::scope(|threads| {
        for number in 0..4 {
            let (root, leaf) = (&root, &leaves[number % 2]);
            threads.spawn(move || {
                for _ in 0..2000 {
                    tree::hold(leaf);
                    assert!(look(root).held);
                    tree::release(leaf);
                }
            });
        }
    });
    assert_eq!(held(&[&root, &middle, &leaves[0], &leaves[1]]), [false; 4]);
}

/// What landed while a region was polled is worth one poll more, but not where the body has taken it in that poll.
#[test]
fn an_outcome_that_was_taken_is_not_waited_for() {
    let root = scope();
    let inside = under(&root, scope());
    tree::cancel(&root, Reason::Explicit);
    for taken in [false, true] {
        tree::hold(&inside);
        root.node().begin_poll();
        tree::land(&inside);
        if taken {
            tree::take_outcome(&inside);
        }
        assert_eq!(must_drop(&root), taken);
    }
}
