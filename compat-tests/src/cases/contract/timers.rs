//! Timers, and the clock they go by.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use anyrt_core::{Gone, RawTimer};

use crate::{
    Trace,
    rig::Rig,
    tools::{CountingWaker, Gate, foreign_yield, peek},
};

type Timer = Pin<Box<dyn RawTimer>>;

const SHORT: Duration = Duration::from_millis(10);
/// Long enough for a machine under load to get from one line to the next.
const AHEAD: Duration = Duration::from_millis(400);
const LONG: Duration = Duration::from_secs(3600);

fn elapsed(timer: &mut Timer) -> impl Future<Output = Result<(), Gone>> + Send + Unpin + '_ {
    poll_fn(|cx| timer.as_mut().poll_elapsed(cx))
}

fn word(polled: Poll<Result<(), Gone>>) -> &'static str {
    match polled {
        Poll::Pending => "pending",
        Poll::Ready(Ok(())) => "ready",
        Poll::Ready(Err(Gone)) => "gone",
    }
}

/// Sixty timers of all kinds of lengths: none is ready before its instant.
pub fn k020_a_timer_is_never_early(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let backend = runtime.backend();
    runtime.block_on(async {
        for step in 0..60_u64 {
            let at = backend.now() + Duration::from_micros(137 * step);
            elapsed(&mut runtime.timer(Some(at)))
                .await
                .expect("the runtime runs");
            assert!(backend.now() >= at, "early by {:?}", at - backend.now());
        }
    });
    t.log("timers", "not-early");
}

/// The waker of the latest poll is woken, and not the one before.
pub fn k021_the_last_waker_wins(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let mut timer = runtime.timer_after(AHEAD);
    let (first, last) = (CountingWaker::new(), CountingWaker::new());
    runtime.block_on(async {
        for waker in [&first, &last] {
            let waker = Waker::from(Arc::clone(waker));
            let polled = timer
                .as_mut()
                .poll_elapsed(&mut Context::from_waker(&waker));
            t.log("poll", word(polled));
        }
        last.woken().wait().await;
        t.log("poll", word(peek(&mut elapsed(&mut timer)).await));
    });
}

/// Ready stays ready, however often it is polled.
pub fn k022_ready_stays_ready(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let mut timer = runtime.timer_after(SHORT);
    runtime.block_on(async {
        t.log("poll", word(Poll::Ready(elapsed(&mut timer).await)));
        for _ in 0..3 {
            foreign_yield().await;
            t.log("poll", word(peek(&mut elapsed(&mut timer)).await));
        }
    });
}

/// A timer that was moved later does not elapse at its old instant.
pub fn k023_a_timer_moved_later_is_late(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let backend = runtime.backend();
    let mut timer = runtime.timer_after(AHEAD);
    runtime.block_on(async {
        t.log("poll", word(peek(&mut elapsed(&mut timer)).await));
        let at = backend.now() + 2 * AHEAD;
        timer.as_mut().reset(Some(at));
        t.log("moved", word(Poll::Ready(elapsed(&mut timer).await)));
        assert!(backend.now() >= at, "it elapsed at its old instant");
    });
}

/// A timer that was moved earlier does not wait for its old instant.
pub fn k024_a_timer_moved_earlier_is_early(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let backend = runtime.backend();
    let mut timer = runtime.timer_after(LONG);
    runtime.block_on(async {
        t.log("poll", word(peek(&mut elapsed(&mut timer)).await));
        timer.as_mut().reset(backend.now().checked_add(SHORT));
        t.log("moved", word(Poll::Ready(elapsed(&mut timer).await)));
    });
}

/// A timer that has elapsed is pending again after a reset, also to `None`.
pub fn k025_an_elapsed_timer_can_be_set_again(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let backend = runtime.backend();
    let mut timer = runtime.timer_after(SHORT);
    runtime.block_on(async {
        t.log("poll", word(Poll::Ready(elapsed(&mut timer).await)));
        timer.as_mut().reset(backend.now().checked_add(AHEAD));
        t.log("again", word(peek(&mut elapsed(&mut timer)).await));
        t.log("again", word(Poll::Ready(elapsed(&mut timer).await)));
        timer.as_mut().reset(None);
        t.log("never", word(peek(&mut elapsed(&mut timer)).await));
    });
}

/// No instant, and one at the end of the clock, mean never; neither panics.
pub fn k026_far_away_means_never(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let mut far = runtime.backend().now();
    let mut step = Duration::MAX;
    while step > Duration::from_secs(1) {
        match far.checked_add(step) {
            Some(later) => far = later,
            None => step /= 2,
        }
    }
    runtime.block_on(async {
        for at in [None, Some(far)] {
            let mut timer = runtime.timer(at);
            t.log("poll", word(peek(&mut elapsed(&mut timer)).await));
            timer.as_mut().reset(Some(far));
            t.log("poll", word(peek(&mut elapsed(&mut timer)).await));
        }
        elapsed(&mut runtime.timer_after(SHORT))
            .await
            .expect("the runtime runs");
        t.log("others", "go-on");
    });
}

/// A timer may be polled, reset and dropped by a thread that knows nothing of the runtime.
pub fn k027_a_timer_works_on_any_thread(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let backend = runtime.backend();
    let mut timer = runtime.timer_after(LONG);
    let waker = CountingWaker::new();
    let (theirs, trace) = (Arc::clone(&waker), t.clone());
    runtime.block_on(async {
        t.log("home", word(peek(&mut elapsed(&mut timer)).await));
        let elsewhere = thread::spawn(move || {
            timer.as_mut().reset(backend.now().checked_add(AHEAD));
            let waker = Waker::from(theirs);
            let polled = timer
                .as_mut()
                .poll_elapsed(&mut Context::from_waker(&waker));
            trace.log("foreign", word(polled));
            timer
        });
        let mut timer = elsewhere.join().unwrap();
        waker.woken().wait().await;
        t.log("home", word(peek(&mut elapsed(&mut timer)).await));
        thread::spawn(move || drop(timer)).join().unwrap();
    });
}

/// After shutdown a timer says so; whoever waited for it from outside is woken to see it.
pub fn k028_a_timer_outlives_its_runtime(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let backend = runtime.backend();
    let mut timer = runtime.timer_after(LONG);
    let waker = CountingWaker::new();
    let cx_waker = Waker::from(Arc::clone(&waker));
    let mut cx = Context::from_waker(&cx_waker);
    t.log("old", word(timer.as_mut().poll_elapsed(&mut cx)));
    runtime.shutdown();
    waker.woken().wait_blocking();
    t.log("old", word(timer.as_mut().poll_elapsed(&mut cx)));
    timer.as_mut().reset(backend.now().checked_add(LONG));
    t.log("old", word(timer.as_mut().poll_elapsed(&mut cx)));
    let mut fresh = backend.timer_boxed(backend.now().checked_add(LONG));
    t.log("new", word(fresh.as_mut().poll_elapsed(&mut cx)));
}

/// A timer that has elapsed is ready also in a poll that has polled ready timers a thousand times.
pub fn k029_an_elapsed_timer_needs_no_budget(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let backend = runtime.backend();
    runtime.block_on(async {
        elapsed(&mut runtime.timer_after(SHORT))
            .await
            .expect("the runtime runs");
        let now = backend.now();
        let pending = poll_fn(|cx| {
            let polls = (0..1000).filter(|_| {
                runtime
                    .timer(Some(now))
                    .as_mut()
                    .poll_elapsed(cx)
                    .is_pending()
            });
            Poll::Ready(polls.count())
        });
        t.log("pending", pending.await);
    });
}

/// The clock never goes backwards, and is the same on every thread.
pub fn k030_the_clock_is_one_and_monotonic(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let backend = runtime.backend();
    let mut last = backend.now();
    for _ in 0..50 {
        let elsewhere = runtime.backend();
        for now in [
            thread::spawn(move || elsewhere.now()).join().unwrap(),
            backend.now(),
        ] {
            assert!(now >= last, "the clock went backwards by {:?}", last - now);
            last = now;
        }
    }
    let (read, done) = (runtime.backend(), Gate::new());
    let over = done.clone();
    let task = async move {
        assert!(read.now() >= last, "a task's clock is behind");
        over.open();
    };
    runtime.spawn(task).expect("the runtime runs");
    runtime.block_on(done.wait());
    t.log("clock", "monotonic");
}

/// A hundred timers, set latest first, each elapse.
pub fn k031_many_timers_each_elapse(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let gates: Vec<Gate> = (0..100).map(|_| Gate::new()).collect();
    for (number, gate) in gates.iter().cloned().enumerate().rev() {
        let mut timer = runtime.timer_after(Duration::from_millis(number as u64 % 40));
        let task = async move {
            elapsed(&mut timer).await.expect("the runtime runs");
            gate.open();
        };
        runtime.spawn(task).expect("the runtime runs");
    }
    runtime.block_on(async {
        for gate in &gates {
            gate.wait().await;
        }
    });
    t.log("timers", "elapsed");
}
