//! Service children, which end with their group.

use std::time::Duration;

use anyrt::{
    cancel::cancelled,
    shield, sleep,
    task::{TaskError, TaskGroup, TryTaskGroup},
    task_group,
    time::Instant,
    try_task_group, yield_now,
};

use crate::{
    Trace,
    tools::{Gate, OnDrop, both, caught, forever, until},
};

/// When body and children are done the daemon is cancelled, and the group waits for it.
pub async fn t126_a_daemon_ends_with_its_group(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let (trace, probe) = (t.clone(), OnDrop::new(&t, "daemon", "dropped"));
        tg.spawn_daemon(async move {
            let _probe = probe;
            trace.log("daemon", "started");
            forever().await;
        });
        let trace = t.clone();
        tg.spawn(async move {
            for _ in 0..5 {
                yield_now().await;
            }
            trace.log("child", "finished");
        });
    })
    .await;
    t.log("daemon", "joined");
    t.log("child", "joined");
}

/// The daemon's clean-up is waited for.
pub async fn t127_a_daemon_may_clean_up(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let (inside, trace) = (Gate::new(), t.clone());
        let opened = inside.clone();
        tg.spawn_daemon(async move {
            let told = Gate::new();
            let clean_up = shield(async {
                opened.open();
                told.wait().await;
                yield_now().await;
                trace.log("daemon", "clean-up");
            });
            let tell = async {
                cancelled().await;
                told.open();
            };
            both(clean_up, tell).await;
            yield_now().await;
            trace.log("daemon", "went-on");
        });
        inside.wait().await;
    })
    .await;
    t.log("daemon", "joined");
}

/// While the body or a child is there the daemon runs, also when it is alone with one of them.
pub async fn t128_a_daemon_serves_to_the_last(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let (asked, answered) = (Gate::new(), Gate::new());
        let (question, answer) = (asked.clone(), answered.clone());
        tg.spawn_daemon(async move {
            question.wait().await;
            for _ in 0..5 {
                yield_now().await;
            }
            answer.open();
            forever().await;
        });
        // The daemon is alone for a while: the body is still there.
        for _ in 0..5 {
            yield_now().await;
        }
        let trace = t.clone();
        tg.spawn(async move {
            yield_now().await;
            asked.open();
            answered.wait().await;
            trace.log("child", "served");
        });
    })
    .await;
}

/// A child that a daemon spawns keeps the group going, and the daemon with it.
pub async fn t129_a_daemons_child_keeps_the_group_going(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let (group, trace, spawned) = (tg.clone(), t.clone(), Gate::new());
        let opened = spawned.clone();
        tg.spawn_daemon(async move {
            let (reply, go) = (Gate::new(), Gate::new());
            let (replied, gone) = (reply.clone(), go.clone());
            group.spawn(async move {
                for _ in 0..5 {
                    yield_now().await;
                }
                gone.open();
                replied.wait().await;
                trace.log("child", "finished");
            });
            opened.open();
            go.wait().await;
            reply.open();
            forever().await;
        });
        spawned.wait().await;
    })
    .await;
}

/// A daemon that fails is a child that fails.
pub async fn t130_a_daemons_error_counts(t: Trace) {
    let outcome = try_task_group(async |tg: TryTaskGroup<&str>| {
        let _probe = OnDrop::new(&t, "body", "dropped");
        tg.spawn_daemon(async {
            yield_now().await;
            Err("daemon")
        });
        forever().await;
        Ok(())
    })
    .await;
    t.log("main", outcome.unwrap_err().into_first());
}

/// A daemon that fails in its clean-up, when all else is done, still fails the group.
pub async fn t131_an_error_of_a_daemons_clean_up_counts(t: Trace) {
    let outcome = try_task_group(async |tg: TryTaskGroup<&str>| {
        let inside = Gate::new();
        let opened = inside.clone();
        tg.spawn_daemon(async move {
            shield(async {
                opened.open();
                for _ in 0..5 {
                    yield_now().await;
                }
            })
            .await;
            Err("clean-up")
        });
        inside.wait().await;
        Ok(())
    })
    .await;
    t.log("main", outcome.unwrap_err().into_first());
}

/// A daemon's panic is any child's.
pub async fn t132_a_daemons_panic_counts(t: Trace) {
    let outcome = caught(task_group(async |tg: TaskGroup| {
        tg.spawn_daemon(async {
            yield_now().await;
            panic!("daemon")
        });
        forever().await;
    }))
    .await;
    t.log("main", outcome.unwrap_err());
}

/// A group of daemons alone ends with its body; `cancel` reaches daemons, and a handle tells.
pub async fn t133_daemons_alone_keep_nothing_going(t: Trace) {
    let mut handles = Vec::new();
    task_group(async |tg: TaskGroup| {
        handles.extend((0..3).map(|_| tg.spawn_daemon(forever())));
        let statistics = tg.statistics();
        t.log(
            "open",
            format!("{}/{}", statistics.alive, statistics.daemons),
        );
    })
    .await;
    task_group(async |tg: TaskGroup| {
        let daemon = tg.spawn_daemon(forever());
        tg.cancel();
        t.log("cancelled", format!("{:?}", daemon.await.unwrap_err()));
    })
    .await;
    for handle in handles {
        assert_eq!(handle.await, Err(TaskError::Cancelled));
    }
    t.log("ended", "cancelled");
}

/// A daemon that ends by itself is no event: the group goes on.
pub async fn t134_a_daemon_may_end_before(t: Trace) {
    task_group(async |tg: TaskGroup| {
        tg.spawn_daemon(async { yield_now().await }).await.unwrap();
        until(|| tg.statistics().daemons == 0).await;
        t.log("main", "ended");
        t.log("main", tg.spawn_value(async { 2 }).await.unwrap());
    })
    .await;
}

/// The daemon is cancelled at the very time at which the last child ends.
pub async fn t135_a_daemon_takes_no_time(t: Trace) {
    let begun = Instant::now();
    task_group(async |tg: TaskGroup| {
        tg.spawn_daemon(sleep(Duration::from_secs(100)));
        tg.spawn(sleep(Duration::from_secs(3)));
    })
    .await;
    t.log("group", begun.elapsed().as_secs());
}
