//! Blocking jobs: run once, elsewhere.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    task::Poll,
    thread,
};

use crate::{
    Trace,
    rig::Rig,
    tools::{Defer, Gate, OnDrop},
};

/// Two hundred jobs each run exactly once.
pub fn k060_every_job_runs_exactly_once(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let runs: Arc<Vec<AtomicUsize>> = Arc::new((0..200).map(|_| AtomicUsize::new(0)).collect());
    let done: Vec<Gate> = (0..200).map(|_| Gate::new()).collect();
    for (number, gate) in done.iter().cloned().enumerate() {
        let runs = runs.clone();
        // The gate opens when the job is gone, whether it ran or not.
        let gone = Defer(move || gate.open());
        let job = move || {
            let _gone = gone;
            runs[number].fetch_add(1, SeqCst);
        };
        runtime.spawn_blocking(job).expect("there is a thread");
    }
    runtime.block_on(async {
        for gate in &done {
            gate.wait().await;
        }
    });
    let once = runs.iter().filter(|runs| runs.load(SeqCst) == 1).count();
    t.log("once", once);
}

/// A job runs on a thread that polls no tasks.
pub fn k061_a_job_runs_off_the_runtimes_threads(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (task, done) = (mpsc::channel(), Gate::new());
    let (backend, over, trace) = (runtime.backend(), done.clone(), t.clone());
    let (here, send) = (thread::current().id(), task.0);
    runtime.block_on(async {
        let job = move || {
            trace.log(
                "job",
                if backend.on_runtime_thread() {
                    "inside"
                } else {
                    "outside"
                },
            );
            trace.log(
                "job",
                if thread::current().id() == here {
                    "here"
                } else {
                    "elsewhere"
                },
            );
            send.send(()).unwrap();
            over.open();
        };
        runtime.spawn_blocking(job).expect("there is a thread");
        done.wait().await;
    });
    task.1.recv().unwrap();
}

/// A job that panics takes no other with it; the pool goes on.
pub fn k062_a_panic_in_a_job_is_survived(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    for _ in 0..8 {
        let gone = Gate::new();
        let probe = Defer({
            let gone = gone.clone();
            move || gone.open()
        });
        let job = move || {
            let _probe = probe;
            panic!("on purpose");
        };
        runtime.spawn_blocking(job).expect("there is a thread");
        runtime.block_on(gone.wait());
    }
    let (trace, done) = (t.clone(), Gate::new());
    let over = done.clone();
    let job = move || {
        trace.log("next", "ran");
        over.open();
    };
    runtime.spawn_blocking(job).expect("there is a thread");
    runtime.block_on(done.wait());
}

/// After shutdown a job is refused, and dropped.
pub fn k063_a_job_after_shutdown_is_refused(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let backend = runtime.backend();
    runtime.shutdown();
    let (trace, probe) = (t.clone(), OnDrop::new(t, "main", "dropped"));
    let refused = backend.spawn_blocking_boxed(Box::new(move || {
        let _probe = probe;
        trace.log("main", "ran");
    }));
    t.log("main", if refused.is_err() { "refused" } else { "taken" });
}

/// Jobs that wait for each other all get a thread, also many of them.
pub fn k064_jobs_that_wait_for_each_other_all_run(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let gates: Vec<Gate> = (0..33).map(|_| Gate::new()).collect();
    // The first waits for the second, and so on: the last one opens the chain.
    for pair in gates.windows(2) {
        let (own, next) = (pair[0].clone(), pair[1].clone());
        let job = move || {
            next.wait_blocking();
            own.open();
        };
        runtime.spawn_blocking(job).expect("there is a thread");
    }
    let last = gates[32].clone();
    runtime
        .spawn_blocking(move || last.open())
        .expect("there is a thread");
    runtime.block_on(gates[0].wait());
    t.log("jobs", "met");
}

/// Tasks go on while a job blocks.
pub fn k065_a_blocked_job_blocks_no_task(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (release, done) = (Gate::new(), Gate::new());
    let (released, over) = (release.clone(), done.clone());
    let job = move || {
        released.wait_blocking();
        over.open();
    };
    runtime.spawn_blocking(job).expect("there is a thread");
    let opener = release.clone();
    runtime
        .spawn(async move { opener.open() })
        .expect("the runtime runs");
    runtime.block_on(done.wait());
    t.log("main", "passed");
}

/// A job that has not started when the runtime ends is run or dropped, and never leaked.
pub fn k066_no_job_is_leaked_at_shutdown(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let alive = Arc::new(());
    for _ in 0..100 {
        let alive = alive.clone();
        runtime
            .spawn_blocking(move || drop(alive))
            .expect("there is a thread");
    }
    t.log(
        "main",
        if runtime.shutdown() {
            "all-ended"
        } else {
            "left-over"
        },
    );
    // What was dropped unrun may go on another thread, a moment later.
    while Arc::strong_count(&alive) > 1 {
        thread::yield_now();
    }
    t.log("main", "none-alive");
}

/// Two jobs wait for each other, each through a task that tells the other: both block, and nothing stands still.
pub fn k067_jobs_wait_for_tasks(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (ping, pong) = (Gate::new(), Gate::new());
    let done = [Gate::new(), Gate::new()];
    let meetings = [("first", &ping, &pong), ("second", &pong, &ping)];
    for ((lane, mine, other), over) in meetings.into_iter().zip(&done) {
        let (backend, trace, over) = (runtime.backend(), t.clone(), over.clone());
        let (mine, mut met) = (mine.clone(), other.wait());
        let job = move || {
            let _over = Defer(move || over.open());
            let told = backend.spawn_boxed(Box::pin(async move { mine.open() }));
            told.expect("the runtime lives");
            backend.block_until(&mut |cx| Pin::new(&mut met).poll(cx));
            trace.log(lane, "met");
        };
        runtime.spawn_blocking(job).expect("there is a thread");
    }
    runtime.block_on(async {
        for gate in &done {
            gate.wait().await;
        }
    });
}

/// A thread that the runtime does not know is polled again after each wake, until it is ready.
pub fn k068_a_foreign_thread_waits(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (backend, trace) = (runtime.backend(), t.clone());
    let (polled, done) = (Gate::new(), Gate::new());
    let (tell, mut told, over) = (polled.clone(), done.wait(), Gate::new());
    let waiting = over.clone();
    let thread = thread::spawn(move || {
        let mut polls = 0;
        backend.block_until(&mut |cx| {
            polls += 1;
            if polls == 1 {
                // From its own thread, before the poll is over; then from another one.
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            let polled = Pin::new(&mut told).poll(cx);
            tell.open();
            polled
        });
        trace.log("thread", polls);
        trace.log("thread", "woken");
        over.open();
    });
    runtime.block_on(async {
        polled.wait().await;
        done.open();
        waiting.wait().await;
    });
    thread.join().unwrap();
}

/// What waits when the runtime ends is woken by what ends with it.
pub fn k069_a_wait_ends_after_shutdown(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (waits, dropped) = (Gate::new(), Gate::new());
    let ends = dropped.clone();
    let goes = Defer(move || ends.open());
    let task = async move {
        let _goes = goes;
        std::future::pending::<()>().await;
    };
    runtime.spawn(task).expect("the runtime lives");
    let (backend, tell, trace, mut gone) =
        (runtime.backend(), waits.clone(), t.clone(), dropped.wait());
    let job = move || {
        backend.block_until(&mut |cx| {
            tell.open();
            Pin::new(&mut gone).poll(cx)
        });
        trace.log("job", "woken");
    };
    runtime.spawn_blocking(job).expect("there is a thread");
    runtime.block_on(waits.wait());
    let backend = runtime.backend();
    assert!(runtime.shutdown(), "the job has been woken");
    // The runtime has gone: its handle still serves a thread that waits for something else.
    let late = Gate::new();
    let (mut opened, trace) = (late.wait(), t.clone());
    let thread = thread::spawn(move || {
        backend.block_until(&mut |cx| Pin::new(&mut opened).poll(cx));
        trace.log("thread", "woken");
    });
    late.open();
    thread.join().unwrap();
}
