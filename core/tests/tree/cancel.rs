use anyrt_core::tree::{self, Kind, NodeRef, Reason};

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

/// A group as the facade builds it: its outermost node, the one its children are below, a child, a daemon.
fn group(around: &NodeRef) -> [NodeRef; 4] {
    let outer = under(around, node(Kind::Group));
    let children = under(&outer, node(Kind::Children));
    let child = under(&children, node(Kind::Task));
    let daemon = under(&children, node(Kind::Daemon));
    [outer, children, child, daemon]
}

fn is_cut(node: &NodeRef) -> bool {
    node.node().is_cut()
}

#[test]
fn a_cancel_from_around_a_group_cuts_its_children_and_no_daemon() {
    let root = scope();
    let [outer, children, child, daemon] = group(&root);
    tree::cancel(&root, Reason::Deadline);
    assert!(is_cut(&outer) && is_cut(&children) && is_cut(&child) && look(&child).cut);
    assert!(!is_cut(&daemon) && !is_cut(&root));
    let late = under(&children, node(Kind::Task));
    assert!(is_cut(&late));
}

#[test]
fn the_first_cancel_says_whether_a_child_is_cut() {
    let root = scope();
    let [_, children, child, _] = group(&root);
    tree::cancel(&children, Reason::Explicit);
    tree::cancel(&root, Reason::Deadline);
    assert!(!is_cut(&child) && !is_cut(&children));

    let root = scope();
    let [_, children, child, _] = group(&root);
    tree::cancel(&root, Reason::Deadline);
    tree::cancel(&children, Reason::Explicit);
    tree::cancel(&child, Reason::Explicit);
    assert!(is_cut(&child) && is_cut(&children));
}

#[test]
fn a_cancel_of_the_group_around_cuts_the_inner_one_only() {
    let root = scope();
    let [outer, children, child, _] = group(&root);
    let [_, _, inner, _] = group(&child);
    tree::cancel(&children, Reason::Explicit);
    assert!(is_cut(&inner) && !is_cut(&child) && !is_cut(&outer));
}

#[test]
fn a_group_that_moves_to_a_live_place_is_not_cut_by_the_former() {
    let (root, live) = (scope(), scope());
    let [outer, _, child, _] = group(&root);
    tree::cancel(&root, Reason::Deadline);
    tree::rehome(&outer, Some(&live));
    assert!(!is_cut(&child) && !child.node().is_cancelled());
    tree::cancel(&live, Reason::Deadline);
    assert!(is_cut(&child));
}
