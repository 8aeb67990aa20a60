//! What foreign code leaves behind when it drops a group.

use std::{future::Future, pin::Pin};

use anyrt::{
    debug::on_unhandled_error,
    shield,
    task::{TaskGroup, TryTaskGroup},
    task_group, try_task_group, yield_now,
};

use crate::{
    Trace,
    rig::Rig,
    tools::{Defer, Gate, OnDrop, caught, forever, peek, until},
};

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A child that is inside its shield when `inside` opens, and ends it when `release` does.
async fn cleans_up(t: Trace, lane: &'static str, inside: Gate, release: Gate) {
    let _probe = OnDrop::new(&t, lane, "dropped");
    shield(async {
        inside.open();
        release.wait().await;
        for _ in 0..3 {
            yield_now().await;
        }
        t.log(lane, "clean-up");
    })
    .await;
    yield_now().await;
    t.log(lane, "went-on");
}

/// Polls a group until its child is inside its shield, then drops it as foreign code would.
async fn drop_when<T>(mut group: Boxed<'_, T>, inside: Gate) {
    while !inside.is_open() {
        let _ = peek(&mut group).await;
        yield_now().await;
    }
    drop(group);
}

/// The group around waits for the children of a group that was dropped in its body.
pub async fn t140_the_group_around_waits_for_orphans(t: Trace) {
    let (inside, release) = (Gate::new(), Gate::new());
    task_group(async |_tg: TaskGroup| {
        let child = cleans_up(t.clone(), "child", inside.clone(), release.clone());
        let inner = task_group(async move |tg: TaskGroup| {
            tg.spawn(child);
            forever().await;
        });
        drop_when(Box::pin(inner), inside.clone()).await;
        t.log("body", "ended");
        release.open();
    })
    .await;
    t.log("child", "joined");
    t.log("body", "joined");
}

/// The same in a child of the group around.
pub async fn t141_a_childs_orphans_are_its_groups(t: Trace) {
    task_group(async |around: TaskGroup| {
        let (inside, release, trace) = (Gate::new(), Gate::new(), t.clone());
        let spawner = around.spawn({
            let release = release.clone();
            async move {
                let child = cleans_up(trace, "child", inside.clone(), release);
                let inner = task_group(async move |tg: TaskGroup| {
                    tg.spawn(child);
                    forever().await;
                });
                drop_when(Box::pin(inner), inside).await;
            }
        });
        spawner.await.unwrap();
        // Its node leaves after its handle has told.
        until(|| around.statistics().alive == 1).await;
        let statistics = around.statistics();
        t.log(
            "adopted",
            format!("{}/{}", statistics.spawned, statistics.alive),
        );
        release.open();
    })
    .await;
    t.log("child", "joined");
}

/// A whole nest is dropped at once: the group that is left waits for all of it.
pub async fn t142_a_dropped_nest_is_adopted_whole(t: Trace) {
    let (outer, inner, release) = (Gate::new(), Gate::new(), Gate::new());
    task_group(async |_around: TaskGroup| {
        let first = cleans_up(t.clone(), "outer", outer.clone(), release.clone());
        let second = cleans_up(t.clone(), "inner", inner.clone(), release.clone());
        let nest = task_group(async move |tg: TaskGroup| {
            tg.spawn(first);
            task_group(async move |tg: TaskGroup| {
                tg.spawn(second);
                forever().await;
            })
            .await;
        });
        let mut nest: Boxed<'_, ()> = Box::pin(nest);
        while !(outer.is_open() && inner.is_open()) {
            let _ = peek(&mut nest).await;
            yield_now().await;
        }
        drop(nest);
        release.open();
    })
    .await;
    t.log("outer", "joined");
    t.log("inner", "joined");
}

/// The panic of an orphan fails the group that has adopted it.
pub async fn t143_an_orphans_panic_fails_the_adopter(t: Trace) {
    let trace = t.clone();
    let outcome = caught(task_group(async move |around: TaskGroup| {
        let (inside, release, probe) = (
            Gate::new(),
            Gate::new(),
            OnDrop::new(&trace, "main", "sibling-gone"),
        );
        around.spawn(async move {
            let _probe = probe;
            forever().await;
        });
        let (opened, go) = (inside.clone(), release.clone());
        let inner = task_group(async move |tg: TaskGroup| {
            tg.spawn(async move {
                shield(async {
                    opened.open();
                    go.wait().await;
                })
                .await;
                panic!("orphan")
            });
            forever().await;
        });
        drop_when(Box::pin(inner), inside).await;
        release.open();
        // Dropped when the panic arrives.
        forever().await;
    }))
    .await;
    t.log("main", outcome.unwrap_err());
}

/// A panic that the dropped group had caught already goes to the adopter, too.
pub async fn t144_a_panic_before_the_drop_is_not_lost(t: Trace) {
    let outcome = caught(task_group(async move |_around: TaskGroup| {
        let (gone, opened) = (Gate::new(), Gate::new());
        let end = gone.clone();
        let mut inner: Boxed<'_, ()> = Box::pin(task_group(async |tg: TaskGroup| {
            tg.spawn(async move {
                let _end = Defer(move || end.open());
                panic!("before")
            });
            // Keeps the group from ending.
            shield(opened.wait()).await;
        }));
        while !gone.is_open() {
            let _ = peek(&mut inner).await;
            yield_now().await;
        }
        drop(inner);
        forever().await;
    }))
    .await;
    t.log("main", outcome.unwrap_err());
}

/// An error that knows where it is to be logged when nobody is left to return it to.
pub(super) struct Lost(pub(super) Trace, pub(super) &'static str);

/// One hook for the process: whichever case sets it, it serves all.
pub(super) fn listen() {
    on_unhandled_error(|lost| {
        let known = lost.type_name == Some(std::any::type_name::<Lost>());
        let here = lost.place.is_some_and(|place| {
            place.file().ends_with("orphans.rs") || place.file().ends_with("owned_ends.rs")
        });
        if let Ok(error) = lost.error.downcast::<Lost>() {
            error.0.log("hook", error.1);
            error.0.log(
                "hook",
                if known && here {
                    "described"
                } else {
                    "unknown"
                },
            );
            assert_ne!(error.1, "last", "a hook that panics");
        }
    });
}

/// The error of an orphan goes to the hook, with its type and the place of the spawn.
pub async fn t145_an_orphans_error_goes_to_the_hook(t: Trace) {
    listen();
    task_group(async |_around: TaskGroup| {
        let (inside, release) = (Gate::new(), Gate::new());
        let (opened, go, trace) = (inside.clone(), release.clone(), t.clone());
        let inner = try_task_group(async move |tg: TryTaskGroup<Lost>| {
            tg.spawn(async move {
                shield(async {
                    opened.open();
                    go.wait().await;
                })
                .await;
                Err(Lost(trace, "orphan"))
            });
            forever().await;
            Ok(())
        });
        drop_when(Box::pin(inner), inside).await;
        release.open();
    })
    .await;
    t.log("hook", "joined");
}

/// Errors that the group had kept when it was dropped go there, too; a hook that panics harms nobody.
pub async fn t146_errors_before_the_drop_are_not_lost(t: Trace) {
    listen();
    task_group(async |_around: TaskGroup| {
        let (inside, release, gone) = (Gate::new(), Gate::new(), Gate::new());
        let (opened, go, end) = (inside.clone(), release.clone(), gone.clone());
        let (first, last) = (Lost(t.clone(), "first"), Lost(t.clone(), "last"));
        let inner = try_task_group(async move |tg: TryTaskGroup<Lost>| {
            tg.spawn(async move {
                shield(async {
                    opened.open();
                    go.wait().await;
                })
                .await;
                Err(last)
            });
            tg.spawn(async { Err(first) });
            // The error ends the body, once it is kept.
            let _end = Defer(move || end.open());
            forever().await;
            Ok(())
        });
        let mut inner: Boxed<'_, Result<(), _>> = Box::pin(inner);
        while !(gone.is_open() && inside.is_open()) {
            let _ = peek(&mut inner).await;
            yield_now().await;
        }
        drop(inner);
        release.open();
    })
    .await;
    t.log("hook", "joined");
}

/// A body whose destructor panics when the group is dropped: its children are cancelled and adopted all the same.
pub async fn t147_a_panicking_body_leaves_orphans(t: Trace) {
    let (inside, release) = (Gate::new(), Gate::new());
    task_group(async |_around: TaskGroup| {
        let child = cleans_up(t.clone(), "child", inside.clone(), release.clone());
        let mut inner: Boxed<'_, ()> = Box::pin(task_group(async move |tg: TaskGroup| {
            tg.spawn(child);
            let _bomb = Defer(|| panic!("in-drop"));
            forever().await;
        }));
        while !inside.is_open() {
            let _ = peek(&mut inner).await;
            yield_now().await;
        }
        let dropped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(inner)));
        t.log(
            "body",
            if dropped.is_err() {
                "panicked"
            } else {
                "dropped"
            },
        );
        release.open();
    })
    .await;
    t.log("child", "joined");
}

/// The run waits for orphans that no group is around.
pub fn t148_a_run_waits_for_orphans(rig: &Rig, t: &Trace) {
    let trace = t.clone();
    rig.run(async move {
        let (inside, release) = (Gate::new(), Gate::new());
        let child = cleans_up(trace.clone(), "child", inside.clone(), release.clone());
        let inner = task_group(async move |tg: TaskGroup| {
            tg.spawn(child);
            forever().await;
        });
        drop_when(Box::pin(inner), inside).await;
        release.open();
    })
    .unwrap();
    t.log("child", "run-ended");
}

/// The panic of such an orphan fails the run.
pub fn t149_an_orphans_panic_fails_the_run(rig: &Rig, t: &Trace) {
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        rig.run(async move {
            let (inside, release) = (Gate::new(), Gate::new());
            let (opened, go) = (inside.clone(), release.clone());
            let inner = task_group(async move |tg: TaskGroup| {
                tg.spawn(async move {
                    shield(async {
                        opened.open();
                        go.wait().await;
                    })
                    .await;
                    panic!("orphan")
                });
                forever().await;
            });
            drop_when(Box::pin(inner), inside).await;
            release.open();
        })
    }));
    t.log("run", crate::watchdog::text_of(&*outcome.unwrap_err()));
}

/// Groups are dropped at whatever point, again and again: nothing is left, nothing hangs.
pub async fn t150_groups_dropped_at_every_point(t: Trace) {
    let polls = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    task_group(async |around: TaskGroup| {
        for point in 0..40 {
            let mut nest: Boxed<'_, ()> = Box::pin(task_group(async |tg: TaskGroup| {
                for _ in 0..5 {
                    let polls = polls.clone();
                    tg.spawn(async move {
                        for _ in 0..10 {
                            yield_now().await;
                            shield(yield_now()).await;
                            polls.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        }
                    });
                }
                task_group(async |tg: TaskGroup| {
                    tg.spawn_daemon(forever());
                    let _ = tg.start(async |ready| ready.set(())).await;
                    shield(yield_now()).await;
                })
                .await;
            }));
            for _ in 0..point {
                if peek(&mut nest).await.is_ready() {
                    break;
                }
                yield_now().await;
            }
            drop(nest);
        }
        until(|| around.statistics().alive == 0).await;
    })
    .await;
    t.log("main", "nothing-left");
}

/// Three hundred children with fifty yields and shields each, half of them cancelled: nothing hangs, nothing is left.
pub async fn t151_many_children_yield_and_shield(t: Trace) {
    let ended = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    task_group(async |tg: TaskGroup| {
        for number in 0..300 {
            let ended = ended.clone();
            let child = tg.spawn(async move {
                let _ended = Defer(move || {
                    ended.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                });
                for _ in 0..50 {
                    shield(yield_now()).await;
                    yield_now().await;
                }
            });
            if number % 2 == 0 {
                yield_now().await;
                child.cancel();
            }
        }
    })
    .await;
    t.log("ended", ended.load(std::sync::atomic::Ordering::SeqCst));
}

/// Ten thousand children, each of which gives its value.
pub async fn t152_ten_thousand_children_give_their_values(t: Trace) {
    let sum = task_group(async |tg: TaskGroup| {
        let children: Vec<_> = (0..10_000_u64)
            .map(|number| {
                tg.spawn_value(async move {
                    yield_now().await;
                    number
                })
            })
            .collect();
        let mut sum = 0;
        for child in children {
            sum += child.await.unwrap();
        }
        sum
    })
    .await;
    t.log("sum", sum);
}
