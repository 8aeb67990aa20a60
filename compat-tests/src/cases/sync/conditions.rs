//! Events and conditions.

use anyrt::{
    scope,
    sync::{Condition, Event, Mutex},
    task::TaskGroup,
    task_group,
};

use crate::{Trace, tools::peek};

/// An event wakes everybody, once and for all. Catalogue F.90.
pub async fn s120_an_event_wakes_everybody(t: Trace) {
    let event = Event::new();
    let (mut one, mut two) = (Box::pin(event.wait()), Box::pin(event.wait()));
    assert!(peek(&mut one).await.is_pending() && peek(&mut two).await.is_pending());
    t.log("waiting", event.statistics().waiting);
    event.set();
    event.set();
    t.log("waiting", event.statistics().waiting);
    one.await;
    two.await;
    event.wait().await;
    t.log("main", event.is_set());
}

/// Waiting for what has happened is a cancel point all the same. Catalogue F.90, E.89.
pub async fn s121_waiting_for_a_set_event_is_a_cancel_point(t: Trace) {
    let event = Event::new();
    event.set();
    let outcome = scope(async |s| {
        s.cancel();
        event.wait().await;
        t.log("body", "went-on");
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// Another task's event arrives, and whoever was dropped meanwhile does no harm.
pub async fn s122_an_event_of_another_task(t: Trace) {
    let event = std::sync::Arc::new(Event::new());
    let mut dropped = Box::pin(event.wait());
    assert!(peek(&mut dropped).await.is_pending());
    drop(dropped);
    task_group(async |tg: TaskGroup| {
        let theirs = event.clone();
        tg.spawn(async move { theirs.set() });
        event.wait().await;
    })
    .await;
    t.log("main", event.statistics().waiting);
}

/// A wait lets the lock go, and has it again when it is over. Catalogue G.104.
pub async fn s123_a_wait_releases_the_lock(t: Trace) {
    let (lock, condition) = (Mutex::new(0), Condition::new());
    let mut waiter = Box::pin(condition.wait(lock.lock().await));
    assert!(peek(&mut waiter).await.is_pending());
    t.log("waiting", condition.statistics().waiting);
    let mut guard = lock.try_lock().expect("the waiter has released it");
    *guard = 7;
    condition.notify(1);
    t.log("notified", peek(&mut waiter).await.is_ready());
    drop(guard);
    let guard = waiter.await;
    t.log("notified", *guard);
    t.log("locked", lock.is_locked());
}

/// So many are notified, in order; the rest wait on. Catalogue G.105.
pub async fn s124_so_many_are_notified(t: Trace) {
    let (lock, condition) = (Mutex::new(()), Condition::new());
    let mut waiters = Vec::new();
    for _ in 0..3 {
        let mut waiter = Box::pin(condition.wait(lock.lock().await));
        assert!(peek(&mut waiter).await.is_pending());
        waiters.push(waiter);
    }
    condition.notify(2);
    t.log("waiting", condition.statistics().waiting);
    let last = waiters.pop().unwrap();
    for waiter in waiters {
        drop(waiter.await);
    }
    let mut last = last;
    t.log("last", peek(&mut last).await.is_ready());
    condition.notify_all();
    drop(last.await);
    t.log("waiting", condition.statistics().waiting);
    // Nobody waits: it is not kept.
    condition.notify(1);
    let mut late = Box::pin(condition.wait(lock.lock().await));
    t.log("late", peek(&mut late).await.is_ready());
}

/// Waiting for a value stays when it is not as wanted. Catalogue G.108.
pub async fn s125_waiting_for_a_value(t: Trace) {
    let (lock, condition) = (Mutex::new(0), Condition::new());
    let mut waiter = Box::pin(condition.wait_for(lock.lock().await, |value| *value == 2));
    for value in 0..2 {
        assert!(peek(&mut waiter).await.is_pending());
        *lock.lock().await = value + 1;
        condition.notify_all();
        t.log("waiter", peek(&mut waiter).await.is_ready());
    }
}

/// Whoever is notified and goes away, before or after it looked, passes the notification on. Catalogue M.164.
pub async fn s126_a_notification_is_passed_on(t: Trace) {
    for looked in [false, true] {
        let (lock, condition) = (Mutex::new(()), Condition::new());
        let mut first = Box::pin(condition.wait(lock.lock().await));
        assert!(peek(&mut first).await.is_pending());
        let mut second = Box::pin(condition.wait(lock.lock().await));
        assert!(peek(&mut second).await.is_pending());
        let guard = lock.lock().await;
        condition.notify(1);
        if looked {
            assert!(peek(&mut first).await.is_pending());
        }
        drop(first);
        drop(guard);
        drop(second.await);
        t.log("second", "notified");
    }
}

/// A cancelled wait does not wait for the lock, and leaves it alone.
pub async fn s127_a_cancelled_wait_leaves_the_lock(t: Trace) {
    let (lock, condition) = (Mutex::new(()), Condition::new());
    let outcome = scope(async |s| {
        let guard = lock.lock().await;
        s.cancel();
        drop(condition.wait(guard).await);
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
    t.log("main", lock.is_locked());
    t.log("main", condition.statistics().waiting);
}
