//! How owned groups end: joined, closed, left.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use anyrt::{
    move_on_after, scope, shield,
    task::{OwnedTaskGroup, TaskGroup, TryOwnedTaskGroup},
    task_group,
    time::Instant,
    yield_now,
};

use super::orphans::{Lost, listen};
use crate::{
    Trace,
    rig::Rig,
    tools::{Gate, OnDrop, caught, forever, peek, until},
    watchdog::text_of,
};

fn open_or_closed<G: anyrt::task::OwnableGroup>(group: &anyrt::task::Owned<G>) -> &'static str {
    if group.is_closed() { "closed" } else { "open" }
}

/// A deadline around a join ends it there; the children run on, and the group can be joined again.
pub async fn t850_a_join_holds_nothing(t: Trace) {
    let group = OwnedTaskGroup::new();
    let (release, trace) = (Gate::new(), t.clone());
    let go = release.clone();
    group.spawn(async move {
        shield(go.wait()).await;
        trace.log("child", "finished");
    });
    let begun = Instant::now();
    let joined = move_on_after(Duration::from_millis(50), group.join()).await;
    let took = begun.elapsed();
    assert!(took >= Duration::from_millis(50), "early: {took:?}");
    if t.has_virtual_clock() {
        assert_eq!(took, Duration::from_millis(50));
    }
    t.log("main", format!("{joined:?}"));
    t.log("main", group.statistics().alive);
    t.log("main", open_or_closed(&group));
    release.open();
    group.join().await;
    t.log("main", open_or_closed(&group));
}

/// Any number wait at the same time: one of them gets the errors, the others hear that it is over.
pub async fn t851_one_of_several_gets_the_failures(t: Trace) {
    let group = Arc::new(TryOwnedTaskGroup::<&str>::new());
    let (release, waiting) = (Gate::new(), [Gate::new(), Gate::new(), Gate::new()]);
    let go = release.clone();
    group.spawn(async move {
        go.wait().await;
        Err("failed")
    });
    let outcomes = task_group(async |tg: TaskGroup| {
        let joins = waiting.clone().map(|waiting| {
            let group = Arc::clone(&group);
            tg.spawn_value(async move {
                let mut join = group.join();
                assert!(peek(&mut join).await.is_pending());
                waiting.open();
                join.await
            })
        });
        for waiting in &waiting {
            waiting.wait().await;
        }
        // One that gives up keeps nobody waiting.
        assert!(peek(&mut group.join()).await.is_pending());
        release.open();
        let mut outcomes = Vec::new();
        for join in joins {
            outcomes.push(join.await.unwrap());
        }
        outcomes
    })
    .await;
    let failures = outcomes.iter().filter(|outcome| outcome.is_err()).count();
    t.log("main", format!("{failures}/{}", outcomes.len()));
    t.log("main", format!("{:?}", group.join().await));
}

/// Of a join that is given up, one thing stays: daemons that were alone have been cancelled.
pub async fn t852_a_join_ends_daemons_that_are_alone(t: Trace) {
    let group = OwnedTaskGroup::new();
    let (inside, probe) = (Gate::new(), OnDrop::new(&t, "daemon", "dropped"));
    let opened = inside.clone();
    group.spawn_daemon(async move {
        let _probe = probe;
        opened.open();
        forever().await;
    });
    inside.wait().await;
    let pending = peek(&mut group.join()).await.is_pending();
    t.log("main", if pending { "pending" } else { "ready" });
    until(|| group.statistics().alive == 0).await;
    t.log("daemon", "gone");
    t.log("main", open_or_closed(&group));
    group.join().await;
    t.log("main", open_or_closed(&group));
}

/// A task of the group that joins it would wait for itself, however deep it is: it panics, and so the group does.
pub async fn t853_a_join_from_inside_panics(t: Trace) {
    for nested in [false, true] {
        let group = Arc::new(OwnedTaskGroup::new());
        let own = Arc::clone(&group);
        group.spawn(async move {
            if nested {
                task_group(async |tg: TaskGroup| {
                    tg.spawn(async move { own.join().await });
                })
                .await;
            } else {
                own.join().await;
            }
        });
        let text = caught(group.join()).await.unwrap_err();
        let (whose, place) = (text.contains("its own end"), text.contains("owned_ends.rs"));
        t.log("main", format!("{whose}/{place}"));
    }
}

/// A task of the group that closes it is dropped there.
pub async fn t854_a_close_from_inside_drops_the_caller(t: Trace) {
    let group = Arc::new(OwnedTaskGroup::new());
    let (own, trace) = (Arc::clone(&group), t.clone());
    group.spawn(async move {
        let _probe = OnDrop::new(&trace, "child", "dropped");
        let inside = scope(async |_s| {
            trace.log("child", "closes");
            own.close().await;
        });
        let _ = inside.await;
        trace.log("child", "went-on");
    });
    group.join().await;
    t.log("child", "joined");
}

/// Inside a shield nothing could drop it: there it panics.
pub async fn t855_a_shielded_close_from_inside_panics(t: Trace) {
    let group = Arc::new(OwnedTaskGroup::new());
    let own = Arc::clone(&group);
    group.spawn(async move { shield(async { own.close().await }).await });
    let text = caught(group.join()).await.unwrap_err();
    t.log("main", text.contains("inside a shield"));
}

/// Before anything was spawned a join is ready and changes nothing; a close closes.
pub async fn t856_a_group_that_was_never_used(t: Trace) {
    let group = OwnedTaskGroup::new();
    group.join().await;
    t.log("main", open_or_closed(&group));
    group.close().await;
    t.log("main", open_or_closed(&group));
    let (trace, probe) = (t.clone(), OnDrop::new(&t, "late", "dropped"));
    let late = group.spawn(async move {
        let _probe = probe;
        trace.log("late", "polled");
    });
    t.log("late", format!("{:?}", late.await.unwrap_err()));
    t.log("main", group.statistics().spawned);
}

/// A group whose children do not fail has everything that a group has.
pub async fn t857_an_owned_group_is_a_group(t: Trace) {
    let group = OwnedTaskGroup::new();
    let value = group.named("answer").spawn_value(async { 42 });
    t.log("value", value.await.unwrap());
    let started = group
        .named("service")
        .start_daemon(async |ready| {
            ready.set(5);
            forever().await;
        })
        .await;
    t.log("start", started.unwrap());
    let (begun, release) = (Gate::new(), Gate::new());
    let (opened, go) = (begun.clone(), release.clone());
    let handle = group.handle();
    group.spawn(async move {
        handle.spawn(async move {
            opened.open();
            go.wait().await;
        });
    });
    begun.wait().await;
    until(|| group.statistics().alive == 2).await;
    let statistics = group.statistics();
    t.log(
        "group",
        format!("{}/{}", statistics.spawned, statistics.daemons),
    );
    release.open();
    group.join().await;
    t.log("group", open_or_closed(&group));
}

/// Fails a child of the group, and waits until it is gone.
async fn fail(group: &TryOwnedTaskGroup<Lost>, error: Lost) {
    group.spawn(async move { Err(error) });
    until(|| group.statistics().alive == 0).await;
}

/// The error of a group that is dropped instead of joined goes to the hook.
pub async fn t858_an_error_that_was_not_joined_goes_to_the_hook(t: Trace) {
    listen();
    let group = TryOwnedTaskGroup::new();
    fail(&group, Lost(t.clone(), "kept")).await;
    t.log("hook", "dropping");
    drop(group);
    t.log("hook", "dropped");
}

/// What a group that outlives its run has kept is told at the end of the run.
pub fn t859_an_error_that_was_not_joined_is_told_at_the_end(rig: &Rig, t: &Trace) {
    listen();
    let group = Arc::new(TryOwnedTaskGroup::new());
    let (inner, trace) = (Arc::clone(&group), t.clone());
    rig.run(async move {
        fail(&inner, Lost(trace.clone(), "kept")).await;
        trace.log("hook", "main-ends");
    })
    .unwrap();
    t.log("hook", "run-ended");
    t.log("group", open_or_closed(&group));
    drop(group);
}

/// A panic that nobody joined fails the run: at its end, or when the group is dropped, which cancels main.
pub fn t860_a_panic_that_was_not_joined_fails_the_run(rig: &Rig, t: &Trace) {
    for dropped in [false, true] {
        let lane = if dropped { "dropped" } else { "kept" };
        let group = Arc::new(OwnedTaskGroup::new());
        let (inner, trace) = (Arc::clone(&group), t.clone());
        let keeps = Some(group).filter(|_| !dropped);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            rig.run(async move {
                inner.spawn(async { panic!("on-purpose") });
                until(|| inner.statistics().alive == 0).await;
                trace.log(lane, "main");
                drop(inner);
                if dropped {
                    yield_now().await;
                    forever().await;
                }
            })
        }));
        t.log(lane, text_of(&*outcome.unwrap_err()));
        drop(keeps);
    }
}

/// A close holds the scope around it, also one that is cancelled before.
pub async fn t861_a_close_in_a_cancelled_scope_waits(t: Trace) {
    let group = OwnedTaskGroup::new();
    let (inside, release, trace) = (Gate::new(), Gate::new(), t.clone());
    let (opened, go) = (inside.clone(), release.clone());
    group.spawn(async move {
        shield(async {
            opened.open();
            go.wait().await;
        })
        .await;
        trace.log("child", "clean-up");
    });
    inside.wait().await;
    let outcome = scope(async |s| {
        s.cancel();
        let mut close = group.close();
        assert!(peek(&mut close).await.is_pending());
        release.open();
        close.await;
    })
    .await;
    t.log("child", format!("{}", outcome.is_ok()));
    t.log("child", open_or_closed(&group));
}

/// A request to end is nobody's child: an empty group shows none, and does not suspend for it.
pub async fn t862_a_request_is_nobodys_child(t: Trace) {
    let counted = Arc::new(std::sync::Mutex::new(None));
    let seen = Arc::clone(&counted);
    let mut group = Box::pin(task_group(async move |tg: TaskGroup| {
        tg.shutdown(Duration::from_secs(3600));
        *seen.lock().unwrap() = Some(tg.statistics());
    }));
    let ready = peek(&mut group).await.is_ready();
    t.log("main", if ready { "ready" } else { "pending" });
    let counted = counted.lock().unwrap().take().unwrap();
    let (alive, daemons) = (counted.alive, counted.daemons);
    t.log("main", format!("{}/{alive}/{daemons}", counted.spawned));
}

/// The end of the grace cancels the group: what is spawned later runs to its first suspension.
pub async fn t863_the_end_of_the_grace_is_a_cancel(t: Trace) {
    let group = OwnedTaskGroup::new();
    let child = group.spawn(forever());
    group.shutdown(Duration::from_millis(50));
    t.log("first", format!("{:?}", child.await.unwrap_err()));
    let trace = t.clone();
    let late = group.spawn(async move {
        trace.log("late", "started");
        forever().await;
    });
    t.log("late", format!("{:?}", late.await.unwrap_err()));
    group.join().await;
}
