use anyrt_core::tree::{self, Kind, Reason};

use crate::{Sleeper, look, must_drop, node, scope, shield, under};

#[test]
fn a_cancel_reaches_everything_below_and_wakes_each_once() {
    let root = scope();
    let middle = under(&root, scope());
    let task = under(&middle, node(Kind::Task));
    let group = under(&task, node(Kind::Children));
    let nodes = [root.clone(), middle, task, group];
    let sleepers: Vec<Sleeper> = nodes.iter().map(Sleeper::at).collect();
    assert!(tree::cancel(&root, Reason::Explicit));
    assert!(nodes.iter().all(|node| node.node().is_cancelled()));
    let wakes: Vec<usize> = sleepers.iter().map(Sleeper::wakes).collect();
    assert_eq!(wakes, [1; 4]);
    assert!(nodes.iter().all(must_drop));
}

#[test]
fn a_cancel_reaches_neither_the_parent_nor_a_sibling() {
    let root = scope();
    let (cancelled, sibling) = (under(&root, scope()), under(&root, scope()));
    let sleeper = Sleeper::at(&sibling);
    tree::cancel(&cancelled, Reason::Explicit);
    assert!(!root.node().is_cancelled() && !sibling.node().is_cancelled());
    assert_eq!(sleeper.wakes(), 0);
}

#[test]
fn a_shield_stops_the_cancel_and_is_told() {
    let root = scope();
    let shield = under(&root, shield());
    let inside = under(&shield, scope());
    let (at_shield, at_inside) = (Sleeper::at(&shield), Sleeper::at(&inside));
    tree::cancel(&root, Reason::Explicit);
    assert!(shield.node().is_told() && !shield.node().is_cancelled());
    assert!(!inside.node().is_cancelled());
    assert_eq!((at_shield.wakes(), at_inside.wakes()), (1, 0));
    assert!(!must_drop(&shield) && !must_drop(&inside));
}

#[test]
fn a_shield_that_is_cancelled_itself_ends_with_what_is_inside() {
    let root = scope();
    let shield = under(&root, shield());
    let inside = under(&shield, scope());
    tree::cancel(&root, Reason::Explicit);
    assert!(tree::cancel(&shield, Reason::Deadline));
    assert!(must_drop(&shield) && must_drop(&inside));
    assert_eq!(shield.node().own_reason(), Some(Reason::Deadline));
}

#[test]
fn the_first_reason_is_kept() {
    let root = scope();
    assert!(tree::cancel(&root, Reason::Deadline));
    assert!(!tree::cancel(&root, Reason::Shutdown));
    assert_eq!(root.node().own_reason(), Some(Reason::Deadline));
    assert_eq!(look(&root).own, Some(Reason::Deadline));
}

#[test]
fn a_node_that_inherited_can_still_be_cancelled_itself() {
    let root = scope();
    let child = under(&root, scope());
    tree::cancel(&root, Reason::Shutdown);
    let sleeper = Sleeper::new();
    // Something holds, so that the region goes on sleeping.
    tree::hold(&child);
    child.node().look(&sleeper.waker());
    assert!(tree::cancel(&child, Reason::Explicit));
    assert_eq!(sleeper.wakes(), 1);
    let look = look(&child);
    assert_eq!((look.own, look.inherited), (Some(Reason::Explicit), true));
}

#[test]
fn a_cancel_stays_and_works_outside_the_tree() {
    let root = scope();
    let child = under(&root, scope());
    tree::detach(&child);
    assert!(tree::cancel(&child, Reason::Explicit));
    assert!(child.node().is_cancelled());
    assert!(!tree::cancel(&child, Reason::Shutdown));
}
