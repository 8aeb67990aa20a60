//! Which members of a group count as cut, and who tells (rule T6).

use std::{
    sync::{Arc, mpsc},
    time::Duration,
};

use anyrt::{
    scope, shield,
    task::{GroupStatistics, LocalTaskGroup, TaskGroup, local_task_group},
    task_group,
};

use super::cut_groups::{cancels_and_ends, word};
use crate::{
    Trace,
    tools::{Defer, Gate, foreign_yield, forever},
};

/// A started child is its starter's until the hand-over, and counts for the group after.
pub async fn t559_a_started_child_counts_from_its_hand_over(t: Trace) {
    let before = scope(async |around| {
        task_group(async |tg: TaskGroup| {
            let started = scope(async |s| {
                tg.start::<(), _, _>(async move |_ready| {
                    s.cancel();
                    forever().await;
                })
                .await
            })
            .await;
            assert!(started.is_err());
            // In a shield, so that the body is not cut.
            tg.spawn(cancels_and_ends(around));
        })
        .await;
    });
    t.log("before", word(before.await.is_ok()));
    // The starter is in another group, from around which the cancel comes.
    let elsewhere = scope(async |_around| {
        task_group(async |tg: TaskGroup| {
            let starters = scope(async |s| {
                task_group(async |starters: TaskGroup| {
                    let inner = tg.clone();
                    starters.spawn(async move {
                        let never = inner.start::<(), _, _>(async move |_ready| {
                            s.cancel();
                            forever().await;
                        });
                        let _ = never.await;
                    });
                })
                .await;
            });
            assert!(starters.await.is_err());
        })
        .await;
    });
    t.log("elsewhere", word(elsewhere.await.is_ok()));
    let after = scope(async |s| {
        task_group(async |tg: TaskGroup| {
            let child = tg.start(async move |ready| {
                ready.set(());
                forever().await;
            });
            child.await.unwrap();
            tg.spawn(cancels_and_ends(s));
        })
        .await;
    });
    t.log("after", word(after.await.is_ok()));
}

/// The end of a grace is a cancel from inside; whichever comes first decides.
pub async fn t561_a_grace_and_a_cancel_from_around(t: Trace) {
    for (name, grace_first) in [("grace", true), ("around", false)] {
        let outcome = scope(async |s| {
            task_group(async |tg: TaskGroup| {
                let (inner, gone) = (tg.clone(), Gate::new());
                let dropped = gone.clone();
                // A second one, which is free, tells that the first cancel has come.
                let told = tg.spawn(async move {
                    let _gone = Defer(move || dropped.open());
                    forever().await;
                });
                let held = async move {
                    shield(async move {
                        foreign_yield().await;
                        if grace_first {
                            inner.shutdown(Duration::from_millis(1));
                        } else {
                            s.cancel();
                        }
                        gone.wait().await;
                        s.cancel();
                        inner.shutdown(Duration::ZERO);
                    })
                    .await;
                    forever().await;
                };
                drop(told);
                tg.spawn(held);
            })
            .await;
        })
        .await;
        t.log(name, word(outcome.is_ok()));
    }
}

/// A cancel of the group around does not cut its own children, but what they run groups for.
pub async fn t562_a_groups_own_cancel_cuts_inner_groups_only(t: Trace) {
    let inner = Arc::new(std::sync::Mutex::new(None));
    let kept = Arc::clone(&inner);
    let outer = task_group(async |tg: TaskGroup| {
        let started = Gate::new();
        let opened = started.clone();
        tg.spawn(task_group(async move |inner: TaskGroup| {
            *kept.lock().unwrap() = Some(inner.clone());
            inner.spawn(forever());
            opened.open();
            forever().await;
        }));
        started.wait().await;
        tg.cancel();
        tg
    })
    .await;
    let inner = inner.lock().unwrap().take().unwrap();
    t.log("inner", inner.statistics().cut);
    t.log("outer", outer.statistics().cut);
}

/// `statistics` tells how many were cut: the body, and children that are no daemons.
pub async fn t563_statistics_tell(t: Trace) {
    fn log(t: &Trace, name: &'static str, statistics: GroupStatistics) {
        t.log(name, format!("{}/{}", statistics.cut, statistics.spawned));
    }
    let (send, receive) = mpsc::channel();
    let outcome = scope(async |s| {
        task_group(async |tg: TaskGroup| {
            send.send(tg.clone()).unwrap();
            tg.spawn(forever());
            tg.spawn(async {});
            tg.spawn_daemon(forever());
            s.cancel();
            forever().await;
        })
        .await;
    });
    assert!(outcome.await.is_err());
    log(&t, "group", receive.recv().unwrap().statistics());
    let (send, receive) = mpsc::channel();
    let outcome = scope(move |s| {
        local_task_group(async move |lg: LocalTaskGroup<'static>| {
            send.send(lg.clone()).unwrap();
            lg.spawn(forever());
            lg.spawn(async {});
            s.cancel();
            forever().await;
        })
    });
    assert!(outcome.await.is_err());
    log(&t, "local", receive.recv().unwrap().statistics());
}
