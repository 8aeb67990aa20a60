//! Futures that foreign code polls once and keeps, whose place then ends.
#![allow(
    clippy::async_yields_async,
    reason = "a task hands on the future that it keeps, and does not wait for it"
)]

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use anyrt::{
    cancel::{Deadline, current_deadline, is_cancelled},
    debug::task_tree,
    move_on_after, scope, shield,
    task::TaskGroup,
    task_group, yield_now,
};

use crate::{
    Trace,
    rig::Rig,
    tools::{Defer, Gate, OnDrop, forever, peek, until},
};

const LONG: Duration = Duration::from_secs(3600);

type Kept = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A group whose child says when it begins, and when it is dropped; not polled yet.
fn endless(t: &Trace, begun: &Gate, gone: &Gate) -> Kept {
    let (t, begun, gone) = (t.clone(), begun.clone(), gone.clone());
    Box::pin(task_group(async move |tg: TaskGroup| {
        tg.named("kept").spawn(async move {
            let _gone = Defer(move || gone.open());
            let _probe = OnDrop::new(&t, "child", "dropped");
            begun.open();
            forever().await;
        });
        forever().await;
    }))
}

/// Polls it once, in a scope that then ends.
async fn begin(kept: &mut Kept, begun: &Gate) {
    let polled = scope(async |_| {
        assert!(peek(kept).await.is_pending());
        begun.wait().await;
    });
    polled.await.unwrap();
}

/// The end of the run reaches the children of a group that outlives it, and the task tree lists them before.
pub fn c610_the_end_of_the_run_reaches_what_is_kept(rig: &Rig, t: &Trace) {
    let stored: Arc<Mutex<Option<Kept>>> = Arc::default();
    let (trace, store) = (t.clone(), Arc::clone(&stored));
    let ended = rig.run(async move {
        let (begun, gone) = (Gate::new(), Gate::new());
        let mut kept = endless(&trace, &begun, &gone);
        begin(&mut kept, &begun).await;
        let tree = task_tree().unwrap();
        let is_listed = tree
            .tasks()
            .any(|task| task.name.as_deref() == Some("kept"));
        trace.log("main", if is_listed { "listed" } else { "not-listed" });
        *store.lock().unwrap() = Some(kept);
    });
    t.log("main", ended.is_ok());
    drop(stored.lock().unwrap().take());
}

/// A cancel of the scope around goes on through the one that has ended.
pub async fn c611_a_cancel_passes_a_scope_that_has_ended(t: Trace) {
    let (begun, gone) = (Gate::new(), Gate::new());
    let mut kept = endless(&t, &begun, &gone);
    let outcome = scope(async |s| {
        begin(&mut kept, &begun).await;
        s.cancel();
        shield(gone.wait()).await;
    })
    .await;
    t.log("main", outcome.is_ok());
}

/// A task that has ended leaves what it polled to its group: a cancel of that reaches it, and it waits for none of it.
pub async fn c612_a_task_that_ends_leaves_its_group_what_it_polled(t: Trace) {
    let kept = task_group(async |tg: TaskGroup| {
        let (begun, gone) = (Gate::new(), Gate::new());
        let mut kept = endless(&t, &begun, &gone);
        let polls = tg.spawn_value(async move {
            assert!(peek(&mut kept).await.is_pending());
            begun.wait().await;
            kept
        });
        let kept = polls.await.unwrap();
        tg.cancel();
        gone.wait().await;
        kept
    })
    .await;
    t.log("group", "returned");
    drop(kept);
}

/// The same, where nothing is cancelled: the group returns, and what is above it reaches the children.
pub async fn c613_a_group_returns_beside_what_is_kept(t: Trace) {
    let gone = Gate::new();
    let outcome = scope(async |s| {
        let kept = task_group(async |tg: TaskGroup| {
            let begun = Gate::new();
            let mut kept = endless(&t, &begun, &gone);
            let polls = tg.named("polls").spawn_value(async move {
                assert!(peek(&mut kept).await.is_pending());
                begun.wait().await;
                kept
            });
            let kept = polls.await.unwrap();
            until(|| tg.statistics().alive == 0).await;
            let tree = task_tree().unwrap();
            let names: Vec<_> = tree.tasks().filter_map(|task| task.name.clone()).collect();
            let found = ["polls", "kept"].map(|name| names.iter().any(|found| found == name));
            t.log("tree", format!("{found:?}").replace(' ', ""));
            kept
        })
        .await;
        t.log("group", "returned");
        s.cancel();
        shield(gone.wait()).await;
        kept
    })
    .await;
    t.log("main", outcome.is_ok());
}

/// What is polled elsewhere belongs there from then on, and to the former place no more.
pub async fn c614_what_is_kept_moves_on(t: Trace) {
    let open = Gate::new();
    let waits = open.clone();
    let mut kept = Box::pin(task_group(async move |tg: TaskGroup| {
        tg.spawn_value(async move {
            waits.wait().await;
            is_cancelled()
        })
        .await
    }));
    let outcome = scope(async |former| {
        let begun = scope(async |_| peek(&mut kept).await.is_pending());
        assert!(begun.await.unwrap());
        let elsewhere = shield(async {
            assert!(peek(&mut kept).await.is_pending());
            former.cancel();
            open.open();
            t.log("kept", format!("{:?}", kept.await));
        });
        elsewhere.await;
    })
    .await;
    t.log("main", outcome.is_ok());
}

/// An unfinished shield that is kept holds nothing any more once its place has ended.
pub async fn c615_what_is_kept_holds_nothing(t: Trace) {
    let mut kept = Box::pin(shield(forever()));
    let outcome = scope(async |s| {
        let begun = scope(async |_| peek(&mut kept).await.is_pending());
        assert!(begun.await.unwrap());
        s.cancel();
        yield_now().await;
        t.log("body", "went-on");
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// A shield that has ended shields nothing, and the deadline of a scope that has ended ends nothing.
pub async fn c616_what_has_ended_counts_no_more(t: Trace) {
    let (begun, gone, ask) = (Gate::new(), Gate::new(), Gate::new());
    let told = Gate::new();
    let mut kept = {
        let (t, begun, gone, ask) = (t.clone(), begun.clone(), gone.clone(), ask.clone());
        let said = told.clone();
        Box::pin(task_group(async move |tg: TaskGroup| {
            tg.spawn(async move {
                let _gone = Defer(move || gone.open());
                begun.open();
                ask.wait().await;
                let never = current_deadline() == Deadline::Never;
                t.log("child", if never { "no-deadline" } else { "a-deadline" });
                said.open();
                forever().await;
            });
            forever().await;
        }))
    };
    let outcome = scope(async |s| {
        let place = shield(move_on_after(LONG, async {
            assert!(peek(&mut kept).await.is_pending());
            begun.wait().await;
        }));
        assert!(place.await.is_some());
        ask.open();
        told.wait().await;
        s.cancel();
        shield(gone.wait()).await;
    })
    .await;
    t.log("main", outcome.is_ok());
}

/// A group that is dropped after its place has ended leaves its children to the group around that place.
pub async fn c617_orphans_of_what_is_kept_are_adopted(t: Trace) {
    task_group(async |around: TaskGroup| {
        let (begun, release) = (Gate::new(), Gate::new());
        let trace = t.clone();
        let (inside, end) = (begun.clone(), release.clone());
        let mut kept: Kept = Box::pin(task_group(async move |tg: TaskGroup| {
            tg.spawn(async move {
                shield(async {
                    inside.open();
                    end.wait().await;
                    yield_now().await;
                    trace.log("order", "cleaned-up");
                })
                .await;
            });
            forever().await;
        }));
        let polls = around.spawn_value(async move {
            assert!(peek(&mut kept).await.is_pending());
            begun.wait().await;
            kept
        });
        drop(polls.await.unwrap());
        release.open();
    })
    .await;
    t.log("order", "returned");
}
