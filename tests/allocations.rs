//! Where nobody has to wait, nothing is allocated and nothing yields (rule S6).

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use allocation_counter::measure;
use anyrt::{
    channel::{channel, unbounded},
    fail_after,
    sync::{CapacityLimiter, Event, Mutex, OnceCell, RwLock, Semaphore},
};

/// The value of a future that does not suspend.
#[track_caller]
fn at_once<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it has yielded"),
    }
}

#[track_caller]
fn allocates_nothing(mut work: impl FnMut()) {
    // What the first use of a thread allocates is not meant.
    work();
    let info = measure(|| {
        // Within the budget of one poll (rule C8).
        for _ in 0..10 {
            work();
        }
    });
    assert_eq!(info.count_total, 0);
}

#[test]
fn locks() {
    let (mutex, lock) = (Mutex::new(0), RwLock::new(0));
    allocates_nothing(|| {
        *at_once(mutex.lock()) += 1;
        *at_once(lock.write()) += *at_once(mutex.lock());
    });
    allocates_nothing(|| drop((at_once(lock.read()), at_once(lock.read()))));
}

#[test]
fn permits_and_tokens() {
    let (semaphore, limiter) = (Semaphore::new(3), CapacityLimiter::new(1));
    allocates_nothing(|| {
        drop(at_once(semaphore.acquire_many(2)));
        drop(at_once(semaphore.acquire_owned(3)));
        drop(at_once(limiter.acquire()));
    });
}

#[test]
fn a_channel_with_room() {
    let (sender, receiver) = channel(4);
    allocates_nothing(|| {
        for item in 0..4 {
            at_once(sender.send(item)).unwrap();
        }
        for item in 0..4 {
            assert_eq!(at_once(receiver.recv()), Ok(item));
        }
    });
}

/// What a crowd needed is given back: items, those who waited, and handles.
#[test]
fn a_channel_after_a_crowd() {
    let (sender, receiver) = unbounded();
    let info = measure(|| {
        for item in 0..1_000_000_u64 {
            sender.try_send(item).unwrap();
        }
        for item in 0..1_000_000 {
            assert_eq!(receiver.try_recv(), Ok(item));
        }
        let crowd: Vec<_> = (0..10_000).map(|_| receiver.clone()).collect();
        let mut waits: Vec<_> = crowd.iter().map(|one| Box::pin(one.recv())).collect();
        for wait in &mut waits {
            let mut noop = Context::from_waker(Waker::noop());
            // The budget may make it yield once before it begins.
            assert!(wait.as_mut().poll(&mut noop).is_pending());
            assert!(wait.as_mut().poll(&mut noop).is_pending());
        }
    });
    assert!(info.bytes_max > 8_000_000);
    assert!(info.bytes_current < 20_000, "{} bytes", info.bytes_current);
}

#[test]
fn what_has_happened() {
    let (event, cell) = (Event::new(), OnceCell::from(1));
    event.set();
    allocates_nothing(|| {
        at_once(event.wait());
        assert_eq!(at_once(cell.get_or_init(|| async { 2 })), &1);
    });
}

#[test]
fn a_timeout_that_is_not_needed() {
    let second = Duration::from_secs(1);
    allocates_nothing(|| assert_eq!(at_once(fail_after(second, async { 1 })), Ok(1)));
}
