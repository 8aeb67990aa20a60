//! Virtual time and its timers.

use std::{
    future::{pending, poll_fn},
    pin::pin,
    sync::{Arc, mpsc},
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant},
};

use anyrt_core::{Backend, Launch, RawTimer};
use anyrt_sim::{Order, Sim, SimRuntime};

use crate::support::{LONG, Trace, Wakes, fifo, panic_text, run, secs, sleep, yield_now};

/// A counting waker, and the context that carries it.
fn counter() -> (Arc<Wakes>, Waker) {
    let wakes = Arc::new(Wakes::default());
    (Arc::clone(&wakes), Waker::from(wakes))
}

fn poll(timer: &mut std::pin::Pin<&mut <Sim as Backend>::Timer>, waker: &Waker) -> bool {
    match timer.as_mut().poll_elapsed(&mut Context::from_waker(waker)) {
        Poll::Ready(result) => {
            result.expect("the simulation runs");
            true
        }
        Poll::Pending => false,
    }
}

#[test]
fn the_clock_starts_at_the_real_time() {
    let before = Instant::now();
    let runtime = fifo();
    let after = Instant::now();
    let now = Instant::from(runtime.backend().now());
    assert!(before <= now && now <= after);
}

#[test]
fn sleeps_take_no_real_time_and_end_at_the_exact_instant() {
    let runtime = fifo();
    let sim = runtime.backend();
    let (start, real) = (sim.now(), Instant::now());
    let trace = Trace::new();
    for tens in (0..10).rev() {
        let (sim, trace) = (sim.clone(), trace.clone());
        sim.clone()
            .spawn(async move {
                sleep(&sim, secs(10 * tens)).await;
                trace.push((tens, sim.now() - start));
            })
            .unwrap();
    }
    run(&runtime, sleep(&sim, secs(91)));
    let expected: Vec<_> = (0..10).map(|tens| (tens, secs(10 * tens))).collect();
    assert_eq!(trace.take(), expected);
    assert_eq!(sim.now() - start, secs(91));
    assert!(real.elapsed() < secs(10));
}

#[test]
fn time_stands_still_while_anything_can_run() {
    let runtime = fifo();
    let sim = runtime.backend();
    let start = sim.now();
    let sleeper = {
        let sim = sim.clone();
        async move { sleep(&sim, Duration::from_nanos(1)).await }
    };
    sim.spawn(sleeper).unwrap();
    run(&runtime, async {
        for _ in 0..100 {
            yield_now().await;
            assert_eq!(sim.now(), start);
        }
    });
}

#[test]
fn timers_of_one_instant_fire_in_the_order_of_their_first_polls() {
    let runtime = fifo();
    let sim = runtime.backend();
    let trace = Trace::new();
    let at = sim.now() + secs(5);
    for number in 0..20 {
        let (sim, trace) = (sim.clone(), trace.clone());
        sim.clone()
            .spawn(async move {
                // Odd ones begin to wait later.
                if number % 2 == 1 {
                    sleep(&sim, secs(1)).await;
                }
                sleep(&sim, at - sim.now()).await;
                trace.push(number);
            })
            .unwrap();
    }
    run(&runtime, sleep(&sim, secs(6)));
    let expected: Vec<_> = (0..20).step_by(2).chain((1..20).step_by(2)).collect();
    assert_eq!(trace.take(), expected);
}

#[test]
fn a_timer_can_be_set_earlier_and_later() {
    let runtime = fifo();
    let sim = runtime.backend();
    let start = sim.now();
    run(&runtime, async {
        let mut timer = pin!(sim.timer(Some(start + secs(100))));
        assert!(!poll(&mut timer, Waker::noop()));
        timer.as_mut().reset(Some(start + secs(10)));
        poll_fn(|cx| timer.as_mut().poll_elapsed(cx)).await.unwrap();
        assert_eq!(sim.now() - start, secs(10));

        timer.as_mut().reset(Some(start + secs(20)));
        assert!(!poll(&mut timer, Waker::noop()));
        timer.as_mut().reset(Some(start + secs(200)));
        poll_fn(|cx| timer.as_mut().poll_elapsed(cx)).await.unwrap();
        assert_eq!(sim.now() - start, secs(200));

        timer.as_mut().reset(Some(start));
        assert!(poll(&mut timer, Waker::noop()));
    });
}

#[test]
fn ready_stays_ready_until_reset() {
    let runtime = fifo();
    let sim = runtime.backend();
    run(&runtime, async {
        let mut timer = pin!(sim.timer(sim.now().checked_add(secs(1))));
        poll_fn(|cx| timer.as_mut().poll_elapsed(cx)).await.unwrap();
        for _ in 0..3 {
            assert!(poll(&mut timer, Waker::noop()));
        }
        timer.as_mut().reset(None);
        assert!(!poll(&mut timer, Waker::noop()));
    });
}

#[test]
fn the_last_waker_wins() {
    let runtime = fifo();
    let sim = runtime.backend();
    let ((first, first_waker), (last, last_waker)) = (counter(), counter());
    run(&runtime, async {
        let mut timer = pin!(sim.timer(sim.now().checked_add(secs(1))));
        assert!(!poll(&mut timer, &first_waker));
        assert!(!poll(&mut timer, &last_waker));
        sleep(&sim, secs(2)).await;
        assert_eq!((first.count(), last.count()), (0, 1));
    });
}

#[test]
fn a_timer_that_is_dropped_or_set_to_never_does_not_move_the_clock() {
    let runtime = fifo();
    let sim = runtime.backend();
    let start = sim.now();
    let (wakes, waker) = counter();
    run(&runtime, async {
        let mut reset = pin!(sim.timer(Some(start + secs(50))));
        assert!(!poll(&mut reset, &waker));
        reset.as_mut().reset(None);
        {
            let mut dropped = pin!(sim.timer(Some(start + secs(60))));
            assert!(!poll(&mut dropped, &waker));
        }
        sleep(&sim, secs(100)).await;
    });
    assert_eq!(wakes.count(), 0);
    drop(waker);
    assert_eq!(Arc::strong_count(&wakes), 1, "no waker is left behind");
    panic_text(|| run(&runtime, pending()));
    assert_eq!(sim.now() - start, secs(100));
}

#[test]
fn never_and_the_far_future_are_never_reached() {
    let runtime = fifo();
    let sim = runtime.backend();
    let start = sim.now();
    let year = secs(365 * 24 * 60 * 60);
    for at in [None, start.checked_add(101 * year), farthest(start)] {
        let mut timer = pin!(sim.timer(at));
        let text = panic_text(|| {
            run(&runtime, async {
                let _ = poll_fn(|cx| timer.as_mut().poll_elapsed(cx)).await;
            });
        });
        assert!(text.contains("no timer is set"), "{text}");
        assert_eq!(sim.now(), start);
    }
    run(&runtime, sleep(&sim, 99 * year));
    assert_eq!(sim.now() - start, 99 * year);
}

/// The last instant that the clock's type can express.
fn farthest(start: anyrt_core::Instant) -> Option<anyrt_core::Instant> {
    let mut last = start;
    let mut step = Duration::MAX;
    while step > Duration::ZERO {
        match last.checked_add(step) {
            Some(later) => last = later,
            None => step /= 2,
        }
    }
    Some(last)
}

#[test]
fn a_timer_works_on_any_thread() {
    let runtime = SimRuntime::new(Order::Fifo).with_hang_grace(LONG);
    let sim = runtime.backend();
    let start = sim.now();
    let (wakes, waker) = counter();
    let mut timer = Box::pin(sim.timer(Some(start + secs(1))));
    timer = thread::spawn(move || {
        assert!(!poll(&mut timer.as_mut(), &waker));
        timer
    })
    .join()
    .unwrap();
    run(&runtime, sleep(&sim, secs(2)));
    assert_eq!(wakes.count(), 1);
    thread::spawn(move || {
        assert!(poll(&mut timer.as_mut(), Waker::noop()));
        timer.as_mut().reset(None);
        assert!(!poll(&mut timer.as_mut(), Waker::noop()));
    })
    .join()
    .unwrap();
}

#[test]
fn a_timer_set_by_another_thread_moves_an_idle_simulation() {
    let runtime = SimRuntime::new(Order::Fifo).with_hang_grace(LONG);
    let sim = runtime.backend();
    let (start, real) = (sim.now(), Instant::now());
    let (offer, offered) = mpsc::channel::<Waker>();
    let other = {
        let sim = sim.clone();
        thread::spawn(move || {
            let waker = offered.recv().unwrap();
            let mut timer = pin!(sim.timer(Some(start + secs(7))));
            assert!(!poll(&mut timer, &waker));
            // The timer lives until the simulation has reached it.
            assert!(offered.recv().is_err());
        })
    };
    let mut offer = Some(offer);
    run(
        &runtime,
        poll_fn(|cx| {
            if sim.now() - start >= secs(7) {
                offer = None;
                return Poll::Ready(());
            }
            let _ = offer.as_ref().unwrap().send(cx.waker().clone());
            Poll::Pending
        }),
    );
    other.join().unwrap();
    assert!(
        real.elapsed() < LONG,
        "noticed only when the grace was over"
    );
    assert_eq!(sim.now() - start, secs(7));
}

#[test]
fn a_program_that_is_never_blocked_reaches_its_deadline() {
    let runtime = fifo();
    let sim = runtime.backend();
    let start = sim.now();
    let deadline = start.checked_add(Duration::from_millis(20)).unwrap();
    let mut turns = 0_u32;
    run(&runtime, async {
        while sim.now() < deadline {
            turns += 1;
            yield_now().await;
        }
    });
    assert_eq!(sim.now() - start, Duration::from_millis(20));
    // A hundred turns a millisecond, give or take the turn in which it passes.
    assert!((1900..=2100).contains(&turns), "{turns}");
}

#[test]
fn a_program_that_was_busy_and_then_waits_is_not_late() {
    for turns in 90..=110 {
        let runtime = fifo();
        let sim = runtime.backend();
        run(&runtime, async {
            for _ in 0..turns {
                yield_now().await;
            }
            let before = sim.now();
            sleep(&sim, Duration::from_nanos(1)).await;
            assert_eq!(sim.now() - before, Duration::from_nanos(1), "{turns}");
        });
    }
}
