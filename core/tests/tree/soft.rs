use anyrt_core::tree::{self, Kind, Reason};

use crate::{Sleeper, look, must_drop, node, scope, shield, under};

#[test]
fn a_request_reaches_everything_below_and_drops_nothing() {
    let root = scope();
    let task = under(&root, node(Kind::Task));
    let watch = under(&task, node(Kind::Watch));
    let sleepers = [&root, &task, &watch].map(Sleeper::at);
    assert!(tree::soften(&root));
    for node in [&root, &task, &watch] {
        assert!(node.node().is_soft() && look(node).soft);
        assert!(!node.node().is_cancelled() && !must_drop(node));
    }
    let wakes: Vec<usize> = sleepers.iter().map(Sleeper::wakes).collect();
    assert_eq!(wakes, [0, 0, 1], "only who waits for it is woken");
    assert!(!tree::soften(&root));
}

#[test]
fn a_watch_is_woken_by_a_cancel_too() {
    let root = scope();
    let watch = under(&root, node(Kind::Watch));
    let sleeper = Sleeper::at(&watch);
    tree::cancel(&root, Reason::Explicit);
    assert_eq!(sleeper.wakes(), 1);
    assert!(look(&watch).inherited && !look(&watch).soft);
}

#[test]
fn children_that_come_later_are_asked_too() {
    let root = scope();
    tree::soften(&root);
    let child = under(&root, scope());
    assert!(child.node().is_soft());
    assert!(under(&child, scope()).node().is_soft(), "and pass it on");
}

#[test]
fn a_request_stops_at_a_shield() {
    let root = scope();
    let shield = under(&root, shield());
    let inside = under(&shield, scope());
    tree::soften(&root);
    assert!(!shield.node().is_soft() && !shield.node().is_told() && !inside.node().is_soft());
    tree::soften(&shield);
    assert!(inside.node().is_soft());
}

#[test]
fn a_request_and_a_cancel_do_not_get_into_each_others_way() {
    let root = scope();
    let inside = under(&root, scope());
    let below = under(&inside, scope());
    tree::soften(&inside);
    tree::cancel(&root, Reason::Explicit);
    assert!(must_drop(&below) && below.node().is_soft());
    let other = under(&root, scope());
    let below = under(&other, scope());
    tree::soften(&other);
    assert!(below.node().is_soft());
}

#[test]
fn a_node_that_moves_leaves_the_request_behind() {
    let root = scope();
    let inside = under(&root, scope());
    let below = under(&inside, scope());
    tree::soften(&root);
    tree::rehome(&inside, Some(&scope()));
    assert!(!inside.node().is_soft() && !below.node().is_soft());
    tree::soften(&inside);
    tree::rehome(&inside, None);
    assert!(inside.node().is_soft() && below.node().is_soft());
}
