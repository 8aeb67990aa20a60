//! Notifications, and the lock that is given away for them and taken again.

use std::{future::Future, pin::Pin, sync::Arc};

use loom::thread;

use super::{drop_in_thread, poll, queued, wait};
use crate::{
    explore,
    sync::{Condition, Mutex},
};

type Shared = Arc<(Mutex<bool>, Condition)>;
type Waiting = Pin<Box<dyn Future<Output = ()> + Send>>;

fn shared() -> Shared {
    Arc::new((Mutex::new(false), Condition::new()))
}

/// Waits for one notification.
fn waiter(shared: &Shared) -> Waiting {
    let shared = Arc::clone(shared);
    Box::pin(async move {
        let (mutex, condition) = &*shared;
        drop(condition.wait(mutex.lock().await).await);
    })
}

fn notify_in_thread(shared: &Shared) -> thread::JoinHandle<()> {
    let shared = Arc::clone(shared);
    thread::spawn(move || shared.1.notify(1))
}

#[track_caller]
fn assert_at_rest(shared: &Shared) {
    assert_eq!(shared.1.statistics().waiting, 0);
    assert!(!shared.0.is_locked());
}

/// The value changes, and there is a notification, while somebody looks at it and goes to wait.
#[test]
fn wait_against_notify() {
    explore(|| {
        let shared = shared();
        let notifier = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                *wait(shared.0.lock()) = true;
                shared.1.notify(1);
            })
        };
        wait(async {
            let (mutex, condition) = &*shared;
            drop(condition.wait_for(mutex.lock().await, |value| *value).await);
        });
        notifier.join().unwrap();
        assert_at_rest(&shared);
    });
}

/// There is a notification for one while the first who waits gives up: the second has it.
#[test]
fn notify_against_drop() {
    explore(|| {
        let shared = shared();
        let first = queued(waiter(&shared));
        let mut second = queued(waiter(&shared));
        let notifier = notify_in_thread(&shared);
        drop(first);
        notifier.join().unwrap();
        assert!(poll(&mut second).is_ready());
        assert_at_rest(&shared);
    });
}

/// One that was notified and waits for the lock gives up while it is released: the next is notified.
#[test]
fn unlock_against_drop_of_the_notified() {
    explore(|| {
        let shared = shared();
        let mut first = queued(waiter(&shared));
        let second = queued(waiter(&shared));
        let holder = {
            let shared = Arc::clone(&shared);
            queued(Box::pin(async move {
                let _guard = shared.0.lock().await;
                std::future::pending::<()>().await;
            }))
        };
        shared.1.notify(1);
        assert!(poll(&mut first).is_pending());
        let releaser = drop_in_thread(holder);
        drop(first);
        wait(second);
        releaser.join().unwrap();
        assert_at_rest(&shared);
    });
}
