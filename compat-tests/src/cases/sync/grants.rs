//! Grants that nobody has polled for since, and wakers that panic.

use std::{
    future::Future,
    panic::{self, AssertUnwindSafe},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
};

use anyrt::sync::{Barrier, CapacityLimiter, Condition, Event, Mutex, RwLock, Semaphore};

use crate::{
    Trace,
    tools::{CountingWaker, peek},
};

type Waiting<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

fn waiting<'a, F: Future + Send + 'a>(wait: F) -> Waiting<'a> {
    Box::pin(async move { drop(wait.await) })
}

/// Has `wait` take its place, releases, and lets it go on: logs what `granted` says before, between and after.
async fn watch(
    t: &Trace,
    name: &'static str,
    granted: &(dyn Fn() -> usize + Sync),
    mut wait: Waiting<'_>,
    release: impl FnOnce(),
) {
    assert!(peek(&mut wait).await.is_pending());
    t.log(name, granted());
    release();
    t.log(name, granted());
    wait.await;
    t.log(name, granted());
}

/// What was granted to somebody who is not polled shows: the lock is nobody else's, and nobody uses it.
pub async fn s500_a_grant_that_nobody_polled_for_shows(t: Trace) {
    let lock = Mutex::new(());
    let held = lock.lock().await;
    let granted = || lock.statistics().granted;
    watch(&t, "Mutex", &granted, waiting(lock.lock()), || drop(held)).await;

    let lock = RwLock::new(());
    let held = lock.write().await;
    let granted = || lock.statistics().granted;
    let both = waiting(async { drop(futures::join!(lock.read(), lock.read())) });
    watch(&t, "RwLock", &granted, both, || drop(held)).await;

    let permits = Semaphore::new(0);
    let granted = || permits.statistics().granted;
    let acquire = waiting(permits.acquire());
    watch(&t, "Semaphore", &granted, acquire, || {
        permits.release(1).unwrap()
    })
    .await;

    let limiter = CapacityLimiter::new(0);
    let granted = || limiter.statistics().granted;
    let acquire = waiting(limiter.acquire());
    watch(&t, "CapacityLimiter", &granted, acquire, || {
        limiter.set_total_tokens(1)
    })
    .await;
    limiter.set_total_tokens(0);
    let acquire = waiting(limiter.acquire_for("key"));
    watch(&t, "key", &granted, acquire, || limiter.set_total_tokens(1)).await;

    let (lock, condition) = (Mutex::new(()), Condition::new());
    let granted = || condition.statistics().granted;
    let notified = waiting(condition.wait(lock.lock().await));
    watch(&t, "Condition", &granted, notified, || condition.notify(1)).await;
}

struct Panics;

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        panic!("on-purpose");
    }
}

/// Queues the first of two with a waker that panics, and the second with one that counts: what `release` comes to, how
/// often the second was woken, and whether it is served.
async fn wake_both(
    t: &Trace,
    name: &'static str,
    mut first: Waiting<'_>,
    mut second: Waiting<'_>,
    release: impl FnOnce(),
) {
    let count = CountingWaker::new();
    let wakers = [Waker::from(Arc::new(Panics)), Waker::from(count.clone())];
    let poll = |wait: &mut Waiting<'_>, which: usize| {
        let polled = wait.as_mut().poll(&mut Context::from_waker(&wakers[which]));
        assert_eq!(polled, Poll::Pending);
    };
    poll(&mut first, 0);
    poll(&mut second, 1);
    let released = panic::catch_unwind(AssertUnwindSafe(release));
    t.log(name, released.is_ok());
    t.log(name, count.wakes());
    first.await;
    second.await;
}

/// A waker that panics keeps nobody else from being woken, and those who release hear nothing of it.
pub async fn s501_a_waker_that_panics_harms_nobody_else(t: Trace) {
    let event = Event::new();
    let (one, two) = (waiting(event.wait()), waiting(event.wait()));
    wake_both(&t, "Event", one, two, || event.set()).await;

    let permits = Semaphore::new(0);
    let (one, two) = (waiting(permits.acquire()), waiting(permits.acquire()));
    let release = || permits.release(2).unwrap();
    wake_both(&t, "Semaphore", one, two, release).await;

    let limiter = CapacityLimiter::new(0);
    let (one, two) = (waiting(limiter.acquire()), waiting(limiter.acquire()));
    let release = || limiter.set_total_tokens(2);
    wake_both(&t, "CapacityLimiter", one, two, release).await;

    let lock = RwLock::new(());
    let held = lock.write().await;
    let (one, two) = (waiting(lock.read()), waiting(lock.read()));
    wake_both(&t, "RwLock", one, two, || drop(held)).await;

    let barrier = Barrier::new(3);
    let (one, two) = (waiting(barrier.wait()), waiting(barrier.wait()));
    let mut last = waiting(barrier.wait());
    let arrive = || {
        let mut noop = Context::from_waker(Waker::noop());
        assert!(last.as_mut().poll(&mut noop).is_ready());
    };
    wake_both(&t, "Barrier", one, two, arrive).await;
}
