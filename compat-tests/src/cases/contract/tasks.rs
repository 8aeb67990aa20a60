//! Tasks: spawned, polled, woken, dropped.

use std::{
    future::{Future, poll_fn},
    panic::{self, AssertUnwindSafe},
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll, Waker},
    thread,
};

use crate::{
    Trace,
    rig::Rig,
    tools::{Defer, Gate, OnDrop, foreign_yield},
};

/// A task is not polled inside `spawn`: while the spawner holds a lock, the task could need it.
pub fn k001_spawn_never_polls_inline(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (inside, ran) = (Arc::new(AtomicBool::new(false)), Gate::new());
    runtime.block_on(async {
        let here = thread::current().id();
        let (inside_task, ran_task, trace) = (inside.clone(), ran.clone(), t.clone());
        inside.store(true, SeqCst);
        let task = async move {
            let inline = thread::current().id() == here && inside_task.load(SeqCst);
            trace.log("task", if inline { "inline" } else { "later" });
            ran_task.open();
        };
        runtime.spawn(task).expect("the runtime runs");
        inside.store(false, SeqCst);
        ran.wait().await;
    });
}

/// A task that is woken from many sides at once is never polled on two threads at once.
pub fn k002_a_task_is_polled_by_one_thread_at_a_time(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (slot, overlap, done) = (
        Arc::new(Mutex::new(None)),
        Arc::new(AtomicBool::new(false)),
        Gate::new(),
    );
    let (polling, polls, stop) = (
        AtomicBool::new(false),
        AtomicUsize::new(0),
        Arc::new(AtomicBool::new(false)),
    );
    let (shared, seen, over, stopped) = (slot.clone(), overlap.clone(), done.clone(), stop.clone());
    let task = poll_fn(move |cx| {
        if polling.swap(true, SeqCst) {
            seen.store(true, SeqCst);
        }
        *shared.lock().unwrap() = Some(cx.waker().clone());
        thread::yield_now();
        polling.store(false, SeqCst);
        if polls.fetch_add(1, SeqCst) < 200 && !stopped.load(SeqCst) {
            return Poll::Pending;
        }
        over.open();
        Poll::Ready(())
    });
    runtime.spawn(task).expect("the runtime runs");
    let wakers: Vec<_> = (0..4)
        .map(|_| {
            thread::spawn({
                let (slot, done) = (slot.clone(), done.clone());
                move || {
                    while !done.is_open() {
                        let waker: Option<Waker> = slot.lock().unwrap().clone();
                        if let Some(waker) = waker {
                            waker.wake();
                        }
                        thread::yield_now();
                    }
                }
            })
        })
        .collect();
    let _stop = Defer(|| stop.store(true, SeqCst));
    runtime.block_on(done.wait());
    wakers.into_iter().for_each(|waker| waker.join().unwrap());
    t.log(
        "main",
        if overlap.load(SeqCst) {
            "overlapped"
        } else {
            "alone"
        },
    );
}

/// A future that must not be polled after it has been ready.
struct Once {
    polls: usize,
    finished: bool,
    late: Arc<AtomicUsize>,
    waker: Arc<Mutex<Option<Waker>>>,
    gone: Gate,
}

impl Drop for Once {
    fn drop(&mut self) {
        self.gone.open();
    }
}

impl Future for Once {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.finished {
            self.late.fetch_add(1, SeqCst);
            return Poll::Ready(());
        }
        *self.waker.lock().unwrap() = Some(cx.waker().clone());
        self.polls += 1;
        if self.polls < 3 {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.finished = true;
        // Woken while it completes: the usual way to be polled once too often.
        cx.waker().wake_by_ref();
        Poll::Ready(())
    }
}

/// A hundred tasks that are woken during their last poll and after it are not polled again.
pub fn k003_a_finished_task_is_not_polled_again(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let late = Arc::new(AtomicUsize::new(0));
    for _ in 0..100 {
        let (waker, gone) = (Arc::new(Mutex::new(None)), Gate::new());
        let once = Once {
            polls: 0,
            finished: false,
            late: late.clone(),
            waker: waker.clone(),
            gone: gone.clone(),
        };
        runtime.spawn(once).expect("the runtime runs");
        runtime.block_on(gone.wait());
        waker.lock().unwrap().take().expect("it was polled").wake();
    }
    runtime.block_on(async {
        for _ in 0..10 {
            foreign_yield().await
        }
    });
    t.log("late-polls", late.load(SeqCst));
}

/// A hundred wakes from a foreign thread each arrive.
pub fn k004_wakes_from_foreign_threads_arrive(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (ask, asked) = std::sync::mpsc::channel::<Gate>();
    let waker = thread::spawn(move || asked.into_iter().for_each(|gate| gate.open()));
    let done = Gate::new();
    let (over, trace) = (done.clone(), t.clone());
    let task = async move {
        for _ in 0..100 {
            let gate = Gate::new();
            let mut wait = gate.wait();
            // Registered before the other thread hears of it, so that only its wake can help.
            assert!(crate::tools::peek(&mut wait).await.is_pending());
            ask.send(gate).unwrap();
            wait.await;
        }
        drop(ask);
        trace.log("task", "woken");
        over.open();
    };
    runtime.spawn(task).expect("the runtime runs");
    runtime.block_on(done.wait());
    waker.join().unwrap();
}

/// Tasks that wake each other two thousand times lose no wake.
pub fn k005_wakes_between_tasks_are_not_lost(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let gates: Vec<Gate> = (0..2001).map(|_| Gate::new()).collect();
    for parity in 0..2 {
        let gates = gates.clone();
        let task = async move {
            for (turn, pair) in gates.windows(2).enumerate() {
                if turn % 2 == parity {
                    pair[0].wait().await;
                    pair[1].open();
                }
            }
        };
        runtime.spawn(task).expect("the runtime runs");
    }
    gates[0].open();
    runtime.block_on(gates[2000].wait());
    t.log("main", "passed-on");
}

/// At shutdown, tasks are dropped: the blocked one, and the one that was never polled or is ready to be.
pub fn k006_shutdown_drops_tasks(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let polled = Gate::new();
    let (opened, probe) = (polled.clone(), OnDrop::new(t, "blocked", "dropped"));
    let blocked = async move {
        let _probe = probe;
        opened.open();
        crate::tools::forever().await;
    };
    runtime.spawn(blocked).expect("the runtime runs");
    runtime.block_on(polled.wait());
    let probe = OnDrop::new(t, "ready", "dropped");
    let ready = async move {
        let _probe = probe;
        loop {
            foreign_yield().await
        }
    };
    runtime.spawn(ready).expect("the runtime runs");
    t.log(
        "main",
        if runtime.shutdown() {
            "ended"
        } else {
            "left-over"
        },
    );
}

/// Spawning after shutdown says so, and the future is dropped, unpolled, before that.
pub fn k007_a_refused_task_is_dropped_unpolled(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let backend = runtime.backend();
    assert!(runtime.shutdown());
    let (trace, probe) = (t.clone(), OnDrop::new(t, "main", "dropped"));
    let refused = backend.spawn_boxed(Box::pin(async move {
        let _probe = probe;
        trace.log("main", "polled");
    }));
    t.log("main", if refused.is_err() { "gone" } else { "taken" });
}

/// A task that panics takes nobody with it.
pub fn k008_a_panic_in_a_task_is_survived(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    for _ in 0..8 {
        let gone = Gate::new();
        let probe = Defer({
            let gone = gone.clone();
            move || gone.open()
        });
        let task = async move {
            let _probe = probe;
            panic!("on purpose")
        };
        runtime.spawn(task).expect("the runtime runs");
        // Some runtimes notice the panic in whoever drives them; they must go on after it.
        let _ = panic::catch_unwind(AssertUnwindSafe(|| runtime.block_on(gone.wait())));
    }
    let (trace, done) = (t.clone(), Gate::new());
    let over = done.clone();
    let task = async move {
        trace.log("next", "ran");
        over.open();
    };
    runtime.spawn(task).expect("the runtime runs");
    runtime.block_on(done.wait());
}

/// A panic in main comes out of `block_on`, which can be called again.
pub fn k009_block_on_survives_a_panic_and_runs_again(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let panicked = panic::catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            foreign_yield().await;
            panic!("on purpose")
        });
    }));
    t.log(
        "main",
        if panicked.is_err() {
            "panicked"
        } else {
            "returned"
        },
    );
    let done = Gate::new();
    let over = done.clone();
    runtime
        .spawn(async move { over.open() })
        .expect("the runtime runs");
    runtime.block_on(done.wait());
    t.log("main", "again");
}

/// Where a runtime has threads, its tasks run while nobody is inside `block_on`.
pub fn k010_tasks_run_without_block_on(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (first, second) = (Gate::new(), Gate::new());
    let (one, other, wake) = (first.clone(), second.clone(), Gate::new());
    let woken = wake.clone();
    let task = async move {
        one.open();
        woken.wait().await;
        other.open();
    };
    runtime.spawn(task).expect("the runtime runs");
    first.wait_blocking();
    wake.open();
    second.wait_blocking();
    t.log("main", "ran");
}

/// Two tasks that spin until they see each other both get on, where tasks run in parallel.
pub fn k011_tasks_run_in_parallel(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (left, right) = (Gate::new(), Gate::new());
    for (own, other) in [(left.clone(), right.clone()), (right.clone(), left.clone())] {
        let task = async move {
            own.open();
            other.wait_blocking();
        };
        runtime.spawn(task).expect("the runtime runs");
    }
    runtime.block_on(async {
        left.wait().await;
        right.wait().await;
    });
    t.log("main", "met");
}

/// A runtime knows its own threads: while it polls a task or main, and nowhere else.
pub fn k012_a_runtime_knows_its_threads(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (backend, done, trace) = (runtime.backend(), Gate::new(), t.clone());
    t.log("outside", backend.on_runtime_thread());
    let (over, inside) = (done.clone(), runtime.backend());
    let task = async move {
        trace.log("task", inside.on_runtime_thread());
        over.open();
    };
    runtime.block_on(async {
        t.log("main", backend.on_runtime_thread());
        runtime.spawn(task).expect("the runtime runs");
        done.wait().await;
    });
    let elsewhere = runtime.backend();
    let foreign = thread::spawn(move || elsewhere.on_runtime_thread())
        .join()
        .unwrap();
    t.log("foreign", foreign);
    t.log("outside", backend.on_runtime_thread());
}

/// Handles of one runtime have one identity.
pub fn k013_a_runtime_has_one_identity(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let same = runtime.backend().id() == runtime.backend().id();
    t.log("handles", if same { "equal" } else { "different" });
}

/// Two runtimes that can end have two identities.
pub fn k014_two_runtimes_have_two_identities(rig: &Rig, t: &Trace) {
    let (one, other) = (rig.start(), rig.start());
    let same = one.backend().id() == other.backend().id();
    t.log("runtimes", if same { "equal" } else { "different" });
}

/// A wake that comes after the runtime has gone does nothing.
pub fn k015_a_wake_after_shutdown_does_nothing(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (slot, polled) = (Arc::new(Mutex::new(None)), Gate::new());
    let (shared, opened) = (slot.clone(), polled.clone());
    let task = poll_fn(move |cx| {
        *shared.lock().unwrap() = Some(cx.waker().clone());
        opened.open();
        Poll::Pending
    });
    runtime.spawn(task).expect("the runtime runs");
    runtime.block_on(polled.wait());
    runtime.shutdown();
    let waker: Waker = slot.lock().unwrap().take().expect("it was polled");
    waker.wake_by_ref();
    thread::spawn(move || waker.wake()).join().unwrap();
    t.log("main", "woke");
}
