//! Values that surround tasks, and values that belong to runs.

use std::{
    sync::{Arc, Barrier, Mutex},
    thread,
};

use anyrt::{
    context::{RunVar, context_var},
    gather, scope,
    task::{Ready, TaskGroup, TryOwnedTaskGroup, local_task_group},
    task_group,
    thread::{Portal, from_thread, portal},
    to_thread, yield_now,
};

use crate::{
    Trace,
    rig::Rig,
    tools::{Defer, Gate, both, caught, forever, peek},
};

context_var! {
    static NAME: &'static str;
    static DEPTH: u32;
}

fn name() -> &'static str {
    NAME.get().unwrap_or("none")
}

/// Everything that a task starts begins with its values.
pub async fn h601_what_is_started_inherits(t: Trace) {
    NAME.scope("ada", async {
        task_group(async |tg: TaskGroup| {
            t.log("spawn", tg.spawn_value(async { name() }).await.unwrap());
            let (inside, done) = (t.clone(), Gate::new());
            let tell = done.clone();
            tg.spawn_daemon(async move {
                inside.log("daemon", name());
                tell.open();
            });
            done.wait().await;
            let started = tg.start(|ready: Ready<&'static str>| async move { ready.set(name()) });
            t.log("start", started.await.unwrap());
        })
        .await;
        let owned = TryOwnedTaskGroup::<()>::new();
        let child = owned.spawn_value(async { Ok(name()) });
        t.log("owned", child.await.unwrap());
        owned.join().await.unwrap();
        t.log("gather", gather((async { name() }, async {})).await.0);
        let local = local_task_group(async |lg| lg.spawn_value(async { name() }).await);
        t.log("local", local.await.unwrap());
        t.log("thread", to_thread(name).await);
        let back = to_thread(|| from_thread::run(async { name() }));
        t.log("from-thread", back.await.unwrap());
        let called = portal(async |portal: Portal| {
            let call = to_thread(move || portal.call(async { name() }));
            call.await.unwrap()
        });
        t.log("portal", called.await);
    })
    .await;
    t.log("main", name());
}

/// What is set later, on either side, the other does not see.
pub async fn h602_a_snapshot_is_no_link(t: Trace) {
    let (set, read) = (Gate::new(), Gate::new());
    NAME.scope("before", async {
        task_group(async |tg: TaskGroup| {
            let (wait, tell, inside) = (set.clone(), read.clone(), t.clone());
            tg.spawn(async move {
                wait.wait().await;
                inside.log("child", name());
                NAME.scope("childs", async {
                    inside.log("child", name());
                    tell.open();
                    yield_now().await;
                })
                .await;
                inside.log("child", name());
            });
            NAME.scope("after", async {
                set.open();
                read.wait().await;
                t.log("parent", name());
            })
            .await;
            t.log("parent", name());
        })
        .await;
    })
    .await;
}

/// Scopes nest, by variable, and what was before is back after each, after a panic, too.
pub async fn h603_scopes_nest(t: Trace) {
    let both_of = || format!("{}-{}", name(), DEPTH.get().map_or(0, |depth| depth));
    NAME.scope("outer", async {
        DEPTH
            .scope(1, async {
                t.log("main", both_of());
                NAME.scope("inner", async {
                    DEPTH.sync_scope(2, || t.log("main", both_of()));
                    t.log("main", both_of());
                })
                .await;
                t.log("main", both_of());
                let panicked = caught(NAME.scope("gone", async { panic!("on-purpose") })).await;
                t.log("panicked", panicked.unwrap_err());
                t.log("main", both_of());
            })
            .await;
        t.log("main", both_of());
    })
    .await;
    t.log("main", both_of());
}

/// Two futures in one task, polled in turns, have each its own value, across every suspension.
pub async fn h604_values_do_not_mix(t: Trace) {
    let count = async |own: &'static str| {
        let looks = async {
            for _ in 0..50 {
                assert_eq!(name(), own);
                yield_now().await;
            }
            50
        };
        NAME.scope(own, looks).await
    };
    let (first, second) = both(count("first"), count("second")).await;
    task_group(async |tg: TaskGroup| {
        for own in ["third", "fourth"] {
            let count = async move {
                for _ in 0..50 {
                    assert_eq!(name(), own);
                    yield_now().await;
                }
            };
            NAME.sync_scope(own, || tg.spawn(count));
        }
    })
    .await;
    t.log("main", first + second);
    t.log("main", name());
}

/// Destructors of what is cancelled see the values around it.
pub async fn h605_destructors_see_the_values(t: Trace) {
    let on_drop = |lane: &'static str| {
        let trace = t.clone();
        Defer(move || trace.log(lane, name()))
    };
    let (scoped, child) = (on_drop("scoped"), on_drop("child"));
    let _ = scope(async |s| {
        s.cancel();
        NAME.scope("scopes", async {
            let _scoped = scoped;
            forever().await;
        })
        .await;
    })
    .await;
    task_group(async |tg: TaskGroup| {
        let body = async move {
            let _child = child;
            forever().await;
        };
        NAME.sync_scope("tasks", || tg.spawn(body));
        yield_now().await;
        tg.cancel();
    })
    .await;
    // Never polled, and dropped in it all the same where it was begun.
    let polled = on_drop("foreign");
    let mut dropped = Box::pin(NAME.scope("dropped", async move {
        let _polled = polled;
        forever().await;
    }));
    assert!(peek(&mut dropped).await.is_pending());
    drop(dropped);
}

/// A local child runs inside another's task, with the values of where it was spawned.
pub async fn h606_a_local_child_has_its_own(t: Trace) {
    local_task_group(async |lg| {
        let looks = async {
            let first = name();
            yield_now().await;
            format!("{first}-{}", name())
        };
        let child = NAME.sync_scope("spawners", || lg.spawn_value(looks));
        t.log("child", child.await.unwrap());
        t.log("body", name());
    })
    .await;
}

/// A future that goes on elsewhere keeps what is set inside it, and sees what is set around it there.
pub async fn h607_a_future_that_moves(t: Trace) {
    let inside = t.clone();
    let mut moved = Box::pin(DEPTH.scope(7, async move {
        inside.log("moved", format!("{}-{:?}", name(), DEPTH.get()));
        yield_now().await;
        inside.log("moved", format!("{}-{:?}", name(), DEPTH.get()));
    }));
    let polled = NAME.scope("here", async { peek(&mut moved).await.is_pending() });
    assert!(polled.await);
    NAME.scope("there", moved).await;
}

/// Native tasks and threads begin with nothing; `run` with what is around it.
pub fn h608_foreign_code_begins_with_nothing(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (done, trace) = (Gate::new(), t.clone());
    let tell = done.clone();
    NAME.sync_scope("around", || {
        let task = async move {
            trace.log("native", name());
            tell.open();
        };
        runtime.spawn(task).expect("the runtime lives");
    });
    runtime.block_on(done.wait());
    NAME.sync_scope("around", || {
        let elsewhere = thread::spawn(name).join().unwrap();
        t.log("thread", elsewhere);
        t.log("run", rig.run(async { name() }).unwrap());
    });
    t.log("main", name());
}

static NUMBER: RunVar<u32> = RunVar::new();
static KEPT: RunVar<Arc<Defer<Goodbye>>> = RunVar::new();

type Goodbye = Box<dyn FnMut() + Send + Sync>;

/// A run's value is there in its tasks and on its worker threads.
pub async fn h701_a_run_has_a_value(t: Trace) {
    // In foreign runtimes it is the process's, and may have been made before.
    t.log("main", NUMBER.get_or_init(|| 7));
    t.log("thread", format!("{:?}", to_thread(|| NUMBER.get()).await));
    let child =
        task_group(async |tg: TaskGroup| tg.spawn_value(async { NUMBER.get_or_init(|| 8) }).await);
    t.log("child", child.await.unwrap());
}

/// Runs at the same time have each its own, and the next one has none.
pub fn h702_each_run_has_its_own(rig: &Rig, t: &Trace) {
    let (together, found) = (Arc::new(Barrier::new(2)), Mutex::new(Vec::new()));
    thread::scope(|threads| {
        for number in [1, 2] {
            let (together, found) = (together.clone(), &found);
            threads.spawn(move || {
                let values = rig.run(async move {
                    let before = NUMBER.set(number);
                    // On a worker thread, where it may block.
                    let meet = to_thread(move || together.wait());
                    meet.await;
                    (before, NUMBER.set(9), NUMBER.get())
                });
                found.lock().unwrap().push((number, values.unwrap()));
            });
        }
    });
    let mut found = found.into_inner().unwrap();
    found.sort_unstable();
    for (number, (before, own, after)) in found {
        t.log("runs", format!("{number}-{before:?}-{own:?}-{after:?}"));
    }
    t.log(
        "next",
        format!("{:?}", rig.run(async { NUMBER.get() }).unwrap()),
    );
}

/// The values go when everything in the run has ended, before `run` returns.
pub fn h703_values_go_with_their_run(rig: &Rig, t: &Trace) {
    let (trace, inside) = (t.clone(), t.clone());
    rig.run(async move {
        let gone = move || trace.log("order", "value-gone");
        KEPT.set(Arc::new(Defer(Box::new(gone))));
        let left = TryOwnedTaskGroup::<()>::new();
        left.spawn(async move {
            anyrt::cancel::finally(forever(), async || {
                let kept = KEPT.get().is_some();
                inside.log("order", if kept { "still-there" } else { "missing" });
            })
            .await;
            Ok(())
        });
        yield_now().await;
        // The run waits for what is left of the group.
        drop(left);
    })
    .unwrap();
    t.log("order", "run-returned");
}
