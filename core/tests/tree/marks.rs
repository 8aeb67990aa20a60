//! Regions that end while something is below them.

use anyrt_core::{
    Instant,
    tree::{self, Deadline, Kind, Reason},
};

use crate::{Sleeper, must_drop, node, scope, shield, under};

#[test]
fn a_cancel_passes_a_region_that_has_ended() {
    let root = scope();
    let ended = under(&root, scope());
    let kept = under(&ended, scope());
    let sleeper = Sleeper::at(&kept);
    tree::detach(&ended);
    assert!(ended.node().has_ended());
    tree::cancel(&root, Reason::Shutdown);
    assert_eq!(sleeper.wakes(), 1);
    assert!(must_drop(&kept));
    assert_eq!(tree::effective_reason(&kept), Some(Reason::Shutdown));
}

#[test]
fn its_own_cancel_stays() {
    let root = scope();
    let ended = under(&root, scope());
    let kept = under(&ended, scope());
    tree::cancel(&ended, Reason::Deadline);
    tree::detach(&ended);
    assert!(kept.node().is_cancelled());
    assert_eq!(tree::effective_reason(&kept), Some(Reason::Deadline));
}

#[test]
fn it_goes_with_the_last_node_below_it_and_those_above_that_have_ended_too() {
    let root = scope();
    let outer = under(&root, scope());
    let inner = under(&outer, scope());
    let kept = [under(&inner, scope()), under(&inner, scope())];
    tree::detach(&inner);
    tree::detach(&outer);
    tree::detach(&kept[0]);
    assert_eq!(root.node().below().len(), 1);
    tree::detach(&kept[1]);
    assert_eq!(root.node().below().len(), 0);
}

#[test]
fn it_goes_when_what_is_below_it_is_polled_elsewhere() {
    let (root, elsewhere) = (scope(), scope());
    let ended = under(&root, scope());
    let kept = under(&ended, scope());
    tree::detach(&ended);
    tree::rehome(&kept, Some(&elsewhere));
    assert_eq!(root.node().below().len(), 0);
    tree::cancel(&root, Reason::Explicit);
    assert!(!kept.node().is_cancelled());
}

#[test]
fn holds_do_not_pass_it() {
    let root = scope();
    let ended = under(&root, scope());
    let kept = under(&ended, shield());
    tree::hold(&kept);
    assert!(root.node().is_held());
    tree::detach(&ended);
    assert!(!root.node().is_held());
    tree::hold(&kept);
    assert!(!root.node().is_held());
    let late = under(&ended, shield());
    tree::hold(&late);
    assert!(!root.node().is_held());
    for _ in 0..2 {
        tree::release(&kept);
    }
    tree::release(&late);
    assert!(!ended.node().is_held());
}

#[test]
fn a_group_does_not_wait_for_a_child_that_has_ended() {
    for kind in [Kind::Task, Kind::Daemon] {
        let group = node(Kind::Children);
        let child = under(&group, node(kind));
        let kept = under(&child, scope());
        let sleeper = Sleeper::new();
        assert!(!group.node().close_if_empty(&sleeper.waker()));
        tree::detach(&child);
        assert_eq!(sleeper.wakes(), 1);
        assert_eq!((group.node().children(), group.node().daemons()), (0, 0));
        assert!(group.node().close_if_empty(&sleeper.waker()));
        tree::cancel(&group, Reason::Explicit);
        assert!(kept.node().is_cancelled());
        tree::detach(&kept);
        assert!(group.node().below().is_empty());
    }
}

#[test]
fn an_adopted_group_becomes_one_too() {
    let around = node(Kind::Children);
    let outer = under(&around, scope());
    let children = under(&outer, node(Kind::Children));
    let child = under(&children, node(Kind::Task));
    let kept = under(&child, scope());
    assert!(tree::adopt(&children, &outer).is_some());
    tree::detach(&outer);
    tree::detach(&child);
    assert_eq!(around.node().children(), 0);
    tree::cancel(&around, Reason::Explicit);
    assert!(kept.node().is_cancelled());
    tree::detach(&kept);
    assert!(around.node().below().is_empty());
}

#[test]
fn a_shield_that_has_ended_shields_nobody() {
    let root = scope();
    let ended = under(&root, shield());
    let kept = under(&ended, scope());
    tree::cancel(&root, Reason::Explicit);
    assert!(!kept.node().is_cancelled());
    let sleeper = Sleeper::at(&kept);
    tree::detach(&ended);
    assert!(kept.node().is_cancelled());
    assert_eq!(sleeper.wakes(), 1);
}

#[test]
fn its_deadline_counts_no_more() {
    let root = scope();
    let ended = under(&root, scope());
    let kept = under(&ended, scope());
    let now = Instant::from(std::time::Instant::now());
    ended.node().set_deadline(Deadline::At(now));
    tree::detach(&ended);
    ended.node().set_deadline(Deadline::At(now));
    let never = tree::effective_deadline(&kept, || now);
    assert_eq!(never, Some(Deadline::Never));
}

#[test]
fn an_orphan_finds_its_adopter_through_it() {
    let around = node(Kind::Children);
    let task = under(&around, node(Kind::Task));
    let outer = under(&task, scope());
    let children = under(&outer, node(Kind::Children));
    let child = under(&children, node(Kind::Task));
    tree::detach(&task);
    assert_eq!(around.node().children(), 0);
    assert!(tree::adopt(&children, &outer).is_some());
    tree::detach(&outer);
    assert_eq!(around.node().children(), 1);
    tree::detach(&child);
    assert!(around.node().below().is_empty());
}
