//! Constructs that have lost a part to a cancel, awaited again elsewhere, and groups that outlive their run (rules C6, T6).

use std::{
    future::Future,
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
};

use anyrt::{
    finally, gather, race, scope, shield, sleep,
    task::{TaskGroup, as_completed, first_ok, for_each_concurrent, try_gather},
    task_group,
};
use futures::stream;

use super::cut_groups::{KINDS, LONG, boxed, ends_with, run};
use crate::{
    BoxFuture, Trace,
    rig::Rig,
    tools::{Defer, Gate, OnDrop, both, caught, forever, peek},
};

/// Polls twice in a scope that is cancelled in between, and is left with the future.
async fn cancelled_once<F: Future + Unpin>(future: &mut F, gone: &Gate) {
    let outcome = scope(async |s| {
        assert!(peek(future).await.is_pending());
        s.cancel();
        assert!(peek(future).await.is_pending());
        shield(gone.wait()).await;
    });
    assert!(outcome.await.is_ok());
}

/// Whether the future panics in the words of rule C6 where nothing is cancelled.
async fn in_c6s_words<F: Future>(future: F) -> bool {
    match caught(future).await {
        Ok(_) => false,
        Err(text) => text.contains("cancelled from outside"),
    }
}

type Construct = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Each of a kind, whose part ends with the gate `gone`; `held` is a part that a cancel leaves alone, for a while.
fn constructs(gone: &Gate, release: &Gate) -> Vec<(&'static str, Construct)> {
    let lost = || ends_with(gone);
    let held = || {
        let release = release.clone();
        boxed(async move {
            shield(release.wait()).await;
            forever().await;
        })
    };
    let fails = |part: BoxFuture| async move {
        part.await;
        Err::<(), u8>(1)
    };
    let (part, cleaned) = (lost(), lost());
    let (completed_part, waits) = (lost(), held());
    let tried = vec![fails(lost()), fails(held())];
    let tried_all = vec![fails(lost()), fails(held())];
    let raced = race(vec![lost(), held()]);
    let gathered = gather(vec![lost(), held()]);
    let from_stream = stream::iter(vec![lost(), held()]);
    vec![
        (
            "scope",
            Box::pin(async move {
                let _ = scope(async move |_s| part.await).await;
            }),
        ),
        ("finally", Box::pin(finally(cleaned, async || {}))),
        (
            "gather",
            Box::pin(async move {
                gathered.await;
            }),
        ),
        (
            "race",
            Box::pin(async move {
                let _ = raced.await;
            }),
        ),
        (
            "first_ok",
            Box::pin(async move {
                let _ = first_ok(tried).await;
            }),
        ),
        (
            "try_gather",
            Box::pin(async move {
                let _ = try_gather(tried_all).await;
            }),
        ),
        (
            "bounded",
            Box::pin(for_each_concurrent(from_stream, 8, |part| part)),
        ),
        (
            "completed",
            Box::pin(async move {
                as_completed([completed_part], async move |_| waits.await).await;
            }),
        ),
    ]
}

fn starting(tg: TaskGroup, part: BoxFuture) -> Construct {
    Box::pin(async move {
        let _ = tg.start::<(), _, _>(move |_ready| part).await;
    })
}

/// What has lost a part to a cancel panics in the same words when it is awaited again where nothing is cancelled.
pub async fn t570_what_has_lost_a_part_is_not_awaited_again(t: Trace) {
    for number in 0..constructs(&Gate::new(), &Gate::new()).len() {
        let (gone, release) = (Gate::new(), Gate::new());
        let (name, mut construct) = constructs(&gone, &release).swap_remove(number);
        cancelled_once(&mut construct, &gone).await;
        let (panicked, ()) = both(in_c6s_words(construct), async { release.open() }).await;
        t.log(name, panicked);
    }
    task_group(async |tg: TaskGroup| {
        let gone = Gate::new();
        let part = ends_with(&gone);
        let mut start = starting(tg, part);
        cancelled_once(&mut start, &gone).await;
        t.log("start", in_c6s_words(start).await);
    })
    .await;
}

/// A branch that a cancel left alone may still win a race that has lost another.
pub async fn t571_a_held_branch_wins(t: Trace) {
    for moves in [false, true] {
        let (gone, release) = (Gate::new(), Gate::new());
        let (lost, held) = (ends_with(&gone), release.wait());
        let lost = async move {
            lost.await;
            1
        };
        let held = shield(async move {
            held.await;
            2
        });
        let mut all = Box::pin(race((lost, held)));
        if moves {
            cancelled_once(&mut all, &gone).await;
            release.open();
            t.log("moved", all.await);
        } else {
            let opens = async {
                gone.wait().await;
                release.open();
            };
            let outcome = scope(async |s| {
                assert!(peek(&mut all).await.is_pending());
                s.cancel();
                all.await
            });
            t.log("there", outcome_of(outcome, opens).await);
        }
    }
}

async fn outcome_of<T, E: std::fmt::Debug>(
    outcome: impl Future<Output = Result<T, E>>,
    beside: impl Future<Output = ()>,
) -> T {
    both(outcome, beside).await.0.unwrap()
}

/// A run that was cancelled pulls nothing any more, wherever it is awaited: it does not go on with fewer places.
pub async fn t573_a_cancelled_run_does_not_go_on(t: Trace) {
    let (first, second, pulled) = (Gate::new(), Gate::new(), AtomicUsize::new(0));
    let gates = [first.clone(), second.clone()];
    let items = (0..5).inspect(|_| {
        pulled.fetch_add(1, SeqCst);
    });
    let mut all = Box::pin(for_each_concurrent(items, 2, |item: usize| {
        let gate = gates.get(item).cloned().unwrap_or_default();
        shield(async move { gate.wait().await })
    }));
    let outcome = scope(async |s| {
        assert!(peek(&mut all).await.is_pending());
        s.cancel();
        second.open();
        assert!(peek(&mut all).await.is_pending());
    });
    assert!(outcome.await.is_ok());
    first.open();
    t.log("main", in_c6s_words(all).await);
    t.log("pulled", pulled.load(SeqCst));
}

/// A cut group that is awaited again where nothing is cancelled panics when all are gone; it does not hang.
pub async fn t564_a_cut_group_is_not_awaited_again(t: Trace) {
    for (name, kind) in KINDS {
        let release = Gate::new();
        let held = boxed(shield(release.wait()));
        let gone = Gate::new();
        let mut all = Box::pin(run(kind, vec![ends_with(&gone), held]));
        cancelled_once(&mut all, &gone).await;
        release.open();
        t.log(name, in_c6s_words(all).await);
    }
    // Its body is gone, a child is left.
    let (release, started, gone) = (Gate::new(), Gate::new(), Gate::new());
    let (held, opened, body) = (release.clone(), started.clone(), ends_with(&gone));
    let mut group = Box::pin(task_group(async |tg: TaskGroup| {
        tg.spawn(async move {
            opened.open();
            shield(held.wait()).await;
        });
        body.await;
    }));
    assert!(peek(&mut group).await.is_pending());
    started.wait().await;
    cancelled_once(&mut group, &gone).await;
    release.open();
    t.log("body", in_c6s_words(group).await);
}

/// The end of the run cuts a group in a task that has outlived main: nothing behind the group runs.
pub fn t565_the_end_of_a_run_is_reported_around(rig: &Rig, t: &Trace) {
    let trace = t.clone();
    rig.run(async move {
        let started = Gate::new();
        let opened = started.clone();
        let owned = anyrt::task::OwnedTaskGroup::new();
        owned.spawn(async move {
            let _probe = OnDrop::new(&trace, "task", "dropped");
            task_group(async |tg: TaskGroup| {
                tg.spawn(sleep(LONG));
                opened.open();
            })
            .await;
            trace.log("task", "went-on");
        });
        started.wait().await;
        // Ends with the run, not before it.
        std::mem::forget(owned);
    })
    .unwrap();
    t.log("main", "ended");
}

/// A cut group whose runtime has gone meanwhile gives its value: nobody is left to report the cancel.
pub fn t566_a_cut_group_outlives_its_runtime(rig: &Rig, t: &Trace) {
    let group = rig.run(async {
        let (started, release, gone) = (Gate::new(), Gate::new(), Gate::new());
        let (opened, held, end) = (started.clone(), release.clone(), gone.clone());
        let mut group = Box::pin(task_group(async move |tg: TaskGroup| {
            tg.spawn(async move {
                let _end = Defer(move || end.open());
                opened.open();
                shield(held.wait()).await;
                forever().await;
            });
            5
        }));
        let outcome = scope(async |s| {
            assert!(peek(&mut group).await.is_pending());
            started.wait().await;
            s.cancel();
        });
        assert!(outcome.await.is_ok());
        release.open();
        gone.wait().await;
        Some(group)
    });
    let started = rig.start();
    t.log("main", started.block_on(group.unwrap().unwrap()));
    started.shutdown();
}
