//! The end of every wait at once.

use std::{future::Future, pin::Pin, sync::Arc};

use loom::thread;

use super::{drop_in_thread, poll, queued, wait};
use crate::{explore, sync::Event};

type EventWait = Pin<Box<dyn Future<Output = ()> + Send>>;

fn waiter(event: &Arc<Event>) -> EventWait {
    let event = Arc::clone(event);
    Box::pin(async move { event.wait().await })
}

fn set_in_thread(event: &Arc<Event>) -> thread::JoinHandle<()> {
    let event = Arc::clone(event);
    thread::spawn(move || event.set())
}

#[track_caller]
fn assert_at_rest(event: &Event) {
    let statistics = event.statistics();
    assert!(statistics.set);
    assert_eq!(statistics.waiting, 0);
}

/// It happens while somebody goes to wait for it.
#[test]
fn set_against_enter() {
    explore(|| {
        let event = Arc::new(Event::new());
        let setter = set_in_thread(&event);
        wait(waiter(&event));
        setter.join().unwrap();
        assert_at_rest(&event);
    });
}

/// It happens while the first who waits gives up: the second goes on, and nobody stays in the queue.
#[test]
fn set_against_drop() {
    explore(|| {
        let event = Arc::new(Event::new());
        let first = queued(waiter(&event));
        let mut second = queued(waiter(&event));
        let leaver = drop_in_thread(first);
        event.set();
        leaver.join().unwrap();
        assert!(poll(&mut second).is_ready());
        assert_at_rest(&event);
    });
}

/// It happens while one who waits changes its waker.
#[test]
fn set_against_repoll() {
    explore(|| {
        let event = Arc::new(Event::new());
        let waiter = queued(waiter(&event));
        let setter = set_in_thread(&event);
        wait(waiter);
        setter.join().unwrap();
        assert_at_rest(&event);
    });
}
