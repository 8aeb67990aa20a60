//! Permits: who enters, tries, releases, gives up, or is polled again with another waker.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Waker},
};

use loom::thread;

use super::{Wakes, drop_in_thread, poll, queued, wait};
use crate::{
    explore,
    sync::{AcquireOwnedPermits, Semaphore},
};

fn semaphore(permits: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(permits))
}

fn in_thread<T: 'static>(
    semaphore: &Arc<Semaphore>,
    act: fn(&Semaphore) -> T,
) -> thread::JoinHandle<T> {
    let semaphore = Arc::clone(semaphore);
    thread::spawn(move || act(&semaphore))
}

/// A waiter for one permit that has been granted it, and does not know yet.
fn granted(semaphore: &Semaphore) -> AcquireOwnedPermits {
    let waiter = queued(semaphore.acquire_owned(1));
    semaphore.release(1).unwrap();
    waiter
}

/// So many permits are free, and nobody waits.
#[track_caller]
fn assert_at_rest(semaphore: &Semaphore, permits: usize) {
    let statistics = semaphore.statistics();
    assert_eq!((statistics.available, statistics.waiting), (permits, 0));
}

/// Two come for one permit: one has it, the other is next.
#[test]
fn enter_against_enter() {
    explore(|| {
        let semaphore = semaphore(1);
        let other = in_thread(&semaphore, |semaphore| {
            let mut waiter = semaphore.acquire_owned(1);
            let permit = poll(&mut waiter);
            (waiter, permit)
        });
        let mut waiter = semaphore.acquire_owned(1);
        let permit = poll(&mut waiter);
        let (mut other, other_permit) = other.join().unwrap();
        assert_ne!(permit.is_ready(), other_permit.is_ready());
        let next = if permit.is_ready() {
            &mut other
        } else {
            &mut waiter
        };
        drop((permit, other_permit));
        assert!(poll(next).is_ready());
        assert_at_rest(&semaphore, 1);
    });
}

/// One comes for the only permit, another tries to have it: one of them does.
#[test]
fn enter_against_try() {
    explore(|| {
        let semaphore = semaphore(1);
        let other = in_thread(&semaphore, |semaphore| semaphore.try_acquire_owned(1).ok());
        let mut waiter = semaphore.acquire_owned(1);
        let permit = poll(&mut waiter);
        let tried = other.join().unwrap();
        assert_ne!(permit.is_ready(), tried.is_some());
        if let Some(tried) = tried {
            drop(tried);
            assert!(poll(&mut waiter).is_ready());
        }
        drop(permit);
        assert_at_rest(&semaphore, 1);
    });
}

/// The permit comes back while somebody enters the queue for it.
#[test]
fn enter_against_release() {
    explore(|| {
        let semaphore = semaphore(1);
        let releaser = drop_in_thread(semaphore.try_acquire_owned(1).unwrap());
        drop(wait(semaphore.acquire_owned(1)));
        releaser.join().unwrap();
        assert_at_rest(&semaphore, 1);
    });
}

/// One that asks for too much gives up, while another comes that asks for less.
#[test]
fn enter_against_drop() {
    explore(|| {
        let semaphore = semaphore(1);
        let leaver = drop_in_thread(queued(semaphore.acquire_owned(2)));
        drop(wait(semaphore.acquire_owned(1)));
        leaver.join().unwrap();
        assert_at_rest(&semaphore, 1);
    });
}

/// One that was granted the permit gives up, while another comes for it.
#[test]
fn enter_against_drop_of_the_granted() {
    explore(|| {
        let semaphore = semaphore(0);
        let leaver = drop_in_thread(granted(&semaphore));
        drop(wait(semaphore.acquire_owned(1)));
        leaver.join().unwrap();
        assert_at_rest(&semaphore, 1);
    });
}

/// The first in the queue changes its waker, while another comes: it stays the first.
#[test]
fn enter_against_repoll() {
    explore(|| {
        let semaphore = semaphore(0);
        let mut first = queued(semaphore.acquire_owned(1));
        let newcomer = in_thread(&semaphore, |semaphore| queued(semaphore.acquire_owned(1)));
        let wakes = Arc::new(Wakes::default());
        let waker = Waker::from(Arc::clone(&wakes));
        assert!(
            Pin::new(&mut first)
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
        );
        let mut second = newcomer.join().unwrap();
        semaphore.release(1).unwrap();
        assert_eq!(wakes.count(), 1);
        assert!(poll(&mut second).is_pending());
        assert!(poll(&mut first).is_ready());
        assert!(poll(&mut second).is_ready());
        assert_at_rest(&semaphore, 1);
    });
}

/// Two try to have the only permit: one does.
#[test]
fn try_against_try() {
    explore(|| {
        let semaphore = semaphore(1);
        let other = in_thread(&semaphore, |semaphore| semaphore.try_acquire_owned(1).ok());
        let mine = semaphore.try_acquire_owned(1).ok();
        let theirs = other.join().unwrap();
        assert_ne!(mine.is_some(), theirs.is_some());
        drop((mine, theirs));
        assert_at_rest(&semaphore, 1);
    });
}

/// One that asks for too much gives up: what is free is the next one's, and not to be had by trying.
#[test]
fn try_against_drop() {
    explore(|| {
        let semaphore = semaphore(1);
        let first = queued(semaphore.acquire_owned(2));
        let mut second = queued(semaphore.acquire_owned(1));
        let leaver = drop_in_thread(first);
        assert!(semaphore.try_acquire_owned(1).is_err());
        leaver.join().unwrap();
        assert!(poll(&mut second).is_ready());
        assert_at_rest(&semaphore, 1);
    });
}

/// One that was granted a permit gives up while somebody tries to have another: both are counted.
#[test]
fn try_against_drop_of_the_granted() {
    explore(|| {
        let semaphore = semaphore(0);
        let waiter = granted(&semaphore);
        semaphore.release(1).unwrap();
        let leaver = drop_in_thread(waiter);
        let permit = semaphore.try_acquire_owned(1).unwrap();
        leaver.join().unwrap();
        assert_at_rest(&semaphore, 1);
        drop(permit);
        assert_at_rest(&semaphore, 2);
    });
}

/// Permits come from two sides for two who wait: there are enough for both.
#[test]
fn release_against_release() {
    explore(|| {
        let semaphore = semaphore(0);
        let mut first = queued(semaphore.acquire_owned(2));
        let mut second = queued(semaphore.acquire_owned(1));
        let releaser = in_thread(&semaphore, |semaphore| semaphore.release(1).unwrap());
        semaphore.release(2).unwrap();
        releaser.join().unwrap();
        let permits = [poll(&mut first), poll(&mut second)];
        assert!(permits.iter().all(|permits| permits.is_ready()));
        assert_at_rest(&semaphore, 0);
        drop(permits);
        assert_at_rest(&semaphore, 3);
    });
}

/// A permit comes back, and one that was granted another gives up: who waits for two has both.
#[test]
fn release_against_drop_of_the_granted() {
    explore(|| {
        let semaphore = semaphore(0);
        let waiter = granted(&semaphore);
        let mut behind = queued(semaphore.acquire_owned(2));
        let leaver = drop_in_thread(waiter);
        semaphore.release(1).unwrap();
        leaver.join().unwrap();
        assert!(poll(&mut behind).is_ready());
        assert_at_rest(&semaphore, 2);
    });
}

/// Two that ask for too much give up together: the third has enough.
#[test]
fn drop_against_drop() {
    explore(|| {
        let semaphore = semaphore(1);
        let first = queued(semaphore.acquire_owned(3));
        let second = queued(semaphore.acquire_owned(2));
        let mut third = queued(semaphore.acquire_owned(1));
        let leaver = drop_in_thread(first);
        drop(second);
        leaver.join().unwrap();
        assert!(poll(&mut third).is_ready());
        assert_at_rest(&semaphore, 1);
    });
}

/// One that was granted the permit gives up, and so does the next: the third has it.
#[test]
fn drop_against_drop_of_the_granted() {
    explore(|| {
        let semaphore = semaphore(0);
        let first = granted(&semaphore);
        let second = queued(semaphore.acquire_owned(1));
        let mut third = queued(semaphore.acquire_owned(1));
        let leaver = drop_in_thread(first);
        drop(second);
        leaver.join().unwrap();
        assert!(poll(&mut third).is_ready());
        assert_at_rest(&semaphore, 1);
    });
}

/// One that asks for too much gives up, while the next, which has enough then, changes its waker.
#[test]
fn drop_against_repoll() {
    explore(|| {
        let semaphore = semaphore(1);
        let first = queued(semaphore.acquire_owned(2));
        let second = queued(semaphore.acquire_owned(1));
        let leaver = drop_in_thread(first);
        drop(wait(second));
        leaver.join().unwrap();
        assert_at_rest(&semaphore, 1);
    });
}

/// Two that were granted a permit each give up together: who waits for two has both.
#[test]
fn drop_of_the_granted_against_the_same() {
    explore(|| {
        let semaphore = semaphore(0);
        let (first, second) = (granted(&semaphore), granted(&semaphore));
        let mut behind = queued(semaphore.acquire_owned(2));
        let leaver = drop_in_thread(first);
        drop(second);
        leaver.join().unwrap();
        assert!(poll(&mut behind).is_ready());
        assert_at_rest(&semaphore, 2);
    });
}

/// One that was granted the permit gives up, while the next changes its waker.
#[test]
fn drop_of_the_granted_against_repoll() {
    explore(|| {
        let semaphore = semaphore(0);
        let first = granted(&semaphore);
        let second = queued(semaphore.acquire_owned(1));
        let leaver = drop_in_thread(first);
        drop(wait(second));
        leaver.join().unwrap();
        assert_at_rest(&semaphore, 1);
    });
}
