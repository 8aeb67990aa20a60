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
    queued_with(limiter.acquire())
}

pub(crate) fn queued_with(mut acquire: Acquire) -> Acquire {
    let polled = acquire.poll_acquire(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending());
    acquire
}

pub(crate) fn wait(mut acquire: Acquire) -> Token {
    block_on(poll_fn(|cx| acquire.poll_acquire(cx)))
}

/// Nothing is lent, nobody waits.
pub(crate) fn assert_at_rest(limiter: &Limiter) {
    let statistics = limiter.statistics();
    assert_eq!((statistics.borrowed, statistics.waiting), (0, 0));
}

pub(crate) fn drop_in_thread<T: Send + 'static>(value: T) -> thread::JoinHandle<()> {
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

fn set_total_in_thread(limiter: &Arc<Limiter>, total: usize) -> thread::JoinHandle<()> {
    let limiter = Arc::clone(limiter);
    thread::spawn(move || limiter.set_total(Some(total)))
}

pub(crate) fn is_served(acquire: &mut Acquire) -> bool {
    acquire
        .poll_acquire(&mut Context::from_waker(Waker::noop()))
        .is_ready()
}

/// The total is raised while somebody enters the queue.
#[test]
fn raise_against_enter() {
    explore(|| {
        let limiter = Arc::new(Limiter::new(Some(0)));
        let raiser = set_total_in_thread(&limiter, 1);
        drop(wait(limiter.acquire()));
        raiser.join().unwrap();
        assert_at_rest(&limiter);
    });
}

/// A new token on its way to the first waiter is not to be had by trying.
#[test]
fn raise_against_try() {
    explore(|| {
        let limiter = Arc::new(Limiter::new(Some(0)));
        let mut waiter = queued(&limiter);
        let raiser = set_total_in_thread(&limiter, 1);
        assert!(limiter.try_acquire().is_err());
        raiser.join().unwrap();
        assert!(is_served(&mut waiter));
        assert_at_rest(&limiter);
    });
}

/// The total is raised while the waiter that is to have the new token changes its waker.
#[test]
fn raise_against_sleep() {
    explore(|| {
        let limiter = Arc::new(Limiter::new(Some(0)));
        let waiter = queued(&limiter);
        let raiser = set_total_in_thread(&limiter, 1);
        drop(wait(waiter));
        raiser.join().unwrap();
        assert_at_rest(&limiter);
    });
}

/// The total is raised twice at once: no more are served than the larger of the two allows.
#[test]
fn raise_against_raise() {
    explore(|| {
        let limiter = Arc::new(Limiter::new(Some(0)));
        let waiters = [queued(&limiter), queued(&limiter), queued(&limiter)];
        let raiser = set_total_in_thread(&limiter, 1);
        limiter.set_total(Some(2));
        raiser.join().unwrap();
        let statistics = limiter.statistics();
        assert_eq!((statistics.borrowed, statistics.waiting), (2, 1));
        drop(waiters);
        assert_at_rest(&limiter);
    });
}

/// The total is raised and lowered at once: whoever was to have the new token has it, either way.
#[test]
fn raise_against_lower() {
    explore(|| {
        let limiter = Arc::new(Limiter::new(Some(0)));
        let mut waiter = queued(&limiter);
        let raiser = set_total_in_thread(&limiter, 1);
        limiter.set_total(Some(0));
        raiser.join().unwrap();
        assert!(is_served(&mut waiter));
        assert_at_rest(&limiter);
    });
}

/// Lowers the total to nothing, and then asks how many are lent: it will never be more.
fn lower_in_thread(limiter: &Arc<Limiter>) -> thread::JoinHandle<usize> {
    let limiter = Arc::clone(limiter);
    thread::spawn(move || {
        limiter.set_total(Some(0));
        limiter.statistics().borrowed
    })
}

/// The total is lowered while somebody comes for a token: after it nobody gets in.
#[test]
fn lower_against_enter() {
    explore(|| {
        let limiter = Arc::new(Limiter::new(Some(1)));
        let lowerer = lower_in_thread(&limiter);
        let mut waiter = limiter.acquire();
        let token = waiter.poll_acquire(&mut Context::from_waker(Waker::noop()));
        assert_eq!(lowerer.join().unwrap(), usize::from(token.is_ready()));
        assert_eq!(
            limiter.statistics().waiting,
            usize::from(token.is_pending())
        );
    });
}

/// The total is lowered while somebody tries to have a token: after it nobody gets in.
#[test]
fn lower_against_try() {
    explore(|| {
        let limiter = Arc::new(Limiter::new(Some(1)));
        let lowerer = lower_in_thread(&limiter);
        let token = limiter.try_acquire();
        assert_eq!(lowerer.join().unwrap(), usize::from(token.is_ok()));
    });
}

/// The total is lowered while one that was granted the token gives up: the next has it if it was before, and
/// else waits until the total is raised again.
#[test]
fn lower_against_drop_of_the_granted() {
    explore(|| {
        let limiter = Arc::new(Limiter::new(Some(1)));
        let token = limiter.try_acquire().unwrap();
        let (first, mut second) = (queued(&limiter), queued(&limiter));
        drop(token);
        let waiting = {
            let limiter = Arc::clone(&limiter);
            thread::spawn(move || {
                limiter.set_total(Some(0));
                limiter.statistics().waiting
            })
        };
        drop(first);
        // Whoever still waits now waits for ever.
        let waiting = waiting.join().unwrap();
        assert_eq!(limiter.statistics().waiting, waiting);
        limiter.set_total(Some(1));
        assert!(is_served(&mut second));
        assert_at_rest(&limiter);
    });
}
