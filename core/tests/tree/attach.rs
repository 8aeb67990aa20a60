use anyrt_core::tree::{self, Closed, Kind, Reason};

use crate::{look, node, scope, shield, under};

#[test]
fn a_child_of_a_cancelled_parent_inherits() {
    let parent = scope();
    tree::cancel(&parent, Reason::Explicit);
    let child = under(&parent, scope());
    assert!(child.node().is_cancelled());
    assert_eq!(child.node().own_reason(), None);
    assert!(look(&child).inherited);
    assert!(
        under(&child, scope()).node().is_cancelled(),
        "and passes it on"
    );
}

#[test]
fn a_shield_under_a_cancelled_parent_is_told_and_passes_nothing_on() {
    let parent = scope();
    tree::cancel(&parent, Reason::Explicit);
    let shield = under(&parent, shield());
    assert!(shield.node().is_told() && !shield.node().is_cancelled());
    let inside = under(&shield, scope());
    assert!(!inside.node().is_cancelled());
}

#[test]
fn a_closed_parent_refuses_and_the_node_may_go_elsewhere() {
    let closed = scope();
    closed.node().close();
    let child = scope();
    assert_eq!(tree::attach(&child, &closed), Err(Closed));
    assert_eq!(closed.node().children(), 0);
    tree::hold(&child);
    assert!(!look(&closed).held);
    tree::release(&child);

    let open = under(&scope(), scope());
    under(&open, child.clone());
    tree::cancel(&closed, Reason::Explicit);
    assert!(!child.node().is_cancelled());
    tree::cancel(&open, Reason::Explicit);
    assert!(child.node().is_cancelled());
}

#[test]
fn attaching_tells_how_many_children_there_are() {
    let parent = node(Kind::Children);
    let first = scope();
    assert_eq!(tree::attach(&first, &parent), Ok(1));
    assert_eq!(tree::attach(&scope(), &parent), Ok(2));
    tree::detach(&first);
    assert_eq!(tree::attach(&scope(), &parent), Ok(2));
    assert_eq!(parent.node().children(), 2);
}

#[test]
fn a_detached_node_hears_nothing_more() {
    let parent = scope();
    let (child, shield) = (under(&parent, scope()), under(&parent, shield()));
    tree::detach(&child);
    tree::detach(&shield);
    tree::cancel(&parent, Reason::Explicit);
    assert!(!child.node().is_cancelled() && !shield.node().is_told());
    tree::detach(&child);
    assert_eq!(parent.node().children(), 0, "detaching twice is harmless");
}

#[test]
fn a_node_attached_elsewhere_listens_to_its_new_parent() {
    let (old, new) = (scope(), scope());
    let child = under(&old, scope());
    tree::detach(&child);
    under(&new, child.clone());
    tree::cancel(&old, Reason::Explicit);
    assert!(!child.node().is_cancelled());
    tree::cancel(&new, Reason::Explicit);
    assert!(child.node().is_cancelled());
}
