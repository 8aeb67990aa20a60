use std::{
    sync::Arc,
    time::{self, Duration},
};

use anyrt_core::{
    Instant,
    tree::{self, Deadline, Kind, Node, NodeRef, Reason, effective_deadline},
};

use crate::{Sleeper, look, scope, shield, under};

const SECOND: Duration = Duration::from_secs(1);

fn due(deadline: Deadline) -> NodeRef {
    Arc::new(Node::new(Kind::Scope, deadline))
}

fn start() -> Instant {
    Instant::from(time::Instant::now())
}

#[test]
fn the_earliest_deadline_around_counts() {
    let now = start();
    let outer = due(Deadline::At(now + SECOND));
    let inner = under(&outer, due(Deadline::At(now + 2 * SECOND)));
    let clock = || now;
    assert_eq!(
        effective_deadline(&inner, clock),
        Some(Deadline::At(now + SECOND))
    );
    tree::cancel(&outer, Reason::Explicit);
    assert_eq!(effective_deadline(&inner, clock), None);
    assert_eq!(effective_deadline(&scope(), clock), Some(Deadline::Never));
}

#[test]
fn a_shield_hides_the_deadlines_around_it() {
    let now = start();
    let outer = due(Deadline::At(now));
    let inner = under(&under(&outer, shield()), due(Deadline::At(now + SECOND)));
    assert_eq!(
        effective_deadline(&inner, || now),
        Some(Deadline::At(now + SECOND))
    );
}

#[test]
fn a_delay_is_fixed_when_the_clock_is_first_read() {
    let now = start();
    let node = due(Deadline::After(SECOND));
    assert_eq!(look(&node).deadline, Deadline::After(SECOND));
    assert_eq!(node.node().fix_deadline(|| now), Some(now + SECOND));
    assert_eq!(
        node.node().fix_deadline(|| now + SECOND),
        Some(now + SECOND)
    );
    assert_eq!(look(&node).deadline, Deadline::At(now + SECOND));

    let never = due(Deadline::After(Duration::MAX));
    assert_eq!(never.node().fix_deadline(|| now), None);
}

#[test]
fn a_new_deadline_wakes_the_region() {
    let node = scope();
    let sleeper = Sleeper::at(&node);
    let at = start();
    node.node().set_deadline(Deadline::At(at));
    assert_eq!(sleeper.wakes(), 1);
    assert_eq!(look(&node).deadline, Deadline::At(at));
}

#[test]
fn the_clock_is_read_under_no_lock() {
    let now = start();
    let outer = due(Deadline::After(SECOND));
    let inner = under(&outer, due(Deadline::After(SECOND)));
    let clock = || {
        let _ = (inner.node().children(), outer.node().children());
        now
    };
    let found = effective_deadline(&inner, clock);
    assert_eq!(found, Some(Deadline::At(now + SECOND)));
}
