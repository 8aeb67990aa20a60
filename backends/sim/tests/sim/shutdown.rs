//! The end of a simulation, and what still works after it.

use std::{
    future::{pending, poll_fn},
    net::TcpListener,
    pin::pin,
    sync::{Arc, mpsc},
    task::{Context, Poll, Waker},
    thread::{self, ThreadId},
    time::Duration,
};

use anyrt_core::{Backend, Gone, Launch, OwnedIo, RawTimer};
use anyrt_sim::Sim;

use crate::support::{Dropped, Trace, Wakes, fifo, run, secs, yield_now};

/// A task that never ends and reports its drop.
fn blocked<T: Clone + Send + 'static>(sim: &Sim, trace: &Trace<T>, name: T) {
    let dropped = Dropped(trace.clone(), name);
    sim.spawn(async move {
        let _dropped = dropped;
        pending::<()>().await;
    })
    .unwrap();
}

#[test]
fn shutdown_drops_every_task_in_the_order_of_spawning() {
    let runtime = fifo();
    let sim = runtime.backend();
    let trace = Trace::new();
    for number in 0..5 {
        blocked(&sim, &trace, number);
    }
    run(&runtime, yield_now());
    for number in 5..10 {
        blocked(&sim, &trace, number);
    }
    assert!(runtime.shutdown(Duration::ZERO));
    assert_eq!(trace.take(), (0..10).collect::<Vec<_>>());
}

#[test]
fn dropping_the_runtime_shuts_it_down() {
    let runtime = fifo();
    let sim = runtime.backend();
    let trace = Trace::new();
    blocked(&sim, &trace, "task");
    drop(runtime);
    assert_eq!(trace.take(), ["task"]);
    assert_eq!(sim.spawn(pending()), Err(Gone));
}

#[test]
fn a_destructor_that_panics_does_not_stop_the_shutdown() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("expected: a destructor panics");
        }
    }
    let runtime = fifo();
    let sim = runtime.backend();
    let trace = Trace::new();
    blocked(&sim, &trace, "first");
    let bomb = Bomb;
    sim.spawn(async move {
        let _bomb = bomb;
        pending::<()>().await;
    })
    .unwrap();
    blocked(&sim, &trace, "last");
    assert!(runtime.shutdown(Duration::ZERO));
    assert_eq!(trace.take(), ["first", "last"]);
}

#[test]
fn what_is_refused_is_dropped_before_the_call_returns() {
    let runtime = fifo();
    let sim = runtime.backend();
    runtime.shutdown(Duration::ZERO);
    let trace = Trace::new();
    let (task, job) = (
        Dropped(trace.clone(), "task"),
        Dropped(trace.clone(), "job"),
    );
    let refused = sim.spawn(async move {
        let _task = task;
        unreachable!("a refused task is not polled");
    });
    assert_eq!(refused, Err(Gone));
    assert_eq!(trace.take(), ["task"]);
    let error = sim
        .spawn_blocking(move || {
            let _job = job;
            unreachable!("a refused job does not run");
        })
        .unwrap_err();
    assert!(error.get_ref().unwrap().is::<Gone>());
    assert_eq!(trace.take(), ["job"]);
}

#[test]
fn a_task_that_spawns_in_its_destructor_is_refused() {
    struct Spawns(Sim, mpsc::Sender<Result<(), Gone>>);
    impl Drop for Spawns {
        fn drop(&mut self) {
            let _ = self.1.send(self.0.spawn(pending()));
        }
    }
    let runtime = fifo();
    let sim = runtime.backend();
    let (send, receive) = mpsc::channel();
    let spawns = Spawns(sim.clone(), send);
    sim.spawn(async move {
        let _spawns = spawns;
        pending::<()>().await;
    })
    .unwrap();
    run(&runtime, yield_now());
    runtime.shutdown(Duration::ZERO);
    assert_eq!(receive.recv(), Ok(Err(Gone)));
}

#[test]
fn a_job_that_has_not_started_is_dropped() {
    let runtime = fifo();
    let sim = runtime.backend();
    let trace = Trace::new();
    let dropped = Dropped(trace.clone(), "dropped");
    sim.spawn_blocking(move || {
        let _dropped = dropped;
        unreachable!("nobody is inside block_on");
    })
    .unwrap();
    assert!(runtime.shutdown(Duration::ZERO));
    assert_eq!(trace.take(), ["dropped"]);
}

#[test]
fn whoever_waits_on_a_timer_is_woken_and_told() {
    let runtime = fifo();
    let sim = runtime.backend();
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(Arc::clone(&wakes));
    let mut timers = [sim.now().checked_add(secs(1)), None].map(|at| Box::pin(sim.timer(at)));
    for timer in &mut timers {
        let poll = timer
            .as_mut()
            .poll_elapsed(&mut Context::from_waker(&waker));
        assert_eq!(poll, Poll::Pending);
    }
    runtime.shutdown(Duration::ZERO);
    assert_eq!(wakes.count(), 2);
    for timer in &mut timers {
        for _ in 0..2 {
            let poll = timer
                .as_mut()
                .poll_elapsed(&mut Context::from_waker(&waker));
            assert_eq!(poll, Poll::Ready(Err(Gone)));
            timer.as_mut().reset(sim.now().checked_add(secs(1)));
        }
    }
    let mut later = pin!(sim.timer(None));
    let poll = later
        .as_mut()
        .poll_elapsed(&mut Context::from_waker(Waker::noop()));
    assert_eq!(poll, Poll::Ready(Err(Gone)));
}

#[test]
fn tasks_stay_between_two_calls_of_block_on() {
    let runtime = fifo();
    let sim = runtime.backend();
    let trace = Trace::new();
    let inner = trace.clone();
    sim.spawn(async move {
        for number in 0.. {
            inner.push(number);
            yield_now().await;
        }
    })
    .unwrap();
    for _ in 0..3 {
        run(&runtime, yield_now());
    }
    // Each main is polled twice, behind the task both times.
    assert_eq!(trace.take(), (0..6).collect::<Vec<_>>());
}

#[test]
fn a_future_is_dropped_by_the_simulation_whoever_holds_its_waker() {
    struct DroppedOn(mpsc::Sender<ThreadId>);
    impl Drop for DroppedOn {
        fn drop(&mut self) {
            let _ = self.0.send(thread::current().id());
        }
    }
    let runtime = fifo();
    let sim = runtime.backend();
    let (offer, offered) = mpsc::channel::<Waker>();
    let (send, dropped_on) = mpsc::channel();
    for ends in [true, false] {
        let (offer, dropped) = (offer.clone(), DroppedOn(send.clone()));
        let mut polled = false;
        sim.spawn(poll_fn(move |cx| {
            let _dropped = &dropped;
            let _ = offer.send(cx.waker().clone());
            if std::mem::replace(&mut polled, true) && ends {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        }))
        .unwrap();
    }
    run(&runtime, yield_now());
    thread::spawn(move || {
        for _ in 0..2 {
            offered.recv().unwrap().wake();
        }
        offered
    })
    .join()
    .unwrap();
    run(&runtime, yield_now());
    assert_eq!(dropped_on.try_recv(), Ok(thread::current().id()));
    assert!(dropped_on.try_recv().is_err());
    runtime.shutdown(Duration::ZERO);
    assert_eq!(dropped_on.try_recv(), Ok(thread::current().id()));
}

#[test]
fn a_waker_outlives_its_simulation() {
    let runtime = fifo();
    let mut kept = None;
    run(
        &runtime,
        poll_fn(|cx| {
            kept = Some(cx.waker().clone());
            Poll::Ready(())
        }),
    );
    runtime.shutdown(Duration::ZERO);
    thread::spawn(move || kept.unwrap().wake()).join().unwrap();
}

#[test]
fn a_descriptor_comes_back_open() {
    let runtime = fifo();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let refused = runtime.backend().register(listener.into()).unwrap_err();
    assert!(refused.error.to_string().contains("no network"));
    let OwnedIo::TcpListener(listener) = refused.item else {
        panic!("another kind came back");
    };
    assert_eq!(listener.local_addr().unwrap(), address);
}
