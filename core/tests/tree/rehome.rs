use anyrt_core::tree::{self, Kind, NodeRef, Reason};

use crate::{Sleeper, look, must_drop, node, scope, shield, under};

fn moved(node: &NodeRef, parent: &NodeRef) {
    tree::rehome(node, Some(parent));
}

fn cancelled(parent: NodeRef) -> NodeRef {
    tree::cancel(&parent, Reason::Explicit);
    parent
}

#[test]
fn what_was_inherited_is_left_behind() {
    let (old, new) = (scope(), scope());
    let inside = under(&old, scope());
    let below = under(&inside, node(Kind::Task));
    tree::cancel(&old, Reason::Explicit);
    assert!(inside.node().is_cancelled() && below.node().is_cancelled());
    moved(&inside, &new);
    assert!(!inside.node().is_cancelled() && !below.node().is_cancelled());
    assert_eq!((old.node().children(), new.node().children()), (0, 1));
    tree::cancel(&new, Reason::Explicit);
    assert!(inside.node().is_cancelled() && below.node().is_cancelled());
}

#[test]
fn what_is_above_is_taken_over() {
    let new = cancelled(scope());
    let inside = under(&scope(), scope());
    let below = under(&inside, scope());
    let sleeper = Sleeper::at(&below);
    moved(&inside, &new);
    assert!(must_drop(&inside) && must_drop(&below));
    assert_eq!(sleeper.wakes(), 1);
}

#[test]
fn its_own_cancel_stays() {
    let inside = under(&scope(), scope());
    let below = under(&inside, scope());
    tree::cancel(&inside, Reason::Deadline);
    moved(&inside, &scope());
    assert_eq!(look(&inside).own, Some(Reason::Deadline));
    assert!(!look(&inside).inherited && look(&below).inherited);
}

#[test]
fn a_shield_is_told_by_its_new_place_only() {
    let (old, new) = (cancelled(scope()), cancelled(scope()));
    let shield = under(&old, shield());
    let inside = under(&shield, scope());
    assert!(shield.node().is_told());
    moved(&shield, &scope());
    assert!(!shield.node().is_told());
    moved(&shield, &new);
    assert!(shield.node().is_told() && !inside.node().is_cancelled());
}

#[test]
fn a_cancel_of_the_old_place_is_not_heard() {
    let (old, new) = (scope(), scope());
    let inside = under(&old, scope());
    moved(&inside, &new);
    let sleeper = Sleeper::at(&inside);
    tree::cancel(&old, Reason::Explicit);
    assert!(!inside.node().is_cancelled());
    assert_eq!(sleeper.wakes(), 0);
}

#[test]
fn holds_move_along() {
    let (old, new) = (scope(), scope());
    let (above_old, above_new) = (under(&old, scope()), under(&new, scope()));
    let inside = under(&above_old, scope());
    tree::hold(&inside);
    tree::cancel(&old, Reason::Explicit);
    let sleeper = Sleeper::at(&old);
    moved(&inside, &above_new);
    assert!(must_drop(&old) && must_drop(&above_old));
    assert_eq!(sleeper.wakes(), 1);
    assert!(look(&new).held && look(&above_new).held && look(&inside).held);
    tree::release(&inside);
    assert!(!look(&new).held && !look(&above_new).held && !look(&inside).held);
}

#[test]
fn a_place_that_holds_by_itself_goes_on_holding() {
    let (old, new) = (scope(), scope());
    let inside = under(&old, scope());
    tree::hold(&old);
    tree::hold(&inside);
    moved(&inside, &new);
    assert!(look(&old).held && look(&new).held);
    tree::release(&old);
    tree::release(&inside);
    assert!(!look(&old).held && !look(&new).held);
}

#[test]
fn the_top_of_a_task_takes_no_holds_along() {
    let new = scope();
    let task = under(&scope(), node(Kind::Task));
    tree::hold(&task);
    moved(&task, &new);
    assert!(look(&task).held && !look(&new).held);
    tree::release(&task);
}

#[test]
fn a_node_moves_out_of_the_tree_and_back() {
    let old = scope();
    let inside = under(&old, scope());
    tree::hold(&inside);
    tree::cancel(&old, Reason::Explicit);
    tree::rehome(&inside, None);
    assert!(must_drop(&old) && !inside.node().is_cancelled());
    moved(&inside, &old);
    assert!(look(&old).held && inside.node().is_cancelled());
    tree::detach(&inside);
    assert!(must_drop(&old));
}

#[test]
fn it_can_move_back_and_forth() {
    let places = [scope(), cancelled(scope())];
    let inside = under(&places[0], scope());
    let beside = under(&places[0], scope());
    for round in 0..100 {
        let place = &places[round % 2];
        moved(&inside, place);
        assert_eq!(inside.node().is_cancelled(), round % 2 == 1);
        assert_eq!(places[0].node().children(), 2 - round % 2);
    }
    tree::detach(&inside);
    tree::detach(&beside);
    assert_eq!(places.map(|place| place.node().children()), [0, 0]);
}
