//! Handles on children.

use anyrt::{
    task::{TaskError, TaskGroup, TryTaskGroup},
    task_group, try_task_group, yield_now,
};

use crate::{
    Trace,
    tools::{Gate, OnDrop, caught, forever},
};

/// A handle gives the value, inside the group and after it. Catalogue C.44.
pub async fn t060_a_handle_gives_the_value(t: Trace) {
    let mut later = None;
    task_group(async |tg: TaskGroup| {
        t.log("main", tg.spawn_value(async { 6 }).await.unwrap());
        later = Some(tg.spawn_value(async {
            yield_now().await;
            7
        }));
    })
    .await;
    let later = later.unwrap();
    t.log(
        "main",
        if later.is_finished() {
            "finished"
        } else {
            "running"
        },
    );
    t.log("main", later.await.unwrap());
}

/// A failed child says so by handle; its error is the group's. Catalogue C.45.
pub async fn t061_a_handle_tells_of_a_failure(t: Trace) {
    let mut handle = None;
    let outcome = try_task_group(async |tg: TryTaskGroup<&str>| {
        handle = Some(tg.spawn_value(async { Err::<u8, _>("broken") }));
        Ok(())
    })
    .await;
    t.log("group", outcome.unwrap_err().into_first());
    t.log(
        "handle",
        format!("{:?}", handle.unwrap().await.unwrap_err()),
    );
}

/// A panicked child says so by handle; the panic is the group's.
pub async fn t062_a_handle_tells_of_a_panic(t: Trace) {
    let (send, receive) = std::sync::mpsc::channel();
    let outcome = caught(task_group(async move |tg: TaskGroup| {
        send.send(tg.spawn(async { panic!("on-purpose") })).unwrap();
    }))
    .await;
    t.log("group", outcome.unwrap_err());
    let handle = receive.recv().unwrap();
    t.log("handle", format!("{:?}", handle.await.unwrap_err()));
}

/// `cancel` on a handle ends that child and no other. Catalogue C.46.
pub async fn t063_a_handle_cancels_its_child_only(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let (started, release, probe) = (
            Gate::new(),
            Gate::new(),
            OnDrop::new(&t, "child", "dropped"),
        );
        let opened = started.clone();
        let child = tg.spawn(async move {
            let _probe = probe;
            opened.open();
            forever().await;
        });
        let sibling = tg.spawn(release.wait());
        started.wait().await;
        child.cancel();
        t.log("child", format!("{:?}", child.await.unwrap_err()));
        release.open();
        t.log("sibling", format!("{:?}", sibling.await));
    })
    .await;
}

/// A child that is cancelled before its first poll still runs to its first suspension. Catalogue C.46.
pub async fn t064_a_child_cancelled_at_once_still_starts(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let trace = t.clone();
        let child = tg.spawn(async move {
            trace.log("child", "started");
            forever().await;
        });
        // Before its first poll, unless another thread was quicker.
        child.cancel();
        t.log("child", format!("{:?}", child.await.unwrap_err()));
    })
    .await;
}

/// Cancelling a child that has ended changes nothing. Catalogue C.47.
pub async fn t065_a_late_cancel_keeps_the_value(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let child = tg.spawn_value(async { 5 });
        while !child.is_finished() {
            yield_now().await;
        }
        child.cancel();
        t.log("child", child.await.unwrap());
    })
    .await;
}

/// A child that ends in the poll in which it is cancelled keeps its value.
pub async fn t066_a_ready_child_keeps_its_value(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let (send, receive) = std::sync::mpsc::channel::<anyrt::task::TaskHandle<u8>>();
        let sent = Gate::new();
        let go = sent.clone();
        let (back, returned) = (
            Gate::new(),
            std::sync::Arc::new(std::sync::Mutex::new(None)),
        );
        let (opened, slot) = (back.clone(), returned.clone());
        let child = tg.spawn_value(async move {
            go.wait().await;
            let own = receive.recv().unwrap();
            own.cancel();
            *slot.lock().unwrap() = Some(own);
            opened.open();
            4
        });
        send.send(child).unwrap();
        sent.open();
        back.wait().await;
        let child = returned.lock().unwrap().take().unwrap();
        t.log("child", child.await.unwrap());
    })
    .await;
}

/// Dropping a handle does nothing: the child runs on, and the group waits for it.
pub async fn t067_dropping_a_handle_does_nothing(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let trace = t.clone();
        drop(tg.spawn(async move {
            for _ in 0..5 {
                yield_now().await;
            }
            trace.log("child", "finished");
        }));
    })
    .await;
    t.log("child", "joined");
}

/// An await that is dropped may be made again.
pub async fn t068_a_handle_may_be_awaited_again(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let release = Gate::new();
        let waits = release.clone();
        let mut child = tg.spawn_value(async move {
            waits.wait().await;
            3
        });
        t.log(
            "main",
            if crate::tools::peek(&mut child).await.is_pending() {
                "pending"
            } else {
                "ready"
            },
        );
        release.open();
        t.log("main", child.await.unwrap());
    })
    .await;
}

/// A value whose handle has gone is dropped before the group returns. Rule T2.
pub async fn t069_an_unwanted_value_is_dropped_with_its_child(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let value = OnDrop::new(&t, "value", "dropped");
        drop(tg.spawn_value(async move {
            yield_now().await;
            value
        }));
    })
    .await;
    t.log("value", "group-gone");
}

/// The kinds of outcome have texts that say where to look.
pub async fn t070_outcomes_have_texts(t: Trace) {
    for error in [TaskError::Cancelled, TaskError::Failed, TaskError::Panicked] {
        let text = error.to_string();
        t.log(
            "texts",
            if text.contains("task") {
                "task"
            } else {
                "silent"
            },
        );
    }
}
