//! Children that say when they are ready.

use std::{convert::Infallible, pin::Pin, time::Duration};

use anyrt::{
    scope, shield, sleep,
    task::{Ready, StartError, TaskGroup, TaskHandle, TryTaskGroup},
    task_group,
    time::Instant,
    try_task_group, yield_now,
};

use crate::{
    Trace,
    tools::{Defer, Gate, OnDrop, caught, forever, peek, until},
};

type Group = TryTaskGroup<&'static str>;

fn text<V: std::fmt::Debug, E: std::fmt::Debug>(outcome: Result<V, StartError<E>>) -> String {
    format!("{outcome:?}").replace(' ', "")
}

/// `start` returns what the child is ready with; the child runs on. Catalogue B.28.
pub async fn t101_a_start_gives_a_value(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let trace = t.clone();
        let value = tg
            .start(async move |ready| {
                yield_now().await;
                ready.set(7);
                yield_now().await;
                trace.log("child", "ended");
            })
            .await;
        t.log("main", text(value));
        let nothing = tg.start(async |ready| ready.set(())).await;
        t.log("main", text(nothing));
    })
    .await;
    t.log("child", "joined");
}

/// An error before that comes out of `start`, and the group does not hear of it. Catalogue B.29.
pub async fn t102_an_early_error_comes_out_of_the_start(t: Trace) {
    let outcome = try_task_group(async |tg: Group| {
        let started = tg
            .start(async |_ready: Ready<()>| {
                yield_now().await;
                Err("early")
            })
            .await;
        t.log("start", text(started));
        Ok(())
    })
    .await;
    t.log("group", format!("{outcome:?}"));
}

/// An error after that is the group's. Catalogue B.30.
pub async fn t103_a_late_error_is_the_groups(t: Trace) {
    let outcome = try_task_group(async |tg: Group| {
        let started = tg
            .start(async |ready| {
                ready.set(2);
                yield_now().await;
                Err("late")
            })
            .await;
        t.log("start", text(started));
        Ok(())
    })
    .await;
    t.log("group", outcome.unwrap_err().into_first());
}

/// A child that ends, or loses its `Ready`, without a word. Catalogue B.31.
pub async fn t104_a_child_that_is_never_ready(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let ended = tg.start(async |_ready: Ready<u8>| yield_now().await).await;
        t.log("main", text(ended));
        let forgotten = tg
            .start(async |ready: Ready<u8>| {
                drop(ready);
                yield_now().await;
            })
            .await;
        t.log("main", text(forgotten));
    })
    .await;
}

/// The caller is cancelled: the child is, too, and has ended before the caller's scope has. Catalogue B.33.
pub async fn t105_a_cancelled_start_waits_for_its_child(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let outcome = scope(async |s| {
            let trace = t.clone();
            let _ = tg
                .start(async move |_ready: Ready<()>| {
                    let probe = OnDrop::new(&trace, "child", "gone");
                    shield(async {
                        s.cancel();
                        for _ in 0..5 {
                            yield_now().await;
                        }
                        trace.log("child", "clean-up");
                    })
                    .await;
                    forever().await;
                    drop(probe);
                })
                .await;
            t.log("main", "went-on");
        })
        .await;
        t.log("child", "scope-gone");
        t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
    })
    .await;
}

/// The caller is cancelled before, but the child is ready and done without a pause. Catalogue B.34.
pub async fn t106_a_cancelled_start_takes_what_is_done(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let outcome = scope(async |s| {
            s.cancel();
            tg.start(async |ready| ready.set(3)).await
        })
        .await;
        t.log("main", text(outcome.unwrap()));
    })
    .await;
}

/// The caller is cancelled before; the child is ready, and fails: the error comes out. Catalogue B.35.
pub async fn t107_a_cancelled_start_gives_the_error(t: Trace) {
    let group = try_task_group(async |tg: Group| {
        let outcome = scope(async |s| {
            s.cancel();
            tg.start(async |ready| {
                ready.set(3);
                Err("after-all")
            })
            .await
        })
        .await;
        t.log("main", text(outcome.unwrap()));
        Ok(())
    })
    .await;
    t.log("main", format!("{group:?}"));
}

/// A cancel of the group does not reach a child that is not ready; it does afterwards. Catalogue B.36.
pub async fn t108_a_pending_child_is_not_the_groups_yet(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let (group, trace) = (tg.clone(), t.clone());
        let started = tg
            .start(async move |ready| {
                let _probe = OnDrop::new(&trace, "child", "dropped");
                group.cancel();
                for _ in 0..3 {
                    yield_now().await;
                }
                trace.log("child", "ready");
                ready.set(4);
                trace.log("child", "at-once");
                yield_now().await;
                trace.log("child", "went-on");
            })
            .await;
        t.log("main", text(started));
    })
    .await;
    t.log("child", "joined");
}

/// A group stays open while starts are pending, and waits for their children after. Catalogue B.38.
pub async fn t109_pending_starts_keep_a_group_open(t: Trace) {
    async fn serve(ready: Ready<()>, seconds: u64) {
        sleep(Duration::from_secs(seconds)).await;
        ready.set(());
        sleep(Duration::from_secs(2)).await;
    }
    let begun = Instant::now();
    task_group(async |around: TaskGroup| {
        let inner = Gate::new();
        task_group(async |tg: TaskGroup| {
            let (group, opened) = (tg.clone(), inner.clone());
            around.spawn(async move {
                let two = group.start(async |ready| serve(ready, 2).await);
                let mut two = Box::pin(two);
                let _ = peek(&mut two).await;
                opened.open();
                two.await.unwrap();
            });
            let group = tg.clone();
            let begun = Gate::new();
            let opened = begun.clone();
            around.spawn(async move {
                let three = group.start(async |ready| {
                    sleep(Duration::from_secs(1)).await;
                    serve(ready, 3).await;
                });
                let mut three = Box::pin(three);
                let _ = peek(&mut three).await;
                opened.open();
                three.await.unwrap();
            });
            inner.wait().await;
            begun.wait().await;
        })
        .await;
        t.log("group", begun.elapsed().as_secs());
    })
    .await;
}

/// A pending start that fails lets the waiting group end, without an error of its own. Catalogue B.39.
pub async fn t110_a_pending_start_fails_while_the_group_waits(t: Trace) {
    let begun = Instant::now();
    task_group(async |around: TaskGroup| {
        let outcome = try_task_group(async |tg: TryTaskGroup<u8>| {
            let (pending, trace) = (Gate::new(), t.clone());
            let opened = pending.clone();
            around.spawn(async move {
                let mut start = Box::pin(tg.start(async |_ready: Ready<()>| {
                    sleep(Duration::from_secs(7)).await;
                    Err(1)
                }));
                let _ = peek(&mut start).await;
                opened.open();
                trace.log("start", text(start.await));
            });
            pending.wait().await;
            Ok(())
        })
        .await;
        t.log("group", format!("{outcome:?}"));
        t.log("group", begun.elapsed().as_secs());
    })
    .await;
}

/// On a closed group the child's function is dropped without being called. Catalogue B.40.
pub async fn t111_a_closed_group_starts_nothing(t: Trace) {
    let tg = task_group(async |tg: TaskGroup| tg).await;
    let (trace, probe) = (t.clone(), OnDrop::new(&t, "main", "dropped"));
    let started = tg
        .start(async move |ready: Ready<()>| {
            trace.log("main", "called");
            drop((probe, ready));
        })
        .await;
    t.log("main", text(started));
}

/// A panic before comes out of `start`; the group goes on.
pub async fn t112_an_early_panic_comes_out_of_the_start(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let started = caught(tg.start(async |_ready: Ready<()>| {
            yield_now().await;
            panic!("on-purpose")
        }))
        .await;
        t.log("main", started.unwrap_err());
        let sibling = tg.spawn_value(async {
            yield_now().await;
            5
        });
        t.log("main", sibling.await.unwrap());
    })
    .await;
}

/// A panic after that is the group's.
pub async fn t113_a_late_panic_is_the_groups(t: Trace) {
    let trace = t.clone();
    let group = caught(task_group(async move |tg: TaskGroup| {
        let started = tg
            .start(async |ready| {
                ready.set(1);
                yield_now().await;
                panic!("late")
            })
            .await;
        trace.log("start", text(started));
    }))
    .await;
    t.log("group", group.unwrap_err());
}

/// After the hand-over the caller's scope has no say any more.
pub async fn t114_a_child_that_is_ready_is_not_the_callers(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let (trace, release) = (t.clone(), Gate::new());
        let go = release.clone();
        let outcome = scope(async |s| {
            tg.start(async move |ready| {
                ready.set(());
                go.wait().await;
                yield_now().await;
                trace.log("child", "finished");
            })
            .await
            .unwrap();
            s.cancel();
            forever().await;
        })
        .await;
        t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
        release.open();
    })
    .await;
}

/// A child that was cancelled before it was ready stays the caller's, and ends where it suspends.
pub async fn t115_a_cancelled_child_is_not_handed_over(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let outcome = scope(async |s| {
            let trace = t.clone();
            let _ = tg
                .start(async move |ready| {
                    let _probe = OnDrop::new(&trace, "child", "dropped");
                    s.cancel();
                    ready.set(OnDrop::new(&trace, "value", "dropped"));
                    trace.log("child", "set");
                    yield_now().await;
                    trace.log("child", "went-on");
                })
                .await;
            t.log("main", "went-on");
        })
        .await;
        t.log("child", "scope-gone");
        t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
        t.log("main", tg.statistics().alive);
    })
    .await;
}

/// Making a start, and dropping it, does nothing.
pub async fn t116_a_start_begins_when_it_is_awaited(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let trace = t.clone();
        drop(tg.start(async move |ready: Ready<()>| {
            trace.log("main", "called");
            drop(ready);
        }));
        t.log("main", tg.statistics().spawned);
    })
    .await;
}

/// `Ready` may be used by another task than the one that was started.
pub async fn t117_another_task_may_say_ready(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let (helpers, release) = (tg.clone(), Gate::new());
        let go = release.clone();
        let value = tg
            .start(async move |ready| {
                let helper: TaskHandle<()> = helpers.spawn(async move {
                    yield_now().await;
                    ready.set(6);
                    go.open();
                });
                let _ = helper.await;
                release.wait().await;
            })
            .await;
        t.log("main", text(value));
    })
    .await;
}

/// `Ready` may outlive its task; saying so then changes nothing.
pub async fn t118_a_late_word_changes_nothing(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let (send, receive) = std::sync::mpsc::channel();
        let started = tg.start(async move |ready| send.send(ready).unwrap()).await;
        t.log("main", text(started.map(|_: OnDrop| ())));
        receive
            .recv()
            .unwrap()
            .set(OnDrop::new(&t, "value", "dropped"));
        t.log("main", tg.statistics().alive);
    })
    .await;
}

/// A foreign drop of a pending start cancels its child; the group around waits for it, whichever it was started for.
/// Rule C10.
pub async fn t119_a_dropped_start_leaves_nothing_behind(t: Trace) {
    task_group(async |target: TaskGroup| {
        task_group(async |_around: TaskGroup| {
            let (inside, release) = (Gate::new(), Gate::new());
            let (opened, go, trace) = (inside.clone(), release.clone(), t.clone());
            let mut start = Box::pin(target.start(async move |ready: Ready<()>| {
                let _probe = OnDrop::new(&trace, "child", "dropped");
                shield(async {
                    opened.open();
                    go.wait().await;
                    ready.set(());
                    for _ in 0..3 {
                        yield_now().await;
                    }
                    trace.log("child", "clean-up");
                })
                .await;
                yield_now().await;
                trace.log("child", "went-on");
            }));
            let _ = peek(&mut start).await;
            inside.wait().await;
            drop(start);
            release.open();
        })
        .await;
        t.log("child", "joined");
        t.log("target", target.statistics().alive);
    })
    .await;
}

/// The group of a pending start is dropped: the child is handed over to it all the same, as an orphan.
pub async fn t120_a_child_of_a_dropped_group_is_an_orphan(t: Trace) {
    task_group(async |around: TaskGroup| {
        let (pending, release) = (Gate::new(), Gate::new());
        let (opened, go, trace) = (pending.clone(), release.clone(), t.clone());
        let mut inner: Pin<Box<dyn Future<Output = ()> + Send + '_>> =
            Box::pin(task_group(async |tg: TaskGroup| {
                let group = tg.clone();
                around.spawn(async move {
                    let started = group
                        .start(async move |ready| {
                            let _probe = OnDrop::new(&trace, "child", "dropped");
                            opened.open();
                            go.wait().await;
                            ready.set(8);
                            trace.log("child", "handed-over");
                            yield_now().await;
                            trace.log("child", "went-on");
                        })
                        .await;
                    trace_start(&group, started);
                });
                forever().await;
            }));
        let _ = peek(&mut inner).await;
        pending.wait().await;
        drop(inner);
        release.open();
    })
    .await;
    t.log("child", "joined");

    fn trace_start(group: &TaskGroup, started: Result<i32, StartError<Infallible>>) {
        assert!(group.is_closed());
        assert_eq!(started, Ok(8));
    }
}

/// The value's destructor panics where nobody wants it: the child's panic, and nobody hangs.
pub async fn t121_a_panicking_value_nobody_wants(t: Trace) {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("value");
        }
    }
    let outcome = caught(task_group(async |tg: TaskGroup| {
        scope(async |s| {
            let _ = tg
                .start(async move |ready| {
                    s.cancel();
                    ready.set(Bomb);
                    yield_now().await;
                })
                .await
                .map(std::mem::forget);
        })
        .await
        .unwrap();
    }))
    .await;
    t.log("main", outcome.unwrap_err());
}

/// A daemon that was started is the caller's while it is pending, and ends with the group after.
pub async fn t122_a_started_daemon_ends_with_its_group(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let trace = t.clone();
        let started = tg
            .start_daemon(async move |ready| {
                let _probe = OnDrop::new(&trace, "daemon", "dropped");
                yield_now().await;
                trace.log("daemon", "ready");
                ready.set(9);
                forever().await;
            })
            .await;
        t.log("main", text(started));
        let statistics = tg.statistics();
        t.log(
            "main",
            format!("{}/{}", statistics.alive, statistics.daemons),
        );
    })
    .await;
    t.log("daemon", "joined");
}

/// The caller's cancel against the child's word, two thousand times: the child ends as the caller's or goes on as the
/// group's, and the start agrees.
pub async fn t123_ready_against_cancel(t: Trace) {
    let (mut disagreed, mut left) = (0, 0);
    for round in 0..2000_u32 {
        task_group(async |tg: TaskGroup| {
            let (ready_now, group_gone) = (Gate::new(), Gate::new());
            let (go, kept) = (ready_now.clone(), Gate::new());
            let (keep, gone) = (kept.clone(), group_gone.clone());
            let outcome = scope(async |s| {
                let (open, canceller) = (ready_now.clone(), tg.clone());
                canceller.spawn(async move {
                    open.open();
                    for _ in 0..round % 3 {
                        yield_now().await;
                    }
                    s.cancel();
                });
                tg.start(async move |ready| {
                    let _gone = Defer(move || gone.open());
                    go.wait().await;
                    for _ in 0..round % 2 {
                        yield_now().await;
                    }
                    ready.set(());
                    keep.wait().await;
                })
                .await
            })
            .await;
            match outcome {
                // The group's: it lives until it is let go.
                Ok(Ok(())) if !group_gone.is_open() => {}
                Ok(_) => disagreed += 1,
                // The caller's: it has ended, unless the start's value was lost with the scope.
                Err(_) => {}
            }
            kept.open();
            until(|| tg.statistics().alive == 0).await;
            left += usize::from(!group_gone.is_open());
        })
        .await;
    }
    t.log("races", format!("{disagreed} {left}").replace(' ', "/"));
}
