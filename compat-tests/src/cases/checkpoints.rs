//! Where operations yield, and what they do in a cancelled scope.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use anyrt::{
    cancel::checkpoint,
    scope, shield, sleep,
    sync::CapacityLimiter,
    task::TaskGroup,
    task_group,
    time::{Instant, sleep_until},
    to_thread, yield_now,
};

use crate::{
    Trace,
    tools::{both, counted, forever},
};

/// How a body fares that makes one operation in a cancelled scope.
async fn in_cancelled<F: Future>(operation: F) -> &'static str {
    let outcome = scope(async |s| {
        s.cancel();
        operation.await;
    })
    .await;
    if outcome.is_err() {
        "cancelled"
    } else {
        "took-effect"
    }
}

/// `checkpoint` and `yield_now` yield exactly once. Catalogue E.85.
pub async fn c080_a_checkpoint_yields_exactly_once(t: Trace) {
    for fut in [checkpoint(), yield_now()] {
        let polls = Arc::new(AtomicUsize::new(0));
        counted(polls.clone(), fut).await;
        t.log("polls", polls.load(SeqCst));
    }
    let polls = Arc::new(AtomicUsize::new(0));
    let outcome = scope(async |s| {
        s.cancel();
        shield(counted(polls.clone(), checkpoint())).await;
    })
    .await;
    t.log("shielded", polls.load(SeqCst));
    t.log(
        "shielded",
        if outcome.is_ok() {
            "went-on"
        } else {
            "cancelled"
        },
    );
}

/// Every operation that could complete at once is cancelled instead, and has no effect. Catalogue E.89.
pub async fn c081_no_operation_takes_effect_in_a_cancelled_scope(t: Trace) {
    let (limiter, ran) = (CapacityLimiter::new(1), Arc::new(AtomicBool::new(false)));
    t.log("checkpoint", in_cancelled(checkpoint()).await);
    t.log("sleep", in_cancelled(sleep(Duration::ZERO)).await);
    t.log(
        "sleep",
        in_cancelled(sleep_until(Instant::now() - Duration::from_millis(1))).await,
    );
    t.log("acquire", in_cancelled(limiter.acquire()).await);
    t.log("acquire", in_cancelled(limiter.acquire_for("key")).await);
    t.log("acquire", limiter.statistics().peak);
    let runs = ran.clone();
    t.log(
        "to_thread",
        in_cancelled(to_thread(move || runs.store(true, SeqCst))).await,
    );
    t.log("to_thread", ran.load(SeqCst));
}

/// A body that a shield elsewhere keeps alive goes on: no operation stays pending for ever. Rule C4.
pub async fn c082_operations_go_on_in_a_body_that_is_held(t: Trace) {
    let outcome = scope(async |s| {
        let release = crate::tools::Gate::new();
        let held = async {
            s.cancel();
            shield(release.wait()).await;
        };
        let beside = async {
            checkpoint().await;
            sleep(Duration::from_millis(1)).await;
            drop(CapacityLimiter::new(1).acquire().await);
            t.log("beside", to_thread(|| "all-done").await);
            release.open();
            forever().await;
        };
        both(held, beside).await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// Combinators are no cancel points: a scope, a shield or a group of ready things completes. Rule C4.
pub async fn c083_combinators_are_no_cancel_points(t: Trace) {
    let outcome = scope(async |s| {
        s.cancel();
        let inner = scope(async |_s| 1).await.unwrap();
        let shielded = shield(async { 2 }).await;
        let timed = anyrt::move_on_after(Duration::from_secs(1), async { 3 })
            .await
            .unwrap();
        let grouped = task_group(async |_tg| 4).await;
        inner + shielded + timed + grouped
    })
    .await;
    t.log("main", outcome.unwrap());
}

/// Releasing is no cancel point: a token is given back in a cancelled scope. Rule C4.
pub async fn c084_releasing_is_no_cancel_point(t: Trace) {
    let limiter = CapacityLimiter::new(2);
    limiter.try_acquire_for("key").unwrap();
    let outcome = scope(async |s| {
        let token = limiter.try_acquire().unwrap();
        s.cancel();
        drop(token);
        limiter.release_for("key").unwrap();
    })
    .await;
    t.log(
        "main",
        if outcome.is_ok() {
            "released"
        } else {
            "cancelled"
        },
    );
    t.log("main", limiter.available_tokens().unwrap());
}

/// An always-ready loop of facade operations lets others run, on one thread too. Rows dT14, dY1.
pub async fn c085_an_always_ready_loop_starves_nobody(t: Trace) {
    let limiter = CapacityLimiter::new(1);
    let seen = Arc::new(AtomicBool::new(false));
    task_group(async |tg: TaskGroup| {
        let sees = seen.clone();
        tg.spawn(async move { sees.store(true, SeqCst) });
        while !seen.load(SeqCst) {
            drop(limiter.acquire().await);
        }
        t.log("main", "seen");
    })
    .await;
}

/// Tasks that only yield take turns: each advances while the others do. Catalogue E.88.
pub async fn c086_yielding_tasks_take_turns(t: Trace) {
    let steps: Arc<[AtomicUsize; 4]> = Arc::default();
    task_group(async |tg: TaskGroup| {
        for own in 0..4 {
            let steps = steps.clone();
            tg.spawn(async move {
                // Nobody leaves before everybody has come this far, so that a starved one would hang this.
                while steps.iter().any(|steps| steps.load(SeqCst) < 50) {
                    steps[own].fetch_add(1, SeqCst);
                    yield_now().await;
                }
            });
        }
    })
    .await;
    let least = steps.iter().map(|steps| steps.load(SeqCst)).min();
    t.log(
        "tasks",
        if least >= Some(50) {
            "all-advanced"
        } else {
            "some-starved"
        },
    );
}
