//! Branches that run together in one task: the first of them, or one after the other.

use std::{
    future::{Future, poll_fn, ready},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use anyrt::{
    cancel::is_cancelled,
    race, scope, shield,
    task::{Completed, NoBranches, as_completed, first_ok},
    to_thread, yield_now,
};

use futures::Stream;

use crate::{
    Trace,
    tools::{Gate, OnDrop, caught, counted, forever},
};

type Branch<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The first to complete wins; the other is dropped where it is suspended.
pub async fn t230_a_race_gives_the_first(t: Trace) {
    let value = race((
        async {
            let _probe = OnDrop::new(&t, "loser", "dropped");
            forever().await;
            1
        },
        async {
            yield_now().await;
            2
        },
    ))
    .await;
    t.log("loser", value);
    t.log("main", race([ready(3), ready(4)]).await);
    t.log("main", race(vec![ready(5), ready(6)]).await.unwrap());
}

/// A loser with a shield, and one that runs on a thread, are awaited.
pub async fn t231_losers_are_awaited(t: Trace) {
    let (running, go_on, won) = (Gate::new(), Gate::new(), Gate::new());
    let value = race((
        async {
            shield(async {
                won.wait().await;
                t.log("main", "shield-done");
            })
            .await;
            yield_now().await;
            t.log("main", "went-on");
            0
        },
        {
            let (running, go_on) = (running.clone(), go_on.clone());
            let trace = t.clone();
            async move {
                to_thread(move || {
                    running.open();
                    go_on.wait_blocking();
                    trace.log("thread", "done");
                })
                .await;
                1
            }
        },
        async {
            running.wait().await;
            won.open();
            go_on.open();
            2
        },
    ))
    .await;
    t.log("main", value);
}

/// A loser that was woken, too, is not polled again: what it waits for does not take effect.
pub async fn t232_a_loser_does_not_run_on(t: Trace) {
    let (gate, polls) = (Gate::new(), Arc::new(AtomicUsize::new(0)));
    let value = race((
        async {
            gate.wait().await;
            1
        },
        counted(Arc::clone(&polls), async {
            gate.wait().await;
            t.log("main", "took-effect");
            2
        }),
        async {
            yield_now().await;
            gate.open();
            forever().await;
            3
        },
    ))
    .await;
    t.log("main", format!("{value}-{}", polls.load(SeqCst)));
}

/// A branch that was not polled when the race was decided never starts.
pub async fn t233_what_has_lost_does_not_start(t: Trace) {
    let value = race((async { 1 }, async {
        t.log("main", "started");
        2
    }))
    .await;
    t.log("main", value);
}

/// Of an empty `Vec` there is no first.
pub async fn t234_the_first_of_none_is_an_error(t: Trace) {
    let none = Vec::<std::future::Ready<u32>>::new;
    t.log("race", told(race(none()).await));
    let failing = Vec::<std::future::Ready<Result<u32, &str>>>::new();
    t.log("first_ok", told(first_ok(failing).await));
    let completed = as_completed(none(), async |_results| t.log("as_completed", "ran")).await;
    t.log("as_completed", told(completed));
}

/// Whether the error says what to do.
fn told<T>(outcome: Result<T, NoBranches>) -> bool {
    outcome.is_err_and(|error| error.to_string().contains("not empty"))
}

/// The first `Ok` wins over errors before it; where all fail, all errors come out in order.
pub async fn t235_the_first_ok(t: Trace) {
    let later = async |yields: u32, outcome: Result<u32, &'static str>| {
        for _ in 0..yields {
            yield_now().await;
        }
        outcome
    };
    let good = first_ok((later(0, Err("a")), later(2, Ok(7)), later(3, Ok(8)))).await;
    t.log("main", good.unwrap());
    let bad = first_ok([later(2, Err("late")), later(0, Err("early"))]).await;
    for error in bad.unwrap_err() {
        t.log("main", error);
    }
    let many = first_ok(vec![later(1, Err("a")), later(1, Ok(9))]).await;
    t.log("main", many.unwrap().unwrap());
}

/// A loser that panics while it is awaited: the panic resumes.
pub async fn t236_the_panic_of_a_loser_comes_out(t: Trace) {
    let outcome = caught(race((
        async {
            shield(async {
                yield_now().await;
                yield_now().await;
                panic!("loser");
            })
            .await;
            1
        },
        async {
            yield_now().await;
            t.log("main", "won");
            2
        },
    )))
    .await;
    t.log("main", outcome.unwrap_err());
}

/// A race that a cancel from outside finds blocked ends with the scope.
pub async fn t237_a_race_is_cancelled_from_outside(t: Trace) {
    let outcome = scope(async |s| {
        race((
            async {
                let _probe = OnDrop::new(&t, "main", "dropped");
                forever().await;
            },
            async {
                yield_now().await;
                s.cancel();
                forever().await;
            },
        ))
        .await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// Losers inside losers.
pub async fn t238_races_nest(t: Trace) {
    let guarded = async |name: &'static str| {
        let _probe = OnDrop::new(&t, name, "dropped");
        shield(async {
            yield_now().await;
            yield_now().await;
            t.log(name, "shield-done");
        })
        .await;
        forever().await;
        0
    };
    let value = race((
        race((guarded("a"), guarded("b"))),
        async {
            yield_now().await;
            1
        },
        race([guarded("c"), guarded("d")]),
    ))
    .await;
    t.log("main", value);
}

fn in_order<'a>(t: &'a Trace) -> [Branch<'a, u32>; 3] {
    let (third, first) = (Gate::new(), Gate::new());
    let (opens_third, opens_first) = (third.clone(), first.clone());
    [
        Box::pin(async move {
            let _probe = OnDrop::new(t, "first", "gone");
            first.wait().await;
            1
        }),
        Box::pin(async move {
            let _probe = OnDrop::new(t, "second", "gone");
            yield_now().await;
            opens_third.open();
            2
        }),
        Box::pin(async move {
            let _probe = OnDrop::new(t, "third", "gone");
            third.wait().await;
            opens_first.open();
            3
        }),
    ]
}

/// Completes 2, 3, 1. Catalogue C.51.
pub async fn t240_results_as_they_complete(t: Trace) {
    let sum = as_completed(in_order(&t), async |mut results| {
        let mut sum = 0;
        while let Some(value) = results.next().await {
            t.log("main", value);
            sum += value;
        }
        t.log("main", results.next().await.is_none());
        sum
    })
    .await;
    t.log("main", sum);
}

/// Leaving the body after the first cancels the rest. Catalogue C.51.
pub async fn t241_leaving_the_body_cancels_the_rest(t: Trace) {
    let first = as_completed(in_order(&t), async |mut results| results.next().await).await;
    t.log("main", first.unwrap());
}

/// Leaving the body awaits what holds in the rest.
pub async fn t242_leaving_the_body_awaits_the_rest(t: Trace) {
    as_completed(
        vec![
            Box::pin(async {
                shield(async {
                    yield_now().await;
                    yield_now().await;
                    t.log("main", "shield-done");
                })
                .await;
                yield_now().await;
                t.log("main", "went-on");
            }) as Branch<'_, ()>,
            Box::pin(async { t.log("main", "first") }),
        ],
        async |mut results| {
            results.next().await;
            t.log("main", "left");
        },
    )
    .await
    .unwrap();
    t.log("main", "returned");
}

/// A panic in a branch interrupts the body; one in the body cancels the branches.
pub async fn t243_panics_of_branch_and_body(t: Trace) {
    let branch = caught(async {
        as_completed(
            (async { panic!("branch") }, forever()),
            async |mut results| {
                let _probe = OnDrop::new(&t, "branch", "body-dropped");
                results.next().await
            },
        )
        .await
    })
    .await;
    t.log("branch", branch.unwrap_err());
    let waiting = async {
        let _probe = OnDrop::new(&t, "body", "branch-dropped");
        forever().await;
    };
    let body = caught(async {
        as_completed((waiting, ready(())), async |mut results| {
            results.next().await;
            panic!("body");
        })
        .await;
    })
    .await;
    t.log("body", body.unwrap_err());
}

/// Waiting for a result is a cancel point, loses none when it is dropped, and is a stream.
pub async fn t244_a_result_is_not_lost(t: Trace) {
    let rest = as_completed([ready(1), ready(2), ready(3)], async |mut results| {
        // The branches have completed, and nothing was taken.
        yield_now().await;
        let outcome = scope(async |s| {
            s.cancel();
            results.next().await
        })
        .await;
        t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
        let first = poll_fn(|cx| Pin::new(&mut results).poll_next(cx)).await;
        t.log("main", first.unwrap());
        results
    })
    .await;
    t.log("main", left(rest).await);
}

/// After the body, the results that it did not take are still there; there are no others.
async fn left(mut results: Completed<u32>) -> u32 {
    let mut sum = 0;
    while let Some(value) = results.next().await {
        sum += value;
    }
    sum
}

/// The branches see a cancel of the scope around, and the body does.
pub async fn t245_as_completed_is_cancelled_from_outside(t: Trace) {
    let outcome = scope(async |s| {
        as_completed(
            (
                async {
                    let _probe = OnDrop::new(&t, "branch", "dropped");
                    forever().await;
                },
                async {
                    yield_now().await;
                    s.cancel();
                    shield(yield_now()).await;
                    t.log("branch", is_cancelled());
                    forever().await;
                },
            ),
            async |mut results| {
                let _probe = OnDrop::new(&t, "body", "dropped");
                results.next().await;
            },
        )
        .await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// A body that a shield holds gets no more results when the branches were cancelled, and does not wait for them.
pub async fn t246_a_held_body_does_not_wait_for_cancelled_branches(t: Trace) {
    let outcome = scope(async |s| {
        as_completed([forever(), forever()], async |mut results| {
            shield(async {
                yield_now().await;
                s.cancel();
                t.log("body", results.next().await.is_none());
            })
            .await;
            forever().await;
        })
        .await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}
