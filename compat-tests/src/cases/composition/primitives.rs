//! One of each wait for a primitive, and of each combinator. Each suspends at its first poll, and ends by itself.

use std::{sync::Arc, time::Duration};

use anyrt::{
    cancel::finally,
    channel::{channel, oneshot},
    gather, race, sleep,
    sync::{Barrier, Condition, Event, Mutex, OnceCell, RwLock, Semaphore},
    task::{
        Ready, TaskGroup, TryOwnedTaskGroup, as_completed, first_ok, for_each_concurrent,
        local_task_group, map_concurrent,
    },
    task_group,
    thread::{Portal, from_thread, portal},
    time::interval,
    to_thread, yield_now,
};

use crate::{
    BoxFuture,
    tools::{both, forever},
};

const SHORT: Duration = Duration::from_millis(1);

/// Waits while it is taken, and lets another wait.
pub(super) async fn a_lock() {
    let mutex = Arc::new(Mutex::new(0));
    let held = mutex.try_lock_owned().unwrap();
    let release = async {
        yield_now().await;
        drop(held);
    };
    let add = async { *mutex.lock().await += 1 };
    both(release, both(add, async { *mutex.lock_owned().await += 1 })).await;
    assert_eq!(*mutex.try_lock().unwrap(), 2);
}

pub(super) async fn a_lock_that_is_read_and_written() {
    let lock = RwLock::new(0);
    let held = lock.try_write().unwrap();
    let release = async {
        yield_now().await;
        drop(held);
    };
    let read = async { assert_eq!(*lock.read().await, 0) };
    both(release, both(read, async { *lock.write().await = 1 })).await;
    assert_eq!(lock.into_inner(), 1);
}

pub(super) async fn permits() {
    let semaphore = Semaphore::new(2);
    let held = semaphore.try_acquire().unwrap();
    let release = async {
        yield_now().await;
        drop(held);
    };
    let acquire = async { drop(semaphore.acquire_many(2).await) };
    both(
        release,
        both(acquire, async { drop(semaphore.acquire_owned(1).await) }),
    )
    .await;
    assert_eq!(semaphore.available(), 2);
}

pub(super) async fn an_event() {
    let event = Event::new();
    let set = async {
        yield_now().await;
        event.set();
    };
    both(set, event.wait()).await;
}

pub(super) async fn a_condition() {
    let (lock, changed) = (Mutex::new(0), Condition::new());
    let change = async {
        yield_now().await;
        *lock.lock().await = 1;
        changed.notify_all();
    };
    let wait = async {
        *changed
            .wait_for(lock.lock().await, |value| *value == 1)
            .await
    };
    assert_eq!(both(change, wait).await.1, 1);
}

pub(super) async fn a_barrier() {
    let barrier = Barrier::new(2);
    let late = async {
        yield_now().await;
        barrier.wait().await
    };
    let (late, early) = both(late, barrier.wait()).await;
    assert!(late.is_leader() && !early.is_leader());
}

pub(super) async fn a_cell() {
    let cell = OnceCell::new();
    let make = async || {
        yield_now().await;
        7
    };
    let (first, second) = both(cell.get_or_init(make), cell.get_or_init(make)).await;
    assert_eq!((first, second), (&7, &7));
}

/// Both sides wait for the other.
pub(super) async fn a_channel() {
    let (sender, receiver) = channel(0);
    let send = async {
        sender.send(1).await.unwrap();
        yield_now().await;
        sender.send(2).await.unwrap();
    };
    let receive = async {
        yield_now().await;
        receiver.recv().await.unwrap() + receiver.recv().await.unwrap()
    };
    assert_eq!(both(send, receive).await.1, 3);
}

pub(super) async fn a_value() {
    let (sender, receiver) = oneshot();
    let send = async {
        yield_now().await;
        sender.send(7).unwrap();
    };
    assert_eq!(both(send, receiver).await.1, Ok(7));
}

pub(super) async fn ticks() {
    yield_now().await;
    let mut interval = interval(SHORT).unwrap();
    interval.tick().await;
    interval.tick().await;
}

pub(super) async fn a_gathering() {
    let later = async |value| {
        yield_now().await;
        value
    };
    let (values, ()) = gather((gather([later(1), later(2)]), sleep(SHORT))).await;
    assert_eq!(values, [1, 2]);
}

pub(super) async fn a_race() {
    let branches: [BoxFuture; 2] = [Box::pin(forever()), Box::pin(yield_now())];
    race(branches).await;
    let branches = async |value| {
        yield_now().await;
        value
    };
    let first = first_ok([branches(Err("early")), branches(Ok(7))]).await;
    assert_eq!(first, Ok(7));
}

pub(super) async fn a_completion() {
    let branches: [BoxFuture; 2] = [Box::pin(forever()), Box::pin(yield_now())];
    let first = as_completed(branches, async |mut results| results.next().await);
    assert!(first.await.is_some());
}

pub(super) async fn a_bounded_run() {
    let values = map_concurrent(0..5, 2, async |item| {
        yield_now().await;
        item
    });
    assert_eq!(values.await, [0, 1, 2, 3, 4]);
    let (sender, receiver) = channel(1);
    let send = async move {
        for item in 0..3 {
            sender.send(item).await.unwrap();
        }
    };
    both(
        send,
        for_each_concurrent(receiver, 2, async |_| yield_now().await),
    )
    .await;
}

pub(super) async fn a_local_group() {
    let mut sum = 0;
    let values = local_task_group(async |lg| {
        let child = lg.spawn_value(async {
            yield_now().await;
            7
        });
        lg.spawn(sleep(SHORT));
        child.await.unwrap()
    });
    sum += values.await;
    assert_eq!(sum, 7);
}

pub(super) async fn a_start() {
    task_group(async |tg: TaskGroup| {
        tg.spawn_daemon(forever());
        let started = tg.start(async |ready: Ready<u8>| {
            yield_now().await;
            ready.set(7);
            sleep(SHORT).await;
        });
        // A cancelled child that is done in its last poll still says so; one that is dropped does not.
        if let Ok(value) = started.await {
            assert_eq!(value, 7);
        }
    })
    .await;
}

pub(super) async fn a_cleanup() {
    let value = finally(
        async {
            yield_now().await;
            7
        },
        async || yield_now().await,
    );
    assert_eq!(value.await, 7);
}

pub(super) async fn an_owned_group() {
    let group = TryOwnedTaskGroup::<()>::new();
    group.spawn(async {
        yield_now().await;
        Ok(())
    });
    yield_now().await;
    group.join().await.unwrap();
}

pub(super) async fn a_portal() {
    portal(async |portal: Portal| {
        let call = portal.spawn(async {
            yield_now().await;
            7
        });
        yield_now().await;
        let _ = call.unwrap().await;
    })
    .await;
}

/// The function gets nothing when its call is gone.
pub(super) async fn a_call_back() {
    yield_now().await;
    to_thread(|| {
        let _ = from_thread::run(yield_now());
    })
    .await;
}
