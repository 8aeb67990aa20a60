//! Blocking jobs: on a thread, one at a time, to their end.

use std::{
    future::{pending, poll_fn},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    task::Poll,
    thread,
    time::Duration,
};

use anyrt_core::{Backend, Launch};
use anyrt_sim::{Order, Sim, SimRuntime};

use crate::support::{LONG, Trace, fifo, panic_text, run, secs, sleep, yield_now};

/// Runs a job and waits for it, as the facade does.
async fn job(sim: &Sim, work: impl FnOnce() + Send + 'static) {
    let done = Arc::new(AtomicBool::new(false));
    let mut work = Some(work);
    poll_fn(|cx| {
        if let Some(work) = work.take() {
            let (done, waker) = (Arc::clone(&done), cx.waker().clone());
            sim.spawn_blocking(move || {
                work();
                done.store(true, SeqCst);
                waker.wake();
            })
            .unwrap();
        }
        if done.load(SeqCst) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

#[test]
fn jobs_run_once_one_at_a_time_and_elsewhere() {
    for order in [Order::Fifo, Order::Seeded(3)] {
        let runtime = SimRuntime::new(order);
        let sim = runtime.backend();
        let driver = thread::current().id();
        let (runs, at_once) = (Trace::new(), Arc::new(AtomicUsize::new(0)));
        for number in 0..200 {
            let (sim, runs, at_once) = (sim.clone(), runs.clone(), Arc::clone(&at_once));
            sim.clone()
                .spawn_blocking(move || {
                    assert_eq!(at_once.fetch_add(1, SeqCst), 0);
                    assert_ne!(thread::current().id(), driver);
                    assert!(!sim.on_runtime_thread());
                    runs.push(number);
                    at_once.fetch_sub(1, SeqCst);
                })
                .unwrap();
        }
        run(&runtime, async {
            for _ in 0..1000 {
                yield_now().await;
            }
        });
        let mut runs = runs.take();
        assert_eq!(runs.is_sorted(), order == Order::Fifo);
        runs.sort_unstable();
        assert_eq!(runs, (0..200).collect::<Vec<_>>());
    }
}

#[test]
fn jobs_take_their_turn_among_the_tasks() {
    let runtime = fifo();
    let sim = runtime.backend();
    let trace = Trace::new();
    for round in ["first", "second"] {
        let (task, work) = (trace.clone(), trace.clone());
        sim.spawn(async move { task.push((round, "task")) })
            .unwrap();
        sim.spawn_blocking(move || work.push((round, "job")))
            .unwrap();
    }
    assert_eq!(trace.take(), []);
    run(&runtime, yield_now());
    assert_eq!(
        trace.take(),
        [
            ("first", "task"),
            ("first", "job"),
            ("second", "task"),
            ("second", "job")
        ]
    );
}

#[test]
fn the_same_seed_gives_the_same_run_with_jobs() {
    fn events(seed: u64) -> Vec<(u32, u32)> {
        let runtime = SimRuntime::new(Order::Seeded(seed));
        let sim = runtime.backend();
        let trace = Trace::new();
        for task in 0..5 {
            let (sim, trace) = (sim.clone(), trace.clone());
            sim.clone()
                .spawn(async move {
                    for round in 0..10 {
                        let inner = trace.clone();
                        job(&sim, move || inner.push((task, round))).await;
                        trace.push((task, round + 100));
                    }
                })
                .unwrap();
        }
        run(&runtime, sleep(&sim, secs(1)));
        trace.take()
    }
    let first = events(11);
    assert_eq!(first.len(), 100);
    for _ in 1..10 {
        assert_eq!(events(11), first);
    }
    assert_ne!(events(12), first);
}

#[test]
fn time_stands_still_during_a_job_and_for_a_queued_one() {
    let runtime = fifo();
    let sim = runtime.backend();
    let start = sim.now();
    let inner = sim.clone();
    sim.spawn({
        let sim = sim.clone();
        async move { sleep(&sim, secs(1)).await }
    })
    .unwrap();
    run(&runtime, async {
        let second = inner.clone();
        job(&sim, move || {
            inner
                .spawn_blocking(move || assert_eq!(second.now(), start))
                .unwrap();
            assert_eq!(inner.now(), start);
        })
        .await;
        assert_eq!(sim.now(), start);
        sleep(&sim, secs(2)).await;
    });
}

#[test]
fn a_job_may_spawn_and_submit() {
    let runtime = fifo();
    let sim = runtime.backend();
    let trace = Trace::new();
    let (inner, events) = (sim.clone(), trace.clone());
    run(&runtime, async {
        job(&sim, move || {
            let (task, work) = (events.clone(), events.clone());
            inner.spawn(async move { task.push("task") }).unwrap();
            inner.spawn_blocking(move || work.push("job")).unwrap();
            events.push("first job");
        })
        .await;
        yield_now().await;
    });
    assert_eq!(trace.take(), ["first job", "task", "job"]);
}

#[test]
fn a_job_that_panics_ends_alone() {
    let runtime = fifo();
    let sim = runtime.backend();
    sim.spawn_blocking(|| panic!("expected: a job panics"))
        .unwrap();
    let trace = Trace::new();
    let inner = trace.clone();
    run(&runtime, job(&sim, move || inner.push("next job")));
    assert_eq!(trace.take(), ["next job"]);
    assert!(runtime.shutdown(Duration::ZERO));
}

#[test]
fn a_job_that_does_not_return_trips_the_watchdog() {
    let runtime = SimRuntime::new(Order::Seeded(5)).with_watchdog(Duration::from_millis(50));
    let sim = runtime.backend();
    let (release, released) = mpsc::channel::<()>();
    let line = line!() + 1;
    sim.spawn_blocking(move || released.recv().unwrap())
        .unwrap();
    let text = panic_text(|| run(&runtime, pending()));
    let place = format!("stuck: job 1, submitted at {}:{line}:9", file!());
    assert!(text.contains(&place), "{text}");
    assert!(text.contains("ANYRT_SIM_SEED=5"), "{text}");
    assert!(text.contains("with_watchdog"), "{text}");
    release.send(()).unwrap();
    assert!(runtime.shutdown(LONG));
}

#[test]
fn other_jobs_run_after_one_was_given_up() {
    let runtime = SimRuntime::new(Order::Fifo)
        .with_watchdog(Duration::from_millis(50))
        .with_hang_grace(Duration::ZERO);
    let sim = runtime.backend();
    let trace = Trace::new();
    let (release, released) = mpsc::channel::<()>();
    sim.spawn_blocking(move || released.recv().unwrap())
        .unwrap();
    let inner = trace.clone();
    sim.spawn_blocking(move || inner.push("queued")).unwrap();
    panic_text(|| run(&runtime, pending()));

    let runtime = runtime.with_watchdog(LONG);
    let inner = trace.clone();
    run(&runtime, job(&sim, move || inner.push("new")));
    assert_eq!(trace.take(), ["queued", "new"]);
    let text = panic_text(|| run(&runtime, pending()));
    assert!(text.contains("given up earlier: job 1"), "{text}");
    release.send(()).unwrap();
    assert!(runtime.shutdown(LONG));
}

#[test]
fn shutdown_tells_of_a_job_that_goes_on() {
    let runtime = SimRuntime::new(Order::Fifo).with_watchdog(Duration::from_millis(50));
    let sim = runtime.backend();
    let (release, released) = mpsc::channel::<()>();
    let (end, ended) = mpsc::channel::<()>();
    sim.spawn_blocking(move || {
        released.recv().unwrap();
        end.send(()).unwrap();
    })
    .unwrap();
    panic_text(|| run(&runtime, pending()));
    assert!(!runtime.shutdown(Duration::from_millis(1)));
    release.send(()).unwrap();
    ended.recv_timeout(LONG).unwrap();
}
