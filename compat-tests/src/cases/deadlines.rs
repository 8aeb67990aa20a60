//! Scopes that end by themselves.

use std::time::Duration;

use anyrt::{
    cancel::{self, Deadline, Reason, current_deadline, fail_at, move_on_at},
    fail_after, move_on_after, scope, shield, sleep,
    task::TaskGroup,
    task_group,
    time::Instant,
    yield_now,
};

use crate::{
    Trace,
    tools::{OnDrop, foreign_yield, forever},
};

const SOON: Duration = Duration::from_millis(20);
const LATE: Duration = Duration::from_secs(3600);

/// `move_on_after` gives what was ready, and moves on when it was not. Catalogue D.56.
pub async fn c050_move_on_after_moves_on(t: Trace) {
    for delay in [Duration::ZERO, SOON] {
        let began = Instant::now();
        let outcome = move_on_after(delay, async {
            let _probe = OnDrop::new(&t, "body", "dropped");
            forever().await;
        })
        .await;
        assert!(began.elapsed() >= delay, "early");
        t.log("main", if outcome.is_none() { "none" } else { "some" });
    }
    t.log("main", move_on_after(LATE, async { 1 }).await.unwrap());
}

/// `fail_after` says that it timed out, and why. Catalogue D.57.
pub async fn c051_fail_after_fails(t: Trace) {
    for delay in [Duration::ZERO, SOON] {
        let began = Instant::now();
        let outcome = fail_after(delay, sleep(LATE)).await;
        assert!(began.elapsed() >= delay, "early");
        t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
    }
    t.log("main", fail_after(LATE, yield_now()).await.is_ok());
}

/// A body that is ready beats a delay of zero: it is polled first. Row dC9.
pub async fn c052_a_ready_body_beats_a_deadline_of_zero(t: Trace) {
    t.log(
        "main",
        move_on_after(Duration::ZERO, async { 1 }).await.unwrap(),
    );
    t.log(
        "main",
        fail_after(Duration::ZERO, async { 2 }).await.unwrap(),
    );
    let past = Instant::now() - Duration::from_millis(1);
    t.log("main", move_on_at(past, async { 3 }).await.unwrap());
}

/// A delay of zero ends a body at its first suspension, also one that would be ready next. Row dC10.
pub async fn c053_a_deadline_of_zero_ends_at_the_first_suspension(t: Trace) {
    let outcome = move_on_after(Duration::ZERO, async {
        t.log("body", "started");
        foreign_yield().await;
        t.log("body", "went-on");
    })
    .await;
    t.log("main", if outcome.is_none() { "none" } else { "some" });
}

/// A delay that the clock can not hold, and no instant at all, never end a body. Catalogue D.56.
pub async fn c054_too_far_means_never(t: Trace) {
    t.log(
        "main",
        move_on_after(Duration::MAX, sleep(SOON)).await.is_some(),
    );
    t.log("main", fail_at(None, sleep(SOON)).await.is_ok());
    let state = move_on_after(Duration::MAX, async { current_deadline() }).await;
    t.log(
        "main",
        if state == Some(Deadline::Never) {
            "never"
        } else {
            "another"
        },
    );
}

/// An explicit cancel that comes first is the reason, also when the deadline passes later. Catalogue D.58.
pub async fn c055_the_cause_is_stored(t: Trace) {
    let outcome = scope(async |s| {
        s.cancel();
        s.set_deadline(Instant::now() + Duration::from_millis(5));
        shield(sleep(SOON)).await;
        yield_now().await;
    })
    .await;
    t.log("explicit", format!("{:?}", outcome.unwrap_err().reason()));
    let outcome = scope(async |s| {
        s.set_deadline(Instant::now() + Duration::from_millis(5));
        let held = async {
            while s.reason().is_none() {
                sleep(Duration::from_millis(1)).await;
            }
            s.cancel();
        };
        shield(held).await;
        yield_now().await;
    })
    .await;
    t.log("deadline", format!("{:?}", outcome.unwrap_err().reason()));
}

/// A cancel from further out is not a timeout. Catalogue D.60.
pub async fn c056_a_cancel_from_outside_is_no_timeout(t: Trace) {
    let outcome = scope(async |s| {
        let inner = fail_after(LATE, async {
            s.cancel();
            forever().await;
        })
        .await;
        t.log("inner", if inner.is_err() { "timed-out" } else { "value" });
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// A timeout around a group cancels its children, and is all that comes out. Catalogue D.61.
pub async fn c057_a_timeout_around_a_group(t: Trace) {
    let outcome = fail_after(SOON, async {
        task_group(async |tg: TaskGroup| {
            for name in ["a", "b"] {
                let probe = OnDrop::new(&t, name, "dropped");
                tg.spawn(async move {
                    let _probe = probe;
                    forever().await;
                });
            }
            forever().await;
        })
        .await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// The outer deadline comes first: the outer scope reports, the inner one never does. Catalogue D.63.
pub async fn c058_the_earlier_outer_deadline_wins(t: Trace) {
    let outcome = move_on_after(SOON, async {
        let inner = move_on_after(LATE, forever()).await;
        t.log("inner", if inner.is_none() { "none" } else { "some" });
    })
    .await;
    t.log("outer", if outcome.is_none() { "none" } else { "some" });
}

/// The inner deadline comes first: the inner scope reports, and the outer goes on.
pub async fn c059_the_earlier_inner_deadline_stays_inside(t: Trace) {
    let outcome = move_on_after(LATE, async {
        let inner = move_on_after(SOON, forever()).await;
        t.log("inner", if inner.is_none() { "none" } else { "some" });
        yield_now().await;
        5
    })
    .await;
    t.log("outer", outcome.unwrap());
}

/// A deadline can be moved later, and taken away, before it fires. Catalogue D.64.
pub async fn c060_a_deadline_moves_later(t: Trace) {
    // Far enough ahead for a machine under load to move it in time.
    let ahead = 15 * SOON;
    let outcome = scope(async |s| {
        s.set_deadline(Instant::now() + ahead);
        yield_now().await;
        s.set_deadline(Instant::now() + LATE);
        sleep(ahead + SOON).await;
        s.set_deadline(Instant::now() + ahead);
        yield_now().await;
        s.set_deadline(None);
        sleep(ahead + SOON).await;
        6
    })
    .await;
    t.log("main", outcome.unwrap());
}

/// A deadline that is moved into the past ends the body at its next suspension. Catalogue D.64.
pub async fn c061_a_deadline_moves_into_the_past(t: Trace) {
    let outcome = scope(async |s| {
        s.set_deadline(Instant::now() + LATE);
        foreign_yield().await;
        s.set_deadline(Instant::now() - Duration::from_millis(1));
        t.log("body", "runs-on");
        foreign_yield().await;
        t.log("body", "went-on");
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// A deadline that is moved from outside wakes the body to see it.
pub async fn c062_a_deadline_moved_from_outside_is_seen(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let outcome = scope(async |s| {
            s.set_deadline(Instant::now() + LATE);
            tg.spawn(async move { s.set_deadline(Instant::now()) });
            forever().await;
        })
        .await;
        t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
    })
    .await;
}

/// The clock starts at the first poll, not when the scope is made. Catalogue D.66.
pub async fn c063_the_clock_starts_at_the_first_poll(t: Trace) {
    let scope = move_on_after(10 * SOON, async {
        match current_deadline() {
            Deadline::At(at) => at,
            other => panic!("a deadline is set, and is {other:?}"),
        }
    });
    sleep(5 * SOON).await;
    let polled = Instant::now();
    let at = scope.await.unwrap();
    t.log(
        "main",
        if at >= polled + 10 * SOON {
            "first-poll"
        } else {
            "making"
        },
    );
}

/// `current_deadline` is the earliest around, up to a shield. Catalogue D.78.
pub async fn c064_the_deadline_around_the_caller(t: Trace) {
    let start = Instant::now();
    let at = |seconds| start + Duration::from_secs(seconds);
    let word = |t: &Trace| match current_deadline() {
        Deadline::At(at) => t.log("deadline", (at - start).as_secs()),
        other => t.log("deadline", format!("{other:?}")),
    };
    word(&t);
    move_on_at(at(5000), async {
        move_on_at(at(10_000), async { word(&t) }).await;
        move_on_at(at(3000), async {
            word(&t);
            shield(move_on_at(at(10_000), async { word(&t) })).await;
            shield(async { word(&t) }).await;
        })
        .await;
        word(&t);
    })
    .await;
    word(&t);
}

/// An always-ready loop of facade operations does not outlive its deadline. Row dC11.
pub async fn c065_a_deadline_ends_an_always_ready_loop(t: Trace) {
    let limiter = anyrt::sync::CapacityLimiter::new(1);
    // A virtual clock does not move by itself: it takes many turns to reach a deadline.
    let soon = if t.has_virtual_clock() {
        SOON / 10
    } else {
        SOON
    };
    let began = Instant::now();
    let outcome: Option<()> = move_on_after(soon, async {
        loop {
            drop(limiter.acquire().await);
        }
    })
    .await;
    assert!(began.elapsed() >= soon, "early");
    t.log("main", if outcome.is_none() { "ended" } else { "value" });
}

/// So does an always-yielding one, facade or not.
pub async fn c066_a_deadline_ends_a_yielding_loop(t: Trace) {
    let word = |outcome: Option<()>| if outcome.is_none() { "ended" } else { "value" };
    let facade = move_on_after(SOON, async {
        loop {
            yield_now().await;
        }
    });
    t.log("facade", word(facade.await));
    let native = move_on_after(SOON, async {
        loop {
            foreign_yield().await;
        }
    });
    t.log("native", word(native.await));
}

/// A thousand timeouts around bodies that finish leave no timer behind, and none fires.
pub async fn c067_a_timeout_that_is_not_needed_leaves_nothing(t: Trace) {
    let before = anyrt::debug::counts().unwrap().timers;
    for _ in 0..1000 {
        move_on_after(LATE, foreign_yield()).await.unwrap();
    }
    let after = anyrt::debug::counts().unwrap().timers;
    t.log("timers", after - before);
}

/// A deadline belongs to a scope like a cancel does: the handle knows of it.
pub async fn c068_a_handle_knows_of_a_deadline(t: Trace) {
    let mut handle = None;
    let outcome = scope(async |s: cancel::CancelScope| {
        handle = Some(s.clone());
        s.set_deadline(Instant::now() + SOON);
        t.log("before", s.is_cancelled());
        forever().await;
    })
    .await;
    assert_eq!(outcome.unwrap_err().reason(), Reason::Deadline);
    t.log("after", format!("{:?}", handle.unwrap().reason().unwrap()));
}
