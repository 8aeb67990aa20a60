//! What a refusal of the budget does to the regions around it.

use std::time::{Duration, Instant as Clock};

use anyrt_core::{
    Instant,
    context::{self, Refusal, Region},
    tree::{Deadline, Kind, Reason},
};

const SECOND: Duration = Duration::from_secs(1);

fn now() -> Instant {
    Instant::from(Clock::now())
}

fn scope(at: Instant) -> Region {
    Region::new(Kind::Scope, Deadline::At(at))
}

/// Runs `f` inside the regions, the first of which is the outermost.
fn inside<R>(regions: &[&Region], f: &mut dyn FnMut() -> R) -> R {
    match regions {
        [] => f(),
        [outermost, others @ ..] => context::enter(outermost, None, || inside(others, f)),
    }
}

/// Refuses something inside the regions at `now`, and has each of them take note.
fn refuse(regions: &[&Region], now: Instant) -> (bool, Vec<Refusal>) {
    let cancelled = inside(regions, &mut || context::refuse(|| now));
    let noted = regions.iter().map(|region| region.take_refusal());
    (cancelled, noted.collect())
}

fn own_reason(region: &Region) -> Option<Reason> {
    region.existing_node()?.node().own_reason()
}

#[test]
fn the_first_refusal_ends_nothing() {
    let (now, due) = (now(), scope(now()));
    assert_eq!(due.take_refusal(), Refusal::None);
    assert_eq!(refuse(&[&due], now + SECOND), (false, vec![Refusal::First]));
    assert_eq!(own_reason(&due), None);
    assert_eq!(due.take_refusal(), Refusal::None);
    assert_eq!(refuse(&[&due], now + SECOND), (true, vec![Refusal::Again]));
    assert_eq!(own_reason(&due), Some(Reason::Deadline));
}

/// Two of one poll are one to the region.
#[test]
fn a_second_refusal_before_the_region_took_note_ends_nothing() {
    let (now, due) = (now(), scope(now()));
    for _ in 0..2 {
        assert!(!context::enter(&due, None, || context::refuse(
            || now + SECOND
        )));
    }
    assert_eq!(due.take_refusal(), Refusal::First);
}

#[test]
fn of_those_that_are_due_the_earliest_is_cancelled_and_of_equal_ones_the_innermost() {
    let now = now();
    let (later, first, equal) = (scope(now + SECOND), scope(now), scope(now));
    let inner = scope(now + SECOND);
    let all = [&later, &first, &equal, &inner];
    refuse(&all, now);
    assert!(refuse(&all, now + SECOND).0);
    assert_eq!(
        all.map(own_reason),
        [None, None, Some(Reason::Deadline), None]
    );
    assert!(refuse(&all, now + SECOND).0);
    assert_eq!(own_reason(&first), Some(Reason::Deadline));
}

#[test]
fn what_is_not_due_or_was_not_refused_before_stays() {
    let now = now();
    let (old, new) = (scope(now + SECOND), scope(now));
    refuse(&[&old], now);
    let refused = refuse(&[&old, &new], now);
    assert_eq!(refused, (false, vec![Refusal::Again, Refusal::First]));
}

#[test]
fn a_refusal_makes_the_budget_whole() {
    context::renew();
    assert!(context::has_room_for(1) && context::has_room_for(usize::MAX));
    let mut charged = 0;
    while context::charge() {
        charged += 1;
    }
    assert_eq!(charged, 128);
    assert!(!context::has_room_for(1) && context::has_room_for(0));
    context::refuse(now);
    assert!(context::has_room_for(128));
    context::charge();
    assert!(context::has_room_for(127) && !context::has_room_for(128));
}
