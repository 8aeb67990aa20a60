//! What comes out of `block_on` when nothing goes on, or main panics.

use std::{
    future::{pending, poll_fn},
    sync::{Arc, Mutex, mpsc},
    task::{Poll, Waker},
    thread,
    time::{Duration, Instant},
};

use anyrt_core::{Backend, Launch};
use anyrt_sim::{Order, Sim, SimRuntime};

use crate::support::{LONG, Trace, child, fifo, is_child, panic_text, run, secs, sleep, yield_now};

#[test]
fn a_hang_names_each_blocked_task_and_its_place() {
    let runtime = fifo();
    let sim = runtime.backend();
    sim.spawn(yield_now()).unwrap();
    let first = line!() + 1;
    sim.spawn(pending()).unwrap();
    sim.spawn({
        let sim = sim.clone();
        async move { sleep(&sim, secs(3600)).await }
    })
    .unwrap();
    let second = line!() + 1;
    sim.spawn(pending()).unwrap();
    let text = panic_text(|| run(&runtime, pending()));
    let blocked: Vec<_> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("blocked: "))
        .collect();
    let file = file!();
    assert_eq!(
        blocked,
        [
            "main".to_owned(),
            format!("task 2, spawned at {file}:{first}:9"),
            format!("task 4, spawned at {file}:{second}:9"),
        ]
    );
    assert!(text.contains("order: first in, first out"), "{text}");
}

#[test]
fn a_hang_names_the_seed() {
    let runtime = SimRuntime::new(Order::Seeded(7)).with_hang_grace(Duration::ZERO);
    let text = panic_text(|| run(&runtime, pending()));
    assert!(text.contains("ANYRT_SIM_SEED=7"), "{text}");
}

#[test]
fn a_hang_leaves_the_simulation_usable() {
    let runtime = fifo();
    let sim = runtime.backend();
    let kept: Arc<Mutex<Option<Waker>>> = Arc::default();
    let trace = Trace::new();
    let (keep, done) = (Arc::clone(&kept), trace.clone());
    let mut polls = 0;
    sim.spawn(poll_fn(move |cx| {
        *keep.lock().unwrap() = Some(cx.waker().clone());
        polls += 1;
        if polls == 1 {
            return Poll::Pending;
        }
        done.push("woken");
        Poll::Ready(())
    }))
    .unwrap();
    panic_text(|| run(&runtime, pending()));
    run(&runtime, async {
        kept.lock().unwrap().take().unwrap().wake();
        yield_now().await;
    });
    assert_eq!(trace.take(), ["woken"]);
}

/// Lets another thread end a main that waits for it; often, since it may come before or after the
/// simulation goes idle.
fn ended_by_another_thread(end: impl Fn(Sim, Waker) + Send + Copy + 'static) {
    let runtime = SimRuntime::new(Order::Fifo).with_hang_grace(LONG);
    let real = Instant::now();
    for _ in 0..100 {
        let sim = runtime.backend();
        let (offer, offered) = mpsc::channel::<Waker>();
        let other = thread::spawn(move || end(sim, offered.recv().unwrap()));
        let mut first = true;
        run(
            &runtime,
            poll_fn(|cx| {
                if !std::mem::replace(&mut first, false) {
                    return Poll::Ready(());
                }
                offer.send(cx.waker().clone()).unwrap();
                Poll::Pending
            }),
        );
        other.join().unwrap();
    }
    assert!(real.elapsed() < LONG, "noticed when the grace was over");
}

#[test]
fn a_wake_from_an_unknown_thread_is_awaited() {
    ended_by_another_thread(|_, waker| waker.wake());
}

#[test]
fn a_task_spawned_by_an_unknown_thread_runs() {
    ended_by_another_thread(|sim, waker| sim.spawn(async move { waker.wake() }).unwrap());
}

#[test]
fn a_job_submitted_by_an_unknown_thread_runs() {
    ended_by_another_thread(|sim, waker| sim.spawn_blocking(move || waker.wake()).unwrap());
}

#[test]
fn a_panic_in_main_comes_out_and_leaves_the_simulation_usable() {
    let runtime = fifo();
    let sim = runtime.backend();
    let trace = Trace::new();
    let inner = trace.clone();
    let sleeping = sim.clone();
    sim.spawn(async move {
        sleep(&sleeping, secs(1)).await;
        inner.push("slept");
    })
    .unwrap();
    let text = panic_text(|| {
        run(&runtime, async {
            yield_now().await;
            panic!("expected: main panics");
        });
    });
    assert_eq!(text, "expected: main panics");
    run(&runtime, sleep(&sim, secs(2)));
    assert_eq!(trace.take(), ["slept"]);
}

#[test]
fn a_simulation_is_driven_once_at_a_time() {
    let runtime = fifo();
    run(&runtime, async {
        let inside = panic_text(|| run(&runtime, async {}));
        assert!(inside.contains("already inside block_on"), "{inside}");
        thread::scope(|scope| {
            let beside = scope.spawn(|| panic_text(|| run(&runtime, async {})));
            assert_eq!(beside.join().unwrap(), inside);
        });
    });
    run(&runtime, async {});
}

#[test]
fn simulations_nest_and_know_their_thread() {
    let (outer, inner) = (fifo(), fifo());
    let (outside, inside) = (outer.backend(), inner.backend());
    assert!(!outside.on_runtime_thread());
    run(&outer, async {
        assert_eq!(
            (outside.on_runtime_thread(), inside.on_runtime_thread()),
            (true, false)
        );
        run(&inner, async {
            assert!(outside.on_runtime_thread() && inside.on_runtime_thread());
            sleep(&inside, secs(1)).await;
        });
        thread::scope(|scope| {
            let elsewhere = scope.spawn(|| outside.on_runtime_thread());
            assert!(!elsewhere.join().unwrap());
        });
    });
    assert!(!outside.on_runtime_thread());
    assert_ne!(outside.id(), inside.id());
    assert_eq!(outside.id(), outer.backend().id());
}

#[test]
fn the_seed_of_a_panic_is_printed_once() {
    let hint = "anyrt-sim: ANYRT_SIM_SEED=7 reproduces this";
    for (seed, times) in [(Some("7"), 1), (None, 0)] {
        let output = child("hang::child_that_panics", seed);
        assert!(!output.status.success());
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(stderr.matches(hint).count(), times, "{stderr}");
        assert!(stderr.contains("expected: main panics"), "{stderr}");
    }
}

#[test]
fn child_that_panics() {
    if !is_child() {
        return;
    }
    let runtime = SimRuntime::from_env().unwrap();
    run(&runtime, async { panic!("expected: main panics") });
}
