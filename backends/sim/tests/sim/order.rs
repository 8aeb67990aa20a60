//! Whose turn it is.

use std::{
    collections::HashSet,
    future::poll_fn,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    task::{Poll, Waker},
    thread,
    time::Duration,
};

use anyrt_core::{Backend, Launch};
use anyrt_sim::{Order, SimRuntime};

use crate::support::{Dropped, Trace, child, fifo, is_child, run, yield_now};

const MAIN: usize = 0;

/// Five tasks that yield fifty times, and main that yields until they are done: who was polled when.
fn polls(order: Order) -> Vec<usize> {
    let runtime = SimRuntime::new(order);
    let sim = runtime.backend();
    let trace = Trace::new();
    let left = Arc::new(AtomicUsize::new(5));
    for task in 1..=5 {
        let (trace, left) = (trace.clone(), Arc::clone(&left));
        sim.spawn(async move {
            for _ in 0..50 {
                trace.push(task);
                yield_now().await;
            }
            left.fetch_sub(1, SeqCst);
        })
        .unwrap();
    }
    run(&runtime, async {
        while left.load(SeqCst) > 0 {
            trace.push(MAIN);
            yield_now().await;
        }
    });
    trace.take()
}

#[test]
fn first_in_first_out() {
    let round = [1, 2, 3, 4, 5, MAIN];
    let expected: Vec<_> = round.iter().copied().cycle().take(50 * 6).collect();
    assert_eq!(polls(Order::Fifo), expected);
}

#[test]
fn the_same_seed_gives_the_same_run() {
    for seed in [0, 1, 42, u64::MAX] {
        let first = polls(Order::Seeded(seed));
        let early = polls(Order::Interleaved(seed));
        for _ in 1..10 {
            assert_eq!(polls(Order::Seeded(seed)), first, "seed {seed}");
            assert_eq!(polls(Order::Interleaved(seed)), early, "seed {seed}");
        }
    }
}

/// What a task sees of another one between two statements of its own, of which only the second wakes somebody.
fn seen_across_a_wake(order: Order) -> (bool, bool) {
    let runtime = SimRuntime::new(order).with_hang_grace(Duration::ZERO);
    let sim = runtime.backend();
    let flag = Arc::new(AtomicBool::new(false));
    let seen: Arc<Mutex<(bool, bool)>> = Arc::default();
    let (sets, looks, sees) = (Arc::clone(&flag), Arc::clone(&flag), Arc::clone(&seen));
    sim.spawn(async move { sets.store(true, SeqCst) }).unwrap();
    let waits = poll_fn(move |cx| {
        if looks.load(SeqCst) {
            return Poll::Ready(());
        }
        let spawned = looks.load(SeqCst);
        cx.waker().wake_by_ref();
        *sees.lock().unwrap() = (spawned, looks.load(SeqCst));
        Poll::Pending
    });
    sim.spawn(waits).unwrap();
    run(&runtime, async {
        for _ in 0..5 {
            yield_now().await;
        }
    });
    *seen.lock().unwrap()
}

#[test]
fn interleaved_another_task_runs_inside_a_wake() {
    let orders = |order: fn(u64) -> Order| (0..50).map(order).map(seen_across_a_wake);
    assert!(orders(Order::Interleaved).any(|seen| seen == (false, true)));
    assert!(orders(Order::Seeded).all(|seen| !seen.1));
}

#[test]
fn interleaved_a_task_is_not_polled_inside_spawn_nor_inside_itself_nor_without_end() {
    for seed in 0..50 {
        let runtime = SimRuntime::new(Order::Interleaved(seed)).with_hang_grace(Duration::ZERO);
        let sim = runtime.backend();
        let (inside, polls) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        for _ in 0..20 {
            let (inside, polls) = (Arc::clone(&inside), Arc::clone(&polls));
            let spawner = sim.clone();
            let mut polled = AtomicBool::new(false);
            let left = AtomicUsize::new(5);
            let waits = poll_fn(move |cx| {
                assert!(!std::mem::replace(polled.get_mut(), true), "inside itself");
                // One of the driver's own, and two deep inside wakes.
                assert!(inside.fetch_add(1, SeqCst) < 3);
                let before = polls.fetch_add(1, SeqCst) + 1;
                spawner.spawn(async {}).unwrap();
                assert_eq!(polls.load(SeqCst), before, "inside spawn");
                for _ in 0..5 {
                    cx.waker().wake_by_ref();
                }
                inside.fetch_sub(1, SeqCst);
                *polled.get_mut() = false;
                match left.fetch_sub(1, SeqCst) {
                    1 => Poll::Ready(()),
                    _ => Poll::Pending,
                }
            });
            sim.spawn(waits).unwrap();
        }
        run(&runtime, async {
            for _ in 0..200 {
                yield_now().await;
            }
        });
        assert_eq!(polls.load(SeqCst), 100, "seed {seed}");
    }
}

#[test]
fn another_seed_gives_another_run() {
    let runs: HashSet<_> = (0..10).map(|seed| polls(Order::Seeded(seed))).collect();
    assert_eq!(runs.len(), 10);
}

#[test]
fn main_and_every_task_may_be_drawn_first() {
    let first: HashSet<_> = (0..100).map(|seed| polls(Order::Seeded(seed))[0]).collect();
    assert_eq!(first, HashSet::from([MAIN, 1, 2, 3, 4, 5]));
}

#[test]
fn spawn_does_not_poll() {
    let runtime = fifo();
    let sim = runtime.backend();
    let trace = Trace::new();
    run(&runtime, async {
        let inner = trace.clone();
        sim.spawn(async move { inner.push("task") }).unwrap();
        trace.push("main");
        yield_now().await;
    });
    assert_eq!(trace.take(), ["main", "task"]);
}

#[test]
fn a_task_that_panics_ends_alone() {
    let runtime = fifo();
    let sim = runtime.backend();
    let trace = Trace::new();
    let dropped = Dropped(trace.clone(), "first dropped");
    sim.spawn(async move {
        let _dropped = dropped;
        yield_now().await;
        panic!("expected: a task panics");
    })
    .unwrap();
    let inner = trace.clone();
    sim.spawn(async move {
        for _ in 0..3 {
            yield_now().await;
        }
        inner.push("second done");
    })
    .unwrap();
    run(&runtime, async {
        for _ in 0..5 {
            yield_now().await;
        }
    });
    assert_eq!(trace.take(), ["first dropped", "second done"]);
}

#[test]
fn a_panic_that_panics_when_dropped_ends_alone_too() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("expected: a payload panics");
        }
    }
    let runtime = fifo();
    let sim = runtime.backend();
    sim.spawn(async { std::panic::panic_any(Bomb) }).unwrap();
    run(&runtime, yield_now());
}

#[test]
fn a_destructor_that_panics_ends_its_task_alone() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("expected: a destructor panics");
        }
    }
    let runtime = fifo();
    let sim = runtime.backend();
    let bomb = Bomb;
    // The body is still there when the poll has returned: it is not an `async` block.
    sim.spawn(poll_fn(move |_| {
        let _bomb = &bomb;
        Poll::Ready(())
    }))
    .unwrap();
    run(&runtime, yield_now());
}

#[test]
fn wakes_that_come_twice_or_late_do_nothing() {
    let runtime = fifo();
    let sim = runtime.backend();
    let polls = Arc::new(AtomicUsize::new(0));
    let kept: Arc<Mutex<Option<Waker>>> = Arc::default();
    let (count, keep) = (Arc::clone(&polls), Arc::clone(&kept));
    sim.spawn(poll_fn(move |cx| {
        *keep.lock().unwrap() = Some(cx.waker().clone());
        if count.fetch_add(1, SeqCst) < 2 {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    }))
    .unwrap();
    run(&runtime, async {
        yield_now().await;
        assert_eq!(polls.load(SeqCst), 1);
        let waker = kept.lock().unwrap().take().unwrap();
        waker.wake_by_ref();
        waker.wake_by_ref();
        yield_now().await;
        assert_eq!(polls.load(SeqCst), 2);
        waker.wake_by_ref();
        yield_now().await;
        assert_eq!(polls.load(SeqCst), 3);
        waker.wake_by_ref();
        thread::spawn(move || waker.wake()).join().unwrap();
        yield_now().await;
        yield_now().await;
        assert_eq!(polls.load(SeqCst), 3);
    });
}

#[test]
fn a_wake_of_a_task_that_completes_in_the_same_poll_does_nothing() {
    let runtime = fifo();
    let sim = runtime.backend();
    sim.spawn(poll_fn(|cx| {
        cx.waker().wake_by_ref();
        Poll::Ready(())
    }))
    .unwrap();
    run(&runtime, async {
        yield_now().await;
        yield_now().await;
    });
}

#[test]
fn a_wake_of_an_earlier_main_does_nothing_to_the_next() {
    let runtime = fifo();
    let sim = runtime.backend();
    let mut earlier = None;
    run(
        &runtime,
        poll_fn(|cx| {
            earlier = Some(cx.waker().clone());
            Poll::Ready(())
        }),
    );
    let trace = Trace::new();
    let mut first = true;
    run(
        &runtime,
        poll_fn(|cx| {
            trace.push("main");
            if !first {
                return Poll::Ready(());
            }
            first = false;
            earlier.as_ref().unwrap().wake_by_ref();
            let (waker, trace) = (cx.waker().clone(), trace.clone());
            sim.spawn(async move {
                trace.push("task");
                waker.wake();
            })
            .unwrap();
            Poll::Pending
        }),
    );
    assert_eq!(trace.take(), ["main", "task", "main"]);
}

#[test]
fn the_seed_comes_from_the_environment() {
    for (seed, expected) in [
        (None, "order: Fifo"),
        (Some("42"), "order: Seeded(42)"),
        (Some("interleaved:42"), "order: Interleaved(42)"),
        (
            Some("0x2a"),
            "refused: ANYRT_SIM_SEED must be a whole number from 0 to 18446744073709551615, or one \
             after \"interleaved:\", not \"0x2a\"",
        ),
        (Some("interleaved:"), "not \"interleaved:\""),
        (Some(""), "not \"\""),
        (Some("-1"), "not \"-1\""),
    ] {
        let output = child("order::child_that_reads_the_seed", seed);
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert!(stdout.contains(expected), "{seed:?}: {stdout}");
    }
}

#[test]
fn child_that_reads_the_seed() {
    if !is_child() {
        return;
    }
    match SimRuntime::from_env() {
        Ok(runtime) => println!("{runtime:?}"),
        Err(error) => println!("refused: {error}"),
    }
}
