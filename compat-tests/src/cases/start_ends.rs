//! How starts end: too late, refused, in their own function, and kept when they are over.

use std::{
    pin::{Pin, pin},
    sync::mpsc,
    task::Poll,
};

use anyrt::{
    context::context_var,
    scope, shield,
    task::{Ready, StartError, TaskGroup},
    task_group, yield_now,
};

use crate::{
    Trace,
    rig::Rig,
    tools::{Gate, caught, forever, peek, poll_once},
};

/// A child that was cancelled, said that it was ready, and suspended after that did not end early: its start was cancelled,
/// and the scope around it says so.
pub async fn t864_a_value_that_came_too_late_is_a_cancel(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let outcome = scope(async |s| {
            let trace = t.clone();
            let started = tg
                .start(async move |ready| {
                    shield(async {
                        s.cancel();
                        ready.set(());
                        yield_now().await;
                    })
                    .await;
                    trace.log("child", "finished");
                })
                .await;
            t.log("main", format!("{started:?}"));
        })
        .await;
        t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
    })
    .await;
}

/// The function that makes the child panics: the panic comes out of the start, and the group waits for nothing.
pub async fn t865_a_start_whose_function_panics(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let made = |_: Ready<()>| -> std::future::Ready<()> { panic!("on-purpose") };
        t.log("main", caught(tg.start(made)).await.unwrap_err());
        t.log("main", tg.statistics().alive);
    })
    .await;
    t.log("main", "joined");
}

/// A group that is open, of a runtime that has gone: nothing is started.
pub fn t866_a_start_after_the_end_of_the_runtime(rig: &Rig, t: &Trace) {
    type Group = Pin<Box<dyn Future<Output = ()> + Send>>;
    let kept = rig.run(async {
        let (send, receive) = mpsc::channel();
        let mut group: Group = Box::pin(task_group(async move |tg: TaskGroup| {
            send.send(tg).unwrap();
            forever().await;
        }));
        assert!(peek(&mut group).await.is_pending());
        (group, receive.recv().unwrap())
    });
    let (group, tg) = kept.unwrap();
    let mut start = pin!(tg.start(async |ready| ready.set(5)));
    let Poll::Ready(started) = poll_once(start.as_mut()) else {
        return t.log("main", "pending");
    };
    let closed = matches!(started, Err(StartError::Closed));
    t.log("main", if closed { "closed" } else { "another" });
    drop(group);
}

/// A start that is over holds nothing, although it is kept.
pub async fn t867_a_start_that_is_over_holds_nothing(t: Trace) {
    let release = Gate::new();
    task_group(async |tg: TaskGroup| {
        let go = release.clone();
        let outcome = scope(async |s| {
            let mut start = Box::pin(tg.start(async move |ready| {
                yield_now().await;
                ready.set(1);
                go.wait().await;
            }));
            let started = (&mut start).await;
            t.log("main", format!("{started:?}"));
            s.cancel();
            forever().await;
            drop(start);
        })
        .await;
        t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
        release.open();
    })
    .await;
}

/// A value that panics when the last task that has it lets go of it.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("value");
        }
    }
}

context_var! {
    static BOMB: std::sync::Arc<Bomb>;
}

/// The values that a task has kept go when it ends. One that panics then harms nobody: not the task, not its group.
pub async fn t868_a_context_value_that_panics_harms_nobody(t: Trace) {
    let outcome = caught(task_group(async |tg: TaskGroup| {
        let release = Gate::new();
        let go = release.clone();
        let mut child = None;
        let spawning = async {
            child = Some(tg.spawn_value(async move {
                go.wait().await;
                7
            }));
        };
        BOMB.scope(std::sync::Arc::new(Bomb), spawning).await;
        release.open();
        child.unwrap().await
    }))
    .await;
    t.log("child", format!("{outcome:?}"));
}
