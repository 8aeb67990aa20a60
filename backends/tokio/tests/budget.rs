//! tokio's cooperation budget and its paused clock, as they bear on anyrt's timers.

use std::{
    future::poll_fn,
    pin::pin,
    time::{Duration, Instant},
};

use anyrt_core::{Backend, Launch, RawTimer};
use anyrt_tokio::{Tokio, TokioRuntime};

#[test]
fn an_elapsed_timer_is_ready_on_a_spent_budget() {
    let runtime = TokioRuntime::multi_thread(Some(1)).unwrap();
    let tokio = runtime.backend();
    runtime.block_on(pin!(async {
        let mut registered =
            pin!(tokio.timer(Some((Instant::now() + Duration::from_millis(5)).into())));
        poll_fn(|cx| registered.as_mut().poll_elapsed(cx))
            .await
            .unwrap();
        let mut fresh = pin!(tokio.timer(Some(tokio.now())));
        poll_fn(|cx| {
            while tokio::task::coop::poll_proceed(cx).is_ready_and_spent() {}
            assert!(!tokio::task::coop::has_budget_remaining());
            assert!(registered.as_mut().poll_elapsed(cx).is_ready());
            assert!(fresh.as_mut().poll_elapsed(cx).is_ready());
            std::task::Poll::Ready(())
        })
        .await;
    }));
}

/// Spends one unit of the budget for good.
trait Spend {
    fn is_ready_and_spent(self) -> bool;
}

impl Spend for std::task::Poll<tokio::task::coop::RestoreOnPending> {
    fn is_ready_and_spent(self) -> bool {
        match self {
            std::task::Poll::Ready(unit) => {
                unit.made_progress();
                true
            }
            std::task::Poll::Pending => false,
        }
    }
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
