//! Facade futures in the combinators of the crate `futures`.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use anyrt::{
    debug::counts,
    fail_after, move_on_after, scope, shield, sleep,
    task::{TaskGroup, TaskHandle},
    task_group, to_thread, yield_now,
};
use futures::{
    FutureExt, StreamExt,
    future::{self, Either},
    pin_mut, select_biased,
    stream::{self, FuturesUnordered},
};

use crate::{
    Trace,
    tools::{Gate, OnDrop, Shared, both, forever, peek},
};

const MILLISECOND: Duration = Duration::from_millis(1);
const LONG: Duration = Duration::from_secs(3600);

/// Who loses a `select!` is dropped where it suspends: its body, its timer, its children.
pub async fn c320_the_loser_of_a_select_is_dropped(t: Trace) {
    let timers = counts().unwrap().timers;
    {
        let slow = fail_after(LONG, async {
            let _probe = OnDrop::new(&t, "loser", "dropped");
            sleep(LONG).await;
        })
        .fuse();
        let quick = move_on_after(MILLISECOND, forever()).fuse();
        pin_mut!(slow, quick);
        select_biased! {
            _ = slow => t.log("main", "slow"),
            outcome = quick => t.log("main", if outcome.is_none() { "quick" } else { "value" }),
        }
    }
    t.log("timers", counts().unwrap().timers - timers);
}

/// A future that is polled by reference in a loop of `select!` goes on where it was.
pub async fn c321_a_select_in_a_loop_keeps_what_it_borrows(t: Trace) {
    let work = scope(async |_| {
        for step in 0..3 {
            yield_now().await;
            t.log("work", step);
        }
        "done"
    })
    .fuse();
    pin_mut!(work);
    loop {
        let tick = yield_now().fuse();
        pin_mut!(tick);
        select_biased! {
            _ = tick => {}
            outcome = work => {
                t.log("main", outcome.unwrap());
                break;
            }
        }
    }
}

/// A cancel of one scope in a `join!` is none of the others' business.
pub async fn c322_a_join_keeps_scopes_apart(t: Trace) {
    let (told, tell) = (Gate::new(), Gate::new());
    let (first, second, third) = futures::join!(
        scope(async |_| {
            tell.wait().await;
            yield_now().await;
            1
        }),
        scope(async |s| {
            told.wait().await;
            s.cancel();
            tell.open();
            forever().await;
        }),
        move_on_after(LONG, async {
            told.open();
            yield_now().await;
            3
        }),
    );
    t.log("main", first.unwrap());
    t.log("main", format!("{:?}", second.unwrap_err().reason()));
    t.log("main", third.unwrap());
}

/// A scope waits for every shield among the futures that its body holds.
pub async fn c323_shields_in_a_collection_hold_the_scope(t: Trace) {
    let outcome = scope(async |s| {
        let mut all: FuturesUnordered<_> = (0..3)
            .map(|which| {
                let t = &t;
                shield(async move {
                    for _ in 0..=which {
                        yield_now().await;
                    }
                    t.log("shields", which);
                })
            })
            .collect();
        let last = shield(async {
            s.cancel();
            sleep(5 * MILLISECOND).await;
            t.log("shields", "last");
        });
        let drain = async { while all.next().await.is_some() {} };
        both(both(drain, last), forever()).await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// An abort by foreign code ends the body at once, and cancels the children.
pub async fn c324_an_abort_cancels_the_children(t: Trace) {
    let (begun, gone) = (Gate::new(), Gate::new());
    let group = {
        let (t, begun, gone) = (t.clone(), begun.clone(), gone.clone());
        async move {
            let _probe = OnDrop::new(&t, "body", "dropped");
            task_group(async |tg: TaskGroup| {
                let t = t.clone();
                tg.spawn(async move {
                    let _gone = crate::tools::Defer(|| gone.open());
                    let _probe = OnDrop::new(&t, "child", "dropped");
                    begun.open();
                    forever().await;
                });
                forever().await;
            })
            .await;
        }
    };
    let (group, abort) = future::abortable(group);
    let (outcome, ()) = both(group, async {
        begun.wait().await;
        abort.abort();
    })
    .await;
    t.log("main", if outcome.is_err() { "aborted" } else { "value" });
    gone.wait().await;
}

/// A scope that two tasks share is polled by both, and both get the value.
pub async fn c325_two_tasks_share_a_scope(t: Trace) {
    let polled = Gate::new();
    let seen = polled.clone();
    let outcome = scope(async move |_| {
        seen.wait().await;
        yield_now().await;
        sleep(MILLISECOND).await;
        7
    });
    let shared = Shared::new(outcome.map(Result::ok));
    let values = task_group(async |tg: TaskGroup| {
        let handles: Vec<TaskHandle<Option<u32>>> =
            (0..2).map(|_| tg.spawn_value(shared.clone())).collect();
        yield_now().await;
        polled.open();
        future::join_all(handles).await
    })
    .await;
    for value in values {
        t.log("value", value.unwrap().unwrap());
    }
}

/// A panic of a child comes out where the group is polled, and `catch_unwind` of `futures` catches it there.
pub async fn t310_a_panic_is_caught_around_the_group(t: Trace) {
    let group = task_group(async |tg: TaskGroup| {
        let probe = OnDrop::new(&t, "order", "sibling-dropped");
        tg.spawn(async move {
            let _probe = probe;
            forever().await;
        });
        tg.spawn(async { panic!("on-purpose") });
        forever().await;
    });
    let payload = AssertUnwindSafe(group).catch_unwind().await.unwrap_err();
    t.log("order", "caught");
    t.log("payload", payload.downcast::<&str>().unwrap());
}

/// Handles are futures like any other.
pub async fn t311_handles_go_into_collections(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let gates: Vec<Gate> = (0..3).map(|_| Gate::new()).collect();
        let mut handles: FuturesUnordered<_> = gates
            .iter()
            .cloned()
            .enumerate()
            .map(|(which, gate)| {
                tg.spawn_value(async move {
                    gate.wait().await;
                    which
                })
            })
            .collect();
        for which in [2, 0, 1] {
            gates[which].open();
            t.log("ended", handles.next().await.unwrap().unwrap());
        }
        let quick = tg.spawn_value(async { "quick" });
        let slow = tg.spawn_value(sleep(LONG));
        match future::select(quick, slow).await {
            Either::Left((value, slow)) => {
                t.log("main", value.unwrap());
                slow.cancel();
                t.log("main", format!("{:?}", slow.await.unwrap_err()));
            }
            Either::Right(_) => t.log("main", "slow"),
        }
    })
    .await;
}

/// A bound of `buffer_unordered` is a bound on worker threads.
pub async fn h301_a_buffer_bounds_calls(t: Trace) {
    let (now, peak) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let ran = stream::iter(0..20)
        .map(|_| {
            let (now, peak) = (now.clone(), peak.clone());
            to_thread(move || {
                peak.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
                now.fetch_sub(1, SeqCst);
            })
        })
        .buffer_unordered(4)
        .count()
        .await;
    t.log("ran", ran);
    let bounded = (1..=4).contains(&peak.load(SeqCst));
    t.log("at-once", if bounded { "bounded" } else { "too-many" });
}

/// Sleeps in a collection end in the order of their deadlines.
pub async fn m301_sleeps_end_in_order(t: Trace) {
    let mut sleeps: FuturesUnordered<_> = [30, 10, 20]
        .map(|length| sleep(length * MILLISECOND).map(move |()| length))
        .into_iter()
        .collect();
    while let Some(length) = sleeps.next().await {
        t.log("ended", length);
    }
}

/// A future that was polled once and is then left alone keeps nobody waiting. Rule R12.
pub async fn r303_a_future_that_is_left_alone_blocks_nobody(t: Trace) {
    let mut left = Box::pin(sleep(LONG));
    assert!(peek(&mut left).await.is_pending());
    let mut group = Box::pin(task_group(async |tg: TaskGroup| {
        tg.spawn(async {});
        yield_now().await;
    }));
    assert!(peek(&mut group).await.is_pending());
    sleep(MILLISECOND).await;
    t.log("main", "went-on");
    group.await;
    t.log("main", "group-ended");
}
