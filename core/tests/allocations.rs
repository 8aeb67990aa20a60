//! What costs no allocation, counted per thread.

use std::{
    sync::Arc,
    task::{Context, Poll, Waker},
};

use allocation_counter::measure;
use anyrt_core::{limiter::Limiter, wait_queue::WaitQueue};

#[test]
fn an_uncontended_limiter_allocates_nothing() {
    let limiter = Arc::new(Limiter::new(Some(2)));
    let mut cx = Context::from_waker(Waker::noop());
    let counted = measure(|| {
        for _ in 0..100 {
            let first = limiter.try_acquire().expect("it is free");
            let Poll::Ready(second) = limiter.acquire().poll_acquire(&mut cx) else {
                panic!("it is free");
            };
            limiter.try_acquire().expect_err("it is full");
            drop((first, second));
        }
    });
    assert_eq!(counted.count_total, 0);
}

#[test]
fn a_limiter_that_has_seen_a_key_and_a_waiter_allocates_no_more() {
    let limiter = Arc::new(Limiter::new(Some(1)));
    let mut cx = Context::from_waker(Waker::noop());
    let mut round = || {
        limiter.try_acquire_for("first").expect("it is free");
        let mut second = limiter.acquire_for("second");
        assert!(second.poll_acquire(&mut cx).is_pending());
        limiter.release_for(&"first".into()).expect("it has one");
        assert!(second.poll_acquire(&mut cx).is_ready());
        limiter.release_for(&"second".into()).expect("it has one");
    };
    round();
    assert_eq!(measure(round).count_total, 0);
}

#[test]
fn a_queue_without_waiters_owns_no_memory() {
    let counted = measure(|| {
        let mut queue = WaitQueue::<u8>::new();
        assert!(queue.grant_first().is_none() && queue.is_empty());
    });
    assert_eq!(counted.count_total, 0);
}
