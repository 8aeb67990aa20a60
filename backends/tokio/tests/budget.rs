//! tokio's cooperation budget and its paused clock, as they bear on anyrt's timers.

mod support;

use std::{
    future::poll_fn,
    pin::pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use anyrt_core::{Backend, Launch, RawTimer};
use anyrt_tokio::{Tokio, TokioRuntime};
use support::Wakes;
use tokio::task::coop;

#[test]
fn an_elapsed_timer_is_ready_on_a_spent_budget() {
    let runtime = TokioRuntime::multi_thread(Some(1)).unwrap();
    let backend = runtime.backend();
    runtime.block_on(pin!(async {
        let mut registered =
            pin!(backend.timer(Some((Instant::now() + Duration::from_millis(5)).into())));
        poll_fn(|cx| registered.as_mut().poll_elapsed(cx))
            .await
            .unwrap();
        let mut fresh = pin!(backend.timer(Some(backend.now())));
        poll_fn(|cx| {
            while let Poll::Ready(unit) = coop::poll_proceed(cx) {
                unit.made_progress();
            }
            assert!(!coop::has_budget_remaining());
            assert!(registered.as_mut().poll_elapsed(cx).is_ready());
            assert!(fresh.as_mut().poll_elapsed(cx).is_ready());
            Poll::Ready(())
        })
        .await;
    }));
}

#[test]
fn a_pending_timer_on_a_spent_budget_waits_for_its_time_alone() {
    let runtime = TokioRuntime::current_thread().unwrap();
    let backend = runtime.backend();
    let (wakes, waker) = Wakes::new();
    runtime.block_on(pin!(async {
        let mut timer = pin!(backend.timer(None));
        poll_fn(|cx| {
            while let Poll::Ready(unit) = coop::poll_proceed(cx) {
                unit.made_progress();
            }
            let polled = timer
                .as_mut()
                .poll_elapsed(&mut Context::from_waker(&waker));
            assert!(polled.is_pending());
            Poll::Ready(())
        })
        .await;
        // tokio holds back the wakes that it makes for want of budget until the task has yielded.
        tokio::task::yield_now().await;
        assert_eq!(wakes.count(), 0);
    }));
}

#[test]
fn a_paused_clock_rules_the_timers_too() {
    let native = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    let started = Instant::now();
    native.block_on(async {
        let tokio = Tokio::current().unwrap();
        let at = tokio
            .now()
            .checked_add(Duration::from_secs(86_400))
            .unwrap();
        let mut timer = pin!(tokio.timer(Some(at)));
        poll_fn(|cx| timer.as_mut().poll_elapsed(cx)).await.unwrap();
        assert!(tokio.now() >= at);
    });
    assert!(started.elapsed() < Duration::from_secs(3600));
}
