//! Crowds of waiters: granting costs one step for each, and so does leaving the middle of the queue.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use anyrt::{
    channel::{channel, unbounded},
    sync::{CapacityLimiter, Condition, Event, Mutex, RwLock, Semaphore},
};

type Wait<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

fn poll(wait: &mut Wait<'_>) -> Poll<()> {
    wait.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

/// So many that wait. Their first poll may be the budget's, and then they have not begun.
fn crowd<'a>(
    count: usize,
    wait: impl Fn() -> Wait<'a>,
    waiting: impl Fn() -> usize,
) -> Vec<Wait<'a>> {
    let begin = |number| {
        let mut wait = wait();
        while waiting() <= number {
            assert!(poll(&mut wait).is_pending());
        }
        wait
    };
    (0..count).map(begin).collect()
}

/// How long it takes that half of a crowd leaves, from everywhere, and that the others are served and go.
fn time<'a>(
    count: usize,
    wait: impl Fn() -> Wait<'a>,
    waiting: impl Fn() -> usize,
    serve: impl Fn(usize),
) -> Duration {
    let mut waiters = crowd(count, wait, &waiting);
    let begun = Instant::now();
    let mut number = 0;
    waiters.retain(|_| {
        number += 1;
        number % 2 == 0
    });
    assert_eq!(waiting(), count / 2);
    serve(count / 2);
    for wait in &mut waiters {
        // One more poll where the budget was spent.
        let mut polls = 0;
        while poll(wait).is_pending() {
            polls += 1;
            assert!(polls < 3, "everybody was served");
        }
    }
    begun.elapsed()
}

/// A hundred thousand take less than a second; if each cost a step for each of the others, it would be minutes.
fn is_linear(what: &str, time: impl Fn(usize) -> Duration) {
    let taken = time(100_000);
    assert!(taken < Duration::from_secs(20), "{what} took {taken:?}");
}

#[test]
fn permits_are_granted_in_linear_time() {
    is_linear("Semaphore", |count| {
        let semaphore = Semaphore::new(0);
        let wait = || -> Wait<'_> { Box::pin(async { semaphore.acquire().await.forget() }) };
        let serve = |count| semaphore.release(count).unwrap();
        time(count, wait, || semaphore.statistics().waiting, serve)
    });
    is_linear("CapacityLimiter", |count| {
        let limiter = CapacityLimiter::new(0);
        let wait = || -> Wait<'_> { Box::pin(async { drop(limiter.acquire().await) }) };
        let serve = |count| limiter.set_total_tokens(count);
        time(count, wait, || limiter.statistics().waiting, serve)
    });
}

#[test]
fn locks_are_handed_on_in_linear_time() {
    is_linear("Mutex", |count| {
        let mutex = Mutex::new(());
        let held = std::cell::Cell::new(mutex.try_lock().ok());
        let wait = || -> Wait<'_> { Box::pin(async { drop(mutex.lock().await) }) };
        time(
            count,
            wait,
            || mutex.statistics().waiting,
            |_| drop(held.take()),
        )
    });
    is_linear("RwLock", |count| {
        let lock = RwLock::new(());
        let held = std::cell::Cell::new(lock.try_write().ok());
        let wait = || -> Wait<'_> { Box::pin(async { drop(lock.read().await) }) };
        time(
            count,
            wait,
            || lock.statistics().waiting,
            |_| drop(held.take()),
        )
    });
}

#[test]
fn crowds_are_told_in_linear_time() {
    is_linear("Event", |count| {
        let event = Event::new();
        let wait = || -> Wait<'_> { Box::pin(event.wait()) };
        time(count, wait, || event.statistics().waiting, |_| event.set())
    });
    is_linear("Condition", |count| {
        let (mutex, condition) = (Mutex::new(()), Condition::new());
        let wait = || -> Wait<'_> {
            let guard = mutex.try_lock().unwrap();
            Box::pin(async { drop(condition.wait(guard).await) })
        };
        let serve = |_| condition.notify_all();
        time(count, wait, || condition.statistics().waiting, serve)
    });
}

/// A handle that goes leaves the waits of all others alone.
#[test]
fn clones_leave_in_linear_time() {
    is_linear("clones", |count| {
        let (sender, receiver) = channel(0);
        let wait = || -> Wait<'_> {
            let own = sender.clone();
            Box::pin(async move { own.send(()).await.unwrap() })
        };
        let serve = |count| (0..count).for_each(|_| receiver.try_recv().unwrap());
        time(count, wait, || receiver.statistics().waiting_senders, serve)
    });
}

#[test]
fn items_are_handed_over_in_linear_time() {
    is_linear("receivers", |count| {
        let (sender, receiver) = unbounded();
        let wait = || -> Wait<'_> { Box::pin(async { receiver.recv().await.unwrap() }) };
        let serve = |count| (0..count).for_each(|_| sender.try_send(()).unwrap());
        time(
            count,
            wait,
            || receiver.statistics().waiting_receivers,
            serve,
        )
    });
    is_linear("senders", |count| {
        let (sender, receiver) = channel(0);
        let wait = || -> Wait<'_> { Box::pin(async { sender.send(()).await.unwrap() }) };
        let serve = |count| (0..count).for_each(|_| receiver.try_recv().unwrap());
        time(count, wait, || receiver.statistics().waiting_senders, serve)
    });
}
