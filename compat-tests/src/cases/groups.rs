//! Task groups that go well, and groups that are cancelled.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use anyrt::{
    cancel::Reason,
    scope, shield,
    task::{TaskError, TaskGroup},
    task_group, yield_now,
};

use crate::{
    Trace,
    tools::{Defer, Gate, OnDrop, counted, forever, peek, until},
};

/// The group returns only when all children are gone. Catalogue A.1.
pub async fn t001_a_group_joins_its_children(t: Trace) {
    task_group(async |tg| {
        for name in ["a", "b"] {
            let t = t.clone();
            tg.spawn(async move {
                yield_now().await;
                t.log("children", "ran");
                t.log(name, "ran");
            });
        }
        t.log("main", "spawned");
    })
    .await;
    t.log("children", "joined");
    t.log("main", "joined");
}

/// An empty group returns its body's value, in a cancelled scope too. Catalogue A.2.
pub async fn t002_an_empty_group_returns_its_value(t: Trace) {
    t.log("main", task_group(async |_tg| 5).await);
    let outcome = scope(async |s| {
        s.cancel();
        task_group(async |_tg| 6).await
    })
    .await;
    t.log("main", outcome.unwrap());
}

/// A group's end is no cancel point of its own: a cancelled scope gets the value. Catalogue A.3.
pub async fn t003_the_end_of_a_group_is_no_cancel_point(t: Trace) {
    let outcome = scope(async |s| {
        s.cancel();
        task_group(async |tg| {
            let t = t.clone();
            tg.spawn(async move { t.log("child", "ran") });
            7
        })
        .await
    })
    .await;
    t.log("main", outcome.unwrap());
}

/// Children spawned by children, while the group waits, count. Catalogue A.4.
pub async fn t004_a_child_can_spawn_into_its_group(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let (inner, trace) = (tg.clone(), t.clone());
        tg.spawn(async move {
            yield_now().await;
            let last = inner.clone();
            let deeper = trace.clone();
            inner.spawn(async move {
                yield_now().await;
                last.spawn(async move { deeper.log("last", "ran") });
            });
            trace.log("first", "ran");
        });
    })
    .await;
    t.log("last", "joined");
}

/// Spawning on a closed group drops the future unpolled, and says so. Catalogue A.5.
pub async fn t005_a_closed_group_drops_what_is_spawned(t: Trace) {
    let tg = task_group(async |tg: TaskGroup| tg).await;
    t.log("main", if tg.is_closed() { "closed" } else { "open" });
    let (trace, probe) = (t.clone(), OnDrop::new(&t, "main", "dropped"));
    let handle = tg.spawn(async move {
        let _probe = probe;
        trace.log("main", "polled");
    });
    t.log("main", "spawned");
    t.log("main", format!("{:?}", handle.await.unwrap_err()));
}

/// `cancel` ends the children; the body goes on, and so does the code after the group. Catalogue A.12.
pub async fn t006_cancelling_a_group_spares_its_body(t: Trace) {
    let value = task_group(async |tg: TaskGroup| {
        let (started, probe) = (Gate::new(), OnDrop::new(&t, "child", "dropped"));
        let opened = started.clone();
        tg.spawn(async move {
            let _probe = probe;
            opened.open();
            forever().await;
        });
        started.wait().await;
        tg.cancel();
        yield_now().await;
        t.log("body", "goes-on");
        8
    })
    .await;
    t.log("main", value);
}

/// A cancelled group cancels children that come later, at their first suspension. Catalogue A.19.
pub async fn t007_a_cancelled_group_runs_a_child_to_its_first_suspension(t: Trace) {
    task_group(async |tg: TaskGroup| {
        tg.cancel();
        let (trace, probe) = (t.clone(), OnDrop::new(&t, "child", "dropped"));
        tg.spawn(async move {
            let _probe = probe;
            trace.log("child", "started");
            yield_now().await;
            trace.log("child", "went-on");
        });
    })
    .await;
}

/// A cancel from outside, while the group waits: it waits on for the children's clean-up. Catalogue A.13.
pub async fn t008_a_cancelled_group_waits_for_clean_up(t: Trace) {
    let outcome = scope(async |s| {
        task_group(async |tg| {
            let t = t.clone();
            tg.spawn(async move {
                shield(async {
                    s.cancel();
                    for _ in 0..3 {
                        yield_now().await;
                    }
                    t.log("clean-up", "done");
                })
                .await;
            });
            9
        })
        .await
    })
    .await;
    t.log("clean-up", "group-gone");
    t.log("main", outcome.unwrap());
}

/// A cancel reaches the children of groups in children: four leaves of two workers. Catalogue A.15.
pub async fn t009_a_cancel_cascades_through_groups(t: Trace) {
    let (started, all) = (Arc::new(AtomicUsize::new(0)), Gate::new());
    let outcome = scope(async |s| {
        task_group(async |tg| {
            for worker in ["left", "right"] {
                let (t, started, all) = (t.clone(), started.clone(), all.clone());
                tg.spawn(async move {
                    task_group(async |tg| {
                        for _leaf in 0..2 {
                            let probe = OnDrop::new(&t, worker, "dropped");
                            let (started, all) = (started.clone(), all.clone());
                            tg.spawn(async move {
                                let _probe = probe;
                                if started.fetch_add(1, SeqCst) == 3 {
                                    all.open();
                                }
                                forever().await;
                            });
                        }
                        forever().await;
                    })
                    .await;
                    t.log(worker, "went-on");
                });
            }
            all.wait().await;
            s.cancel();
            forever().await;
        })
        .await
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// One cancel comes out of a cancelled scope, however many were waiting in it. Catalogue A.16.
pub async fn t010_one_cancel_comes_out(t: Trace) {
    let outcome = scope(async |s| {
        task_group(async |tg| {
            for _ in 0..3 {
                tg.spawn(forever());
            }
            yield_now().await;
            s.cancel();
            forever().await;
        })
        .await;
        t.log("main", "went-on");
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// A shield in the body does not protect the children. Catalogue A.18.
pub async fn t011_a_shield_in_the_body_leaves_children_alone(t: Trace) {
    let outcome = scope(async |s| {
        task_group(async |tg| {
            let (started, gone) = (Gate::new(), Gate::new());
            let (opened, end) = (started.clone(), gone.clone());
            tg.spawn(async move {
                let _end = Defer(move || end.open());
                opened.open();
                forever().await;
            });
            shield(async {
                started.wait().await;
                s.cancel();
                gone.wait().await;
                t.log("body", "child-gone");
            })
            .await;
            yield_now().await;
            t.log("body", "went-on");
        })
        .await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// A cancelled scope inside a child ends that much and no more. Catalogue A.20.
pub async fn t012_a_scope_in_a_child_is_the_childs_own(t: Trace) {
    task_group(async |tg| {
        let (send, receive) = std::sync::mpsc::channel();
        let (started, trace) = (Gate::new(), t.clone());
        let opened = started.clone();
        tg.spawn(async move {
            let outcome = scope(async |s| {
                send.send(s).unwrap();
                opened.open();
                forever().await;
            })
            .await;
            trace.log("child", format!("{:?}", outcome.unwrap_err().reason()));
            yield_now().await;
            trace.log("child", "went-on");
        });
        started.wait().await;
        receive.recv().unwrap().cancel();
        yield_now().await;
        t.log("body", "went-on");
    })
    .await;
}

/// A group that foreign code drops cancels its children; none of them goes on. Catalogue M.167.
pub async fn t013_a_dropped_group_cancels_its_children(t: Trace) {
    let (started, gone) = (Gate::new(), Gate::new());
    let (opened, end) = (started.clone(), gone.clone());
    let probe = OnDrop::new(&t, "body", "dropped");
    let mut group = Box::pin(task_group(async move |tg: TaskGroup| {
        let _probe = probe;
        tg.spawn(async move {
            let _end = Defer(move || end.open());
            opened.open();
            forever().await;
        });
        forever().await;
    }));
    assert!(peek(&mut group).await.is_pending());
    started.wait().await;
    drop(group);
    t.log("main", "dropped");
    gone.wait().await;
    t.log("main", "child-gone");
}

/// Ten thousand blocked children cost one poll each to cancel.
pub async fn t014_ten_thousand_children_cancel_with_one_poll_each(t: Trace) {
    const CHILDREN: usize = 10_000;
    let polls: Vec<_> = (0..CHILDREN)
        .map(|_| Arc::new(AtomicUsize::new(0)))
        .collect();
    let (blocked, all) = (Arc::new(AtomicUsize::new(0)), Gate::new());
    task_group(async |tg: TaskGroup| {
        for polls in &polls {
            let (blocked, all) = (blocked.clone(), all.clone());
            tg.spawn(counted(polls.clone(), async move {
                if blocked.fetch_add(1, SeqCst) == CHILDREN - 1 {
                    all.open();
                }
                forever().await;
            }));
        }
        all.wait().await;
        tg.cancel();
    })
    .await;
    // One poll to block. A second one may see the cancel; a third would be wasted.
    let most = polls.iter().map(|polls| polls.load(SeqCst)).max();
    t.log("main", if most <= Some(2) { "one-each" } else { "more" });
}

/// The group says how many children there are, and were.
pub async fn t015_a_group_counts_its_children(t: Trace) {
    let tg = task_group(async |tg: TaskGroup| {
        let release = Gate::new();
        let handles = [(); 3].map(|()| tg.spawn(release.wait()));
        let now = tg.statistics();
        t.log(
            "open",
            format!("{}/{}/{}", now.spawned, now.alive, now.peak),
        );
        release.open();
        for handle in handles {
            handle.await.unwrap();
        }
        until(|| tg.statistics().alive == 0).await;
        tg.spawn(async {}).await.unwrap();
        tg
    })
    .await;
    let end = tg.statistics();
    t.log(
        "closed",
        format!("{}/{}/{}", end.spawned, end.alive, end.peak),
    );
}

/// Every way of writing a body compiles, and gives a future that can move between threads.
pub async fn t016_bodies_of_all_forms_are_send(t: Trace) {
    async fn named(tg: TaskGroup) -> u8 {
        tg.spawn_value(async { 4 }).await.unwrap()
    }
    fn send<F: Future + Send>(future: F) -> F {
        future
    }
    let owned = 1;
    let mut sum = send(task_group(async |tg| tg.spawn_value(async { 1 }).await))
        .await
        .unwrap();
    sum += send(task_group(async move |tg| {
        tg.spawn_value(async move { owned + 1 }).await
    }))
    .await
    .unwrap();
    sum += send(task_group(|tg| async move {
        tg.spawn_value(async { 3 }).await.unwrap()
    }))
    .await;
    sum += send(task_group(named)).await;
    t.log("main", sum);
}

/// A group may hold what it borrows: the body uses the caller's variables.
pub async fn t017_a_body_borrows_from_its_caller(t: Trace) {
    let mut words = vec!["one"];
    task_group(async |tg| {
        let word = tg.spawn_value(async { "two" }).await.unwrap();
        words.push(word);
    })
    .await;
    words.iter().for_each(|word| t.log("main", word));
}

/// A child inherits the group's place, not the spawner's: a scope around `spawn` does not reach it.
pub async fn t018_a_child_belongs_to_the_group_not_to_the_spawner(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let (spawned, release) = (Gate::new(), Gate::new());
        let outcome = scope(async |s| {
            let (trace, opened, waits) = (t.clone(), spawned.clone(), release.clone());
            tg.spawn(async move {
                opened.open();
                waits.wait().await;
                trace.log("child", "finished");
            });
            spawned.wait().await;
            s.cancel_with(Reason::Explicit);
            forever().await;
        })
        .await;
        t.log(
            "scope",
            if outcome.is_err() {
                "cancelled"
            } else {
                "ended"
            },
        );
        release.open();
    })
    .await;
}

/// A finished child leaves nothing in the group: what it held is dropped at once. Rule T7.
pub async fn t019_a_group_keeps_nothing_of_a_finished_child(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let kept = Arc::new(());
        for _ in 0..10 {
            let (value, gone) = (kept.clone(), Gate::new());
            let end = gone.clone();
            let handle = tg.spawn_value(async move {
                let _end = Defer(move || end.open());
                value
            });
            gone.wait().await;
            drop(handle);
        }
        until(|| tg.statistics().alive == 0).await;
        t.log("kept", Arc::strong_count(&kept) - 1);
    })
    .await;
}

/// A cancelled child's outcome is `Cancelled`, by handle.
pub async fn t020_a_cancelled_group_tells_its_handles(t: Trace) {
    let mut handle = None;
    task_group(async |tg: TaskGroup| {
        handle = Some(tg.spawn_value(async {
            forever().await;
            1
        }));
        tg.cancel();
    })
    .await;
    let same = handle.unwrap().await == Err(TaskError::Cancelled);
    t.log("handle", if same { "cancelled" } else { "another" });
}
