use std::task::Waker;

use anyrt_core::tree::{self, Closed, Kind};

use crate::{Sleeper, node, scope, under};

#[test]
fn an_empty_group_closes_at_once() {
    let group = node(Kind::Children);
    assert!(group.node().close_if_empty(Waker::noop()));
    assert!(group.node().is_closed());
    assert_eq!(tree::attach(&scope(), &group), Err(Closed));
}

#[test]
fn the_last_child_wakes_who_waits_and_the_group_closes_then() {
    let group = node(Kind::Children);
    let children = [under(&group, scope()), under(&group, scope())];
    let sleeper = Sleeper::new();
    assert!(!group.node().close_if_empty(&sleeper.waker()));
    tree::detach(&children[0]);
    assert_eq!(sleeper.wakes(), 0);
    assert!(!group.node().is_closed(), "others may still come");
    tree::detach(&children[1]);
    assert_eq!(sleeper.wakes(), 1);
    assert!(group.node().close_if_empty(&sleeper.waker()));
}

#[test]
fn a_child_that_comes_before_the_close_keeps_the_group_open() {
    let group = node(Kind::Children);
    let first = under(&group, scope());
    let sleeper = Sleeper::new();
    assert!(!group.node().close_if_empty(&sleeper.waker()));
    tree::detach(&first);
    let second = under(&group, scope());
    assert!(!group.node().close_if_empty(&sleeper.waker()));
    tree::detach(&second);
    assert_eq!(sleeper.wakes(), 2);
    assert!(group.node().close_if_empty(&sleeper.waker()));
}

#[test]
fn nobody_waits_for_the_children_of_a_scope() {
    let parent = scope();
    let child = under(&parent, scope());
    let sleeper = Sleeper::at(&parent);
    tree::detach(&child);
    assert_eq!(sleeper.wakes(), 0);
}

#[test]
fn closing_keeps_those_who_are_there() {
    let group = node(Kind::Children);
    let child = under(&group, scope());
    group.node().close();
    assert_eq!(tree::attach(&scope(), &group), Err(Closed));
    assert_eq!(group.node().children(), 1);
    tree::detach(&child);
    assert_eq!(group.node().children(), 0);
}
