//! Made before there is a runtime, waited for in one, let go in another.

use std::{future::Future, pin::Pin, sync::Arc, thread};

use anyrt::{
    channel::oneshot,
    sync::{Barrier, Condition, Event, Mutex, OnceCell, RwLock},
};

use crate::{
    BoxFuture, Trace,
    rig::Rig,
    tools::{Gate, peek, poll_once},
};

/// Has `wait` take its place in a run of `one`, then `release` run in `other`; what the wait gave.
pub(super) fn between<T: Send + 'static>(
    one: &(dyn Fn(BoxFuture) + Sync),
    other: &(dyn Fn(BoxFuture) + Sync),
    wait: impl Future<Output = T> + Send + 'static,
    release: impl Future<Output = ()> + Send + 'static,
) -> T {
    let waiting = Gate::new();
    let (send, given) = std::sync::mpsc::channel();
    let opened = waiting.clone();
    thread::scope(|threads| {
        threads.spawn(|| {
            one(Box::pin(async move {
                let mut wait = Box::pin(wait);
                assert!(peek(&mut wait).await.is_pending());
                opened.open();
                send.send(wait.await).unwrap();
            }));
        });
        other(Box::pin(async move {
            waiting.wait().await;
            release.await;
        }));
    });
    given.recv().unwrap()
}

/// Each of these, from one run to another; what is logged are the values.
fn cross(
    one: &(dyn Fn(BoxFuture) + Sync),
    other: &(dyn Fn(BoxFuture) + Sync),
    mut log: impl FnMut(&'static str, u32),
) {
    let event = Arc::new(Event::new());
    let theirs = Arc::clone(&event);
    let wait = async move { theirs.wait().await };
    between(one, other, wait, async move { event.set() });
    log("event", 1);

    let shared = Arc::new((Mutex::new(0), Condition::new()));
    let theirs = Arc::clone(&shared);
    let wait = async move {
        let (lock, condition) = &*theirs;
        *condition
            .wait_for(lock.lock().await, |value| *value > 0)
            .await
    };
    let release = async move {
        *shared.0.lock().await = 2;
        shared.1.notify(1);
    };
    log("condition", between(one, other, wait, release));

    let barrier = Arc::new(Barrier::new(2));
    let theirs = Arc::clone(&barrier);
    let wait = async move { theirs.wait().await.is_leader() };
    let release = async move { assert!(barrier.wait().await.is_leader()) };
    log("barrier", between(one, other, wait, release).into());

    let (cell, go) = (Arc::new(OnceCell::new()), Gate::new());
    let (theirs, makers, ready) = (Arc::clone(&cell), Arc::clone(&cell), go.wait());
    // Begun where there is no runtime, and ended in one.
    let mut make: Pin<Box<dyn Future<Output = u32> + Send>> = Box::pin(async move {
        *makers
            .get_or_init(async || {
                ready.await;
                3
            })
            .await
    });
    // Where there is no runtime, the first poll may be the budget's.
    while !cell.statistics().making {
        assert!(poll_once(make.as_mut()).is_pending());
    }
    let wait = async move { *theirs.get_or_init(async || 0).await };
    let release = async move {
        go.open();
        make.await;
    };
    log("once-cell", between(one, other, wait, release));

    let (sender, receiver) = oneshot();
    let wait = async move { receiver.await.unwrap() };
    log(
        "oneshot",
        between(one, other, wait, async move { sender.send(4).unwrap() }),
    );

    let lock = Arc::new(RwLock::new(0));
    let (theirs, written, go) = (Arc::clone(&lock), Gate::new(), Gate::new());
    let (tell, until) = (written.clone(), go.clone());
    thread::scope(|threads| {
        threads.spawn(|| {
            one(Box::pin(async move {
                let mut guard = theirs.write().await;
                tell.open();
                until.wait().await;
                *guard = 5;
            }));
        });
        written.wait_blocking();
        let read = async move {
            let mut read = Box::pin(lock.read());
            assert!(peek(&mut read).await.is_pending());
            go.open();
            assert_eq!(*read.await, 5);
        };
        other(Box::pin(read));
    });
    log("rw-lock", 5);
}

/// Events, conditions, barriers, cells, values and shared locks belong to no runtime. Catalogue F.91.
pub fn s109_what_else_belongs_to_no_runtime(rig: &Rig, t: &Trace) {
    let run = |main: BoxFuture| rig.run(main).unwrap();
    cross(&run, &run, |lane, value| t.log(lane, value));
}

#[cfg(all(test, feature = "tokio", feature = "smol"))]
pub(super) mod tests {
    use super::*;

    /// Both ways, between two backends in one process.
    pub(in super::super) fn between_backends(
        test: impl Fn(&(dyn Fn(BoxFuture) + Sync), &(dyn Fn(BoxFuture) + Sync)),
    ) {
        let on = |backend: &'static str| {
            move |main: BoxFuture| anyrt::Builder::new().backend(backend).run(main).unwrap()
        };
        test(&on("tokio"), &on("smol"));
        test(&on("smol"), &on("tokio"));
    }

    #[test]
    fn between_two_backends() {
        between_backends(|one, other| {
            let mut values = Vec::new();
            cross(one, other, |_, value| values.push(value));
            assert_eq!(values, [1, 2, 0, 3, 4, 5]);
        });
    }
}
