//! Shields that open some time after a cancel.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyrt::{
    cancel::{Deadline, current_deadline, is_cancelled},
    debug, scope, shield, sleep,
    task::TaskGroup,
    task_group,
    time::Instant,
    yield_now,
};

use crate::{
    Trace,
    tools::{Defer, Gate, OnDrop, both, forever},
};

const GRACE: Duration = Duration::from_millis(20);

/// The body is dropped when the grace is over, and the scope around it ends.
pub async fn c130_a_grace_has_an_end(t: Trace) {
    let begun = Instant::now();
    let outcome = scope(async |s| {
        s.cancel();
        let body = async {
            let _probe = OnDrop::new(&t, "body", "dropped");
            forever().await;
        };
        shield(body).grace(GRACE).await;
        t.log("body", "went-on");
    })
    .await;
    let took = Instant::now().duration_since(begun);
    assert!(took >= GRACE && (took == GRACE || !t.has_virtual_clock()));
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// The grace runs from the moment of the cancel, however long the shield has been there.
pub async fn c131_a_grace_begins_with_the_cancel(t: Trace) {
    let cancelled: Mutex<Option<Instant>> = Mutex::default();
    let cancelled = Arc::new(cancelled);
    let dropped = Arc::clone(&cancelled);
    let outcome = task_group(async |tg: TaskGroup| {
        scope(async |s| {
            tg.spawn(async move {
                sleep(GRACE * 2).await;
                *cancelled.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
                s.cancel();
            });
            let virtually = t.has_virtual_clock();
            let _end = Defer(|| {
                let cancelled = dropped.lock().unwrap_or_else(PoisonError::into_inner);
                let took = Instant::now().duration_since(cancelled.expect("it was cancelled"));
                assert!(took >= GRACE && (took == GRACE || !virtually), "{took:?}");
                t.log("body", "dropped");
            });
            shield(forever()).grace(GRACE).await;
        })
        .await
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// A body that ends within the grace gives its value; without a cancel there is no clock at all.
pub async fn c132_a_grace_that_is_not_needed(t: Trace) {
    let outcome = scope(async |s| {
        let quiet = async {
            yield_now().await;
            debug::counts().unwrap().timers
        };
        t.log("timers", shield(quiet).grace(GRACE).await);
        s.cancel();
        let body = async {
            yield_now().await;
            let timers = debug::counts().unwrap().timers;
            yield_now().await;
            timers
        };
        t.log("timers", shield(body).grace(GRACE).await);
        t.log("timers", debug::counts().unwrap().timers);
        5
    })
    .await;
    t.log("main", outcome.unwrap());
}

/// A shield inside outlasts the grace: the body is dropped when that has ended.
pub async fn c133_a_shield_inside_outlasts_the_grace(t: Trace) {
    let outcome = scope(async |s| {
        s.cancel();
        let body = async {
            let _probe = OnDrop::new(&t, "body", "dropped");
            shield(async {
                while current_deadline() != Deadline::Never {
                    yield_now().await;
                }
                sleep(GRACE).await;
                t.log("body", "inner-ends");
            })
            .await;
            t.log("body", is_cancelled());
            yield_now().await;
            t.log("body", "went-on");
        };
        shield(body).grace(Duration::ZERO).await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// Inside, the end of the grace is the deadline, once there is one.
pub async fn c134_a_grace_is_a_deadline(t: Trace) {
    let word = || match current_deadline() {
        Deadline::Never => "never",
        Deadline::At(_) => "at",
        Deadline::Cancelled => "cancelled",
    };
    let outcome = scope(async |s| {
        let (asked, told) = (Gate::new(), Gate::new());
        let body = async {
            t.log("inside", word());
            asked.open();
            told.wait().await;
            yield_now().await;
            t.log("inside", word());
            t.log("inside", is_cancelled());
            9
        };
        let cancel = async {
            asked.wait().await;
            s.cancel();
            told.open();
        };
        both(shield(body).grace(Duration::from_secs(3600)), cancel)
            .await
            .0
    })
    .await;
    t.log("main", outcome.unwrap());
}

/// A grace of zero ends at the first suspension, and one that the clock can not hold never does.
pub async fn c135_no_grace_and_an_endless_one(t: Trace) {
    for grace in [Duration::ZERO, Duration::MAX] {
        let outcome = scope(async |s| {
            s.cancel();
            let body = async {
                t.log("body", "runs");
                sleep(GRACE).await;
                t.log("body", "ends");
            };
            shield(body).grace(grace).await;
            yield_now().await;
        })
        .await;
        t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
    }
}
