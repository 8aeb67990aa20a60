//! Handing a task over to the group that it was started for, and leaving it behind.

use anyrt_core::tree::{self, Kind, Reason};

use crate::{Sleeper, node, scope, under};

#[test]
fn the_last_ordinary_one_to_become_a_daemon_wakes_the_group() {
    for (kind, wakes) in [(Kind::Daemon, 1), (Kind::Task, 0)] {
        let (starter, group) = (scope(), node(Kind::Children));
        let task = under(&starter, node(kind));
        let seat = under(&group, node(Kind::Task));
        let sleeper = Sleeper::new();
        assert!(!group.node().close_if_empty(&sleeper.waker()));
        assert!(!tree::cancel_daemons(&group, Reason::Explicit));
        assert!(tree::hand_over(&task, &seat));
        assert_eq!(sleeper.wakes(), wakes);
        assert_eq!(
            (group.node().children(), group.node().daemons()),
            (1, wakes)
        );
        assert_eq!(tree::cancel_daemons(&group, Reason::Explicit), wakes == 1);
        tree::detach(&task);
        assert_eq!((group.node().children(), starter.node().children()), (0, 0));
    }
}

#[test]
fn what_was_handed_over_is_the_groups_and_the_starter_can_not_cancel_it() {
    let (starter, group) = (scope(), node(Kind::Children));
    let task = under(&starter, node(Kind::Task));
    let seat = under(&group, node(Kind::Task));
    assert!(!task.node().is_handed_over());
    assert!(tree::hand_over(&task, &seat));
    assert!(task.node().is_handed_over());
    assert!(!tree::cancel_unless_handed_over(&task, Reason::Explicit));
    tree::cancel(&starter, Reason::Explicit);
    assert!(!task.node().is_cancelled());
    tree::cancel(&group, Reason::Explicit);
    assert!(task.node().is_cancelled());
}

#[test]
fn a_started_task_that_is_left_behind_is_awaited_until_it_ends() {
    let around = node(Kind::Children);
    let start = under(&around, scope());
    let task = under(&start, node(Kind::Task));
    assert!(tree::cancel_unless_handed_over(&task, Reason::Explicit));
    assert!(tree::adopt(&task, &start).is_some());
    tree::detach(&start);
    let sleeper = Sleeper::new();
    assert!(!around.node().close_if_empty(&sleeper.waker()));
    // It has nothing below it, and is there all the same.
    assert_eq!(around.node().children(), 1);
    tree::detach(&task);
    assert_eq!((around.node().children(), sleeper.wakes()), (0, 1));
}

#[test]
fn of_two_cancels_only_the_inherited_one_stays_behind() {
    let (old, new) = (scope(), scope());
    let moving = under(&old, scope());
    let below = under(&moving, scope());
    tree::cancel(&moving, Reason::Deadline);
    let sleeper = Sleeper::new();
    tree::hold(&below);
    below.node().look(&sleeper.waker());
    tree::cancel(&old, Reason::Explicit);
    assert_eq!(sleeper.wakes(), 0, "nothing is new below");
    tree::rehome(&moving, Some(&new));
    assert!(moving.node().is_cancelled() && below.node().is_cancelled());
    let look = moving.node().look(&sleeper.waker());
    assert_eq!((look.own, look.inherited), (Some(Reason::Deadline), false));
    let other = under(&old, scope());
    assert!(other.node().is_cancelled());
    tree::rehome(&other, Some(&new));
    assert!(!other.node().is_cancelled());
    tree::release(&below);
}
