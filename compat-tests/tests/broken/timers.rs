//! Timers that are wrong.

use std::{
    pin::Pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use anyrt_core::{Backend, Gone, Instant, RawTimer};
use anyrt_smol::Smol;

use crate::{
    assert_caught,
    wrapper::{DynTimer, Fault},
};

type Elapsed = Poll<Result<(), Gone>>;

struct Early;

impl Fault for Early {
    const NAME: &'static str = "timers are 1 ms early";

    fn new() -> Self {
        Self
    }

    fn timer(&self, smol: &Smol, at: Option<Instant>) -> DynTimer {
        let early = at.map(|at| at.checked_sub(Duration::from_millis(1)).unwrap_or(at));
        Box::pin(smol.timer(early))
    }
}

/// Makes a fault of a kind of timer that wraps a right one.
macro_rules! timer_fault {
    ($fault:ident, $timer:ident { $($field:ident: $kind:ty = $start:expr),* }, $name:literal) => {
        struct $fault;

        impl Fault for $fault {
            const NAME: &'static str = $name;

            fn new() -> Self {
                Self
            }

            fn timer(&self, smol: &Smol, at: Option<Instant>) -> DynTimer {
                Box::pin($timer { inner: Box::pin(smol.timer(at)), $($field: $start),* })
            }
        }

        struct $timer {
            inner: DynTimer,
            $($field: $kind,)*
        }
    };
}

timer_fault!(
    Unfused,
    UnfusedTimer {
        spent: bool = false
    },
    "a timer is ready once only"
);

impl RawTimer for UnfusedTimer {
    fn reset(mut self: Pin<&mut Self>, at: Option<Instant>) {
        self.spent = false;
        self.inner.as_mut().reset(at);
    }

    fn poll_elapsed(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Elapsed {
        if self.spent {
            return Poll::Pending;
        }
        let polled = self.inner.as_mut().poll_elapsed(cx);
        self.spent = polled.is_ready();
        polled
    }
}

timer_fault!(FirstWaker, FirstWakerTimer { first: Option<Waker> = None }, "the first waker of a timer wins");

impl RawTimer for FirstWakerTimer {
    fn reset(mut self: Pin<&mut Self>, at: Option<Instant>) {
        self.inner.as_mut().reset(at);
    }

    fn poll_elapsed(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Elapsed {
        let first = self.first.get_or_insert_with(|| cx.waker().clone()).clone();
        self.inner
            .as_mut()
            .poll_elapsed(&mut Context::from_waker(&first))
    }
}

timer_fault!(
    MovesOnce,
    MovesOnceTimer {
        moved: bool = false
    },
    "a timer is moved at most once"
);

impl RawTimer for MovesOnceTimer {
    fn reset(mut self: Pin<&mut Self>, at: Option<Instant>) {
        if !std::mem::replace(&mut self.moved, true) {
            self.inner.as_mut().reset(at);
        }
    }

    fn poll_elapsed(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Elapsed {
        self.inner.as_mut().poll_elapsed(cx)
    }
}

timer_fault!(
    NeverGone,
    NeverGoneTimer {},
    "a timer of a runtime that is gone is pending for ever"
);

impl RawTimer for NeverGoneTimer {
    fn reset(mut self: Pin<&mut Self>, at: Option<Instant>) {
        self.inner.as_mut().reset(at);
    }

    fn poll_elapsed(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Elapsed {
        match self.inner.as_mut().poll_elapsed(cx) {
            Poll::Ready(Err(Gone)) => Poll::Pending,
            other => other,
        }
    }
}

timer_fault!(
    Charged,
    ChargedTimer {},
    "an elapsed timer is pending when a budget is spent"
);

thread_local! {
    static BUDGET: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

impl RawTimer for ChargedTimer {
    fn reset(mut self: Pin<&mut Self>, at: Option<Instant>) {
        self.inner.as_mut().reset(at);
    }

    fn poll_elapsed(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Elapsed {
        BUDGET.set(BUDGET.get() + 1);
        if BUDGET.get() % 128 == 0 {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.inner.as_mut().poll_elapsed(cx)
    }
}

#[test]
fn an_early_timer_is_caught() {
    assert_caught::<Early>("k020_a_timer_is_never_early");
}

#[test]
fn a_timer_that_is_not_fused_is_caught() {
    assert_caught::<Unfused>("k022_ready_stays_ready");
}

#[test]
fn a_timer_that_keeps_its_first_waker_is_caught() {
    assert_caught::<FirstWaker>("k021_the_last_waker_wins");
}

#[test]
fn a_timer_that_moves_once_is_caught() {
    assert_caught::<MovesOnce>("k025_an_elapsed_timer_can_be_set_again");
}

#[test]
fn a_timer_that_hides_the_shutdown_is_caught() {
    assert_caught::<NeverGone>("k028_a_timer_outlives_its_runtime");
}

#[test]
fn a_timer_that_charges_a_budget_is_caught() {
    assert_caught::<Charged>("k029_an_elapsed_timer_needs_no_budget");
}
