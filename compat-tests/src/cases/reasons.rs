//! Why something was cancelled, and how waits end when their runtime has gone.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use anyrt::{
    cancel::{CancelScope, Reason, reason},
    fail_after, finally, move_on_after, scope, shield, sleep,
    task::{TaskError, TaskGroup, TryTaskGroup},
    task_group, try_task_group, yield_now,
};

use crate::{
    Trace,
    rig::Rig,
    tools::{Defer, OnDrop, both, foreign_yield, forever, peek},
};

fn word(reason: Option<Reason>) -> String {
    reason.map_or("none".into(), |reason| format!("{reason:?}"))
}

/// A place knows why it is cancelled: what the outermost cancelled scope will report, up to a shield.
pub async fn c160_a_place_knows_why_it_is_cancelled(t: Trace) {
    let outcome = scope(async |outer| {
        t.log("place", word(reason()));
        scope(async |inner| {
            inner.cancel_with(Reason::Deadline);
            t.log("place", word(reason()));
            outer.cancel();
            t.log("place", word(reason()));
            shield(async { t.log("shield", word(reason())) }).await;
            let _end = Defer(|| t.log("destructor", word(reason())));
            yield_now().await;
        })
        .await
    })
    .await;
    t.log(
        "main",
        word(outcome.err().map(|cancelled| cancelled.reason())),
    );
    t.log("main", word(reason()));
}

/// Members of a group see that another one failed; a deadline is seen as one; a grace that ended, too.
pub async fn c161_each_cause_has_its_reason(t: Trace) {
    let trace = t.clone();
    let errors = try_task_group(async |tg: TryTaskGroup<()>| {
        tg.spawn(async move {
            let _end = Defer(|| trace.log("sibling", word(reason())));
            forever().await;
            Ok(())
        });
        tg.spawn(async {
            yield_now().await;
            Err(())
        });
        Ok(())
    })
    .await;
    assert!(errors.is_err());
    let _ = move_on_after(Duration::from_millis(1), async {
        let _end = Defer(|| t.log("deadline", word(reason())));
        forever().await;
    })
    .await;
    let _ = scope(async |s| {
        s.cancel();
        let body = async {
            let _end = Defer(|| t.log("grace", word(reason())));
            forever().await;
        };
        shield(body).grace(Duration::ZERO).await;
    })
    .await;
}

/// Everything that waits on a runtime which has gone ends, and each scope says `Shutdown`.
pub fn c162_every_scope_ends_with_its_runtime(rig: &Rig, t: &Trace) {
    type Waits = Vec<(&'static str, Pin<Box<dyn Future<Output = String> + Send>>)>;
    const LONG: Duration = Duration::from_secs(36_000);
    let ended = t.clone();
    let mut waits = rig
        .run(async move {
            let mut waits: Waits = Vec::new();
            waits.push((
                "scope",
                Box::pin(async {
                    let outcome = scope(async |_s: CancelScope| sleep(LONG).await).await;
                    word(outcome.err().map(|cancelled| cancelled.reason()))
                }),
            ));
            waits.push((
                "fail_after",
                Box::pin(async {
                    let outcome = fail_after(LONG, forever()).await;
                    word(outcome.err().map(|timed_out| timed_out.reason()))
                }),
            ));
            waits.push((
                "move_on_after",
                Box::pin(async { format!("{:?}", move_on_after(LONG, forever()).await) }),
            ));
            waits.push((
                "group",
                Box::pin(async {
                    let outcome = scope(async |_s: CancelScope| {
                        task_group(async |_tg: TaskGroup| sleep(LONG).await).await;
                    });
                    word(outcome.await.err().map(|cancelled| cancelled.reason()))
                }),
            ));
            waits.push((
                "finally",
                Box::pin(async move {
                    let outcome = scope(async |_s: CancelScope| {
                        finally(sleep(LONG), async || {
                            foreign_yield().await;
                            ended.log("finally", "cleaned");
                        })
                        .await;
                    });
                    word(outcome.await.err().map(|cancelled| cancelled.reason()))
                }),
            ));
            waits.push((
                "bare_group",
                Box::pin(async {
                    task_group(async |_tg: TaskGroup| sleep(LONG).await).await;
                    "returned".into()
                }),
            ));
            for (_, wait) in &mut waits {
                assert!(peek(wait).await.is_pending());
            }
            waits
        })
        .unwrap();
    let started = rig.start();
    while let Some((name, wait)) = waits.pop() {
        t.log(name, started.block_on(wait));
    }
    started.shutdown();
}

/// A cancel and the end of what it cancels, at the same time: always one of the two, and never neither.
pub async fn c163_cancel_against_completion(t: Trace) {
    let rounds = if t.has_virtual_clock() { 20 } else { 2_000 };
    let (mut values, mut cancels) = (0, 0);
    task_group(async |tg: TaskGroup| {
        for round in 0..rounds {
            let child = tg.spawn_value(async move {
                for _ in 0..round % 4 {
                    yield_now().await;
                }
                round
            });
            let ended = scope(async |s| {
                tg.spawn(async move { s.cancel() });
                for _ in 0..round % 3 {
                    yield_now().await;
                }
            });
            let (ended, ()) = both(ended, async { child.cancel() }).await;
            match (child.await, ended) {
                (Ok(value), _) => {
                    assert_eq!(value, round);
                    values += 1;
                }
                (Err(TaskError::Cancelled), _) => cancels += 1,
                (Err(error), _) => panic!("{error}"),
            }
        }
    })
    .await;
    t.log("main", values + cancels == rounds);
}

/// When a timeout around nested groups returns, no grandchild is left: not one that cleans up, either.
pub async fn c164_a_timeout_leaves_no_grandchild(t: Trace) {
    let alive = Arc::new(AtomicUsize::new(0));
    let outcome = move_on_after(Duration::from_millis(2), async {
        task_group(async |tg: TaskGroup| {
            for _ in 0..3 {
                let alive = Arc::clone(&alive);
                tg.spawn(task_group(async move |tg: TaskGroup| {
                    for _ in 0..4 {
                        let alive = Arc::clone(&alive);
                        tg.spawn(async move {
                            alive.fetch_add(1, SeqCst);
                            let _end = Defer(|| {
                                alive.fetch_sub(1, SeqCst);
                            });
                            finally(forever(), async || {
                                for _ in 0..3 {
                                    yield_now().await;
                                }
                            })
                            .await;
                        });
                    }
                }));
            }
            forever().await;
        })
        .await;
        let _ = OnDrop::new(&t, "main", "went-on");
    })
    .await;
    t.log("main", alive.load(SeqCst));
    t.log("main", outcome.is_none());
}
