//! Timers: ready for good, never for ever.

mod support;

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use anyrt_async_io::Timer;
use anyrt_core::RawTimer;
use support::Wakes;

#[test]
fn ready_stays_ready_until_it_is_reset() {
    let at = Instant::now() + Duration::from_millis(3);
    let mut timer = Timer::new(Some(at.into()), None);
    async_io::block_on(poll_fn(|cx| Pin::new(&mut timer).poll_elapsed(cx))).unwrap();
    assert!(Instant::now() >= at);

    let (_, waker) = Wakes::new();
    let mut cx = Context::from_waker(&waker);
    for _ in 0..3 {
        assert_eq!(
            Pin::new(&mut timer).poll_elapsed(&mut cx),
            Poll::Ready(Ok(()))
        );
    }
    let at = Instant::now() + Duration::from_secs(3600);
    Pin::new(&mut timer).reset(Some(at.into()));
    assert!(Pin::new(&mut timer).poll_elapsed(&mut cx).is_pending());
    Pin::new(&mut timer).reset(Some(Instant::now().into()));
    assert!(Pin::new(&mut timer).poll_elapsed(&mut cx).is_ready());
}

#[test]
fn the_last_instant_of_the_clock_disturbs_no_other_timer() {
    let mut far = Instant::now();
    let seconds = (0..64).rev().map(|shift| Duration::from_secs(1 << shift));
    let nanoseconds = (0..30).rev().map(|shift| Duration::from_nanos(1 << shift));
    for step in seconds.chain(nanoseconds) {
        far = far.checked_add(step).unwrap_or(far);
    }
    assert_eq!(far.checked_add(Duration::from_nanos(1)), None);
    let (wakes, waker) = Wakes::new();
    let mut cx = Context::from_waker(&waker);
    let mut last = Timer::new(Some(far.into()), None);
    let mut never = Timer::new(None, None);
    assert!(Pin::new(&mut last).poll_elapsed(&mut cx).is_pending());
    assert!(Pin::new(&mut never).poll_elapsed(&mut cx).is_pending());

    let mut near = Timer::new(
        Some((Instant::now() + Duration::from_millis(2)).into()),
        None,
    );
    async_io::block_on(poll_fn(|cx| Pin::new(&mut near).poll_elapsed(cx))).unwrap();
    assert_eq!(wakes.count(), 0);
}

#[test]
fn the_last_waker_is_the_one_that_is_woken() {
    let mut timer = Timer::new(
        Some((Instant::now() + Duration::from_millis(20)).into()),
        None,
    );
    let (first, waker) = Wakes::new();
    assert!(
        Pin::new(&mut timer)
            .poll_elapsed(&mut Context::from_waker(&waker))
            .is_pending()
    );
    let (second, waker) = Wakes::new();
    assert!(
        Pin::new(&mut timer)
            .poll_elapsed(&mut Context::from_waker(&waker))
            .is_pending()
    );
    second.wait_beyond(0);
    assert_eq!(first.count(), 0);
}
