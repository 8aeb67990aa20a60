//! The limiter under contention, and with it the wait queue.

use std::{
    future::poll_fn,
    sync::Arc,
    task::{Context, Waker},
};

use anyrt_core::limiter::{Acquire, Limiter, Token};
use loom::{future::block_on, thread};

use crate::explore;

/// A waiter in the queue, with a waker that wakes nobody.
fn queued(limiter: &Arc<Limiter>) -> Acquire {
    let mut acquire = limiter.acquire();
    let polled = acquire.poll_acquire(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending());
    acquire
}

fn wait(mut acquire: Acquire) -> Token {
    block_on(poll_fn(|cx| acquire.poll_acquire(cx)))
}

/// Nothing is lent, nobody waits.
fn assert_at_rest(limiter: &Limiter) {
    let statistics = limiter.statistics();
    assert_eq!((statistics.borrowed, statistics.waiting), (0, 0));
}

fn drop_in_thread<T: Send + 'static>(value: T) -> thread::JoinHandle<()> {
    thread::spawn(move || drop(value))
}

/// The token comes back while its next owner, granted or not, gives up: the one behind gets it.
#[test]
fn release_against_drop() {
    explore(|| {
        let limiter = Arc::new(Limiter::new(Some(1)));
        let token = limiter.try_acquire().unwrap();
        let (first, second) = (queued(&limiter), queued(&limiter));
        let releaser = drop_in_thread(token);
        let leaver = drop_in_thread(first);
        drop(wait(second));
        releaser.join().unwrap();
        leaver.join().unwrap();
        assert_at_rest(&limiter);
    });
}

/// The total is raised by one while the first in the queue gives up.
#[test]
fn raise_against_drop() {
    explore(|| {
        let limiter = Arc::new(Limiter::new(Some(0)));
        let (first, second) = (queued(&limiter), queued(&limiter));
        let raiser = {
            let limiter = Arc::clone(&limiter);
            thread::spawn(move || limiter.set_total(Some(1)))
        };
        let leaver = drop_in_thread(first);
        let token = wait(second);
        raiser.join().unwrap();
        leaver.join().unwrap();
        assert_eq!(limiter.statistics().borrowed, 1);
        drop(token);
        assert_at_rest(&limiter);
    });
}

/// More are lent than the total allows; it is raised again while the last of them comes back.
#[test]
fn raise_against_release() {
    explore(|| {
        let limiter = Arc::new(Limiter::new(Some(1)));
        let token = limiter.try_acquire().unwrap();
        limiter.set_total(Some(0));
        let (first, second) = (queued(&limiter), queued(&limiter));
        let raiser = {
            let limiter = Arc::clone(&limiter);
            thread::spawn(move || limiter.set_total(Some(2)))
        };
        let releaser = drop_in_thread(token);
        let tokens = [wait(first), wait(second)];
        assert_eq!(limiter.statistics().borrowed, 2);
        drop(tokens);
        raiser.join().unwrap();
        releaser.join().unwrap();
        assert_at_rest(&limiter);
    });
}

/// A waiter that is being served goes to sleep again, with another waker.
#[test]
fn release_against_sleep() {
    explore(|| {
        let limiter = Arc::new(Limiter::new(Some(1)));
        let token = limiter.try_acquire().unwrap();
        let waiter = queued(&limiter);
        let releaser = drop_in_thread(token);
        drop(wait(waiter));
        releaser.join().unwrap();
        assert_at_rest(&limiter);
    });
}

/// A token on its way to the first waiter is not to be had by trying.
#[test]
fn release_against_try() {
    explore(|| {
        let limiter = Arc::new(Limiter::new(Some(1)));
        let token = limiter.try_acquire().unwrap();
        let waiter = queued(&limiter);
        let releaser = drop_in_thread(token);
        let overtaker = {
            let limiter = Arc::clone(&limiter);
            thread::spawn(move || limiter.try_acquire().is_ok())
        };
        let token = wait(waiter);
        assert!(!overtaker.join().unwrap());
        releaser.join().unwrap();
        drop(token);
        assert_at_rest(&limiter);
    });
}

/// The token comes back while somebody enters the queue for it.
#[test]
fn release_against_enter() {
    explore(|| {
        let limiter = Arc::new(Limiter::new(Some(1)));
        let token = limiter.try_acquire().unwrap();
        let releaser = drop_in_thread(token);
        drop(wait(limiter.acquire()));
        releaser.join().unwrap();
        assert_at_rest(&limiter);
    });
}
