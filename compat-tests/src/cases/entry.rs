//! Runs: where calls find their runtime, how a run begins and ends.

use std::{
    panic::{self, AssertUnwindSafe},
    pin::Pin,
    sync::{Arc, Mutex},
    task::Poll,
    thread,
    time::Duration,
};

use anyrt::{
    Builder, RunError,
    cancel::{Reason, is_cancelled},
    runtime, scope, shield, sleep,
    task::{TaskError, TaskGroup, TaskHandle},
    task_group, to_thread, yield_now,
};

use crate::{
    Trace,
    rig::Rig,
    tools::{Defer, Gate, OnDrop, forever, peek, poll_once},
};

/// A call finds the runtime around it: in main, in a child, on a worker thread.
pub async fn r001_a_call_finds_its_runtime(t: Trace) {
    let is_ours = |name: &str| {
        if name == t.backend() {
            "ours"
        } else {
            "another"
        }
    };
    t.log("main", is_ours(runtime::current_backend()));
    let child = task_group(async |tg: TaskGroup| {
        tg.spawn_value(async {
            yield_now().await;
            runtime::current_backend()
        })
        .await
    })
    .await;
    t.log("child", is_ours(child.unwrap()));
    t.log("worker", is_ours(to_thread(runtime::current_backend).await));
    t.log("asked", is_ours(runtime::try_current().unwrap().backend()));
}

/// Outside every runtime, asking does not panic, and using says what to do.
pub fn r002_outside_a_runtime_the_text_helps(_rig: &Rig, t: &Trace) {
    let asked = panic::catch_unwind(runtime::try_current).expect("asking does not panic");
    let used = panic::catch_unwind(|| runtime::current_backend());
    let agreed = match (asked, used) {
        // A runtime that every thread shares is the only one, or the one that is named.
        (Ok(asked), Ok(used)) => asked.backend() == used,
        (Err(error), Err(payload)) => {
            let text = crate::watchdog::text_of(&*payload);
            let told = ["anyrt::run", "Handle::enter", "Portal"];
            text == error.to_string() && told.iter().all(|part| text.contains(part))
        }
        _ => false,
    };
    t.log("both", if agreed { "agree" } else { "differ" });
}

/// Making a facade future does nothing.
pub async fn r003_making_a_future_does_nothing(t: Trace) {
    let before = anyrt::debug::counts().unwrap();
    let (one, two, three) = (t.clone(), t.clone(), t.clone());
    drop(task_group(async move |_tg| one.log("group", "ran")));
    drop(scope(async move |_s| two.log("scope", "ran")));
    drop(to_thread(move || three.log("thread", "ran")));
    drop(shield(async { t.log("shield", "ran") }));
    drop(sleep(Duration::from_secs(1)));
    let after = anyrt::debug::counts().unwrap();
    t.log(
        "counts",
        if before == after {
            "unchanged"
        } else {
            "changed"
        },
    );
}

/// `spawn` starts its child without being awaited.
pub async fn r004_spawn_starts_at_once(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let (started, trace) = (Gate::new(), t.clone());
        let opened = started.clone();
        let _handle = tg.spawn(async move {
            trace.log("child", "started");
            opened.open();
        });
        started.wait().await;
    })
    .await;
}

/// `run` returns main's value.
pub fn r005_run_returns_the_value(rig: &Rig, t: &Trace) {
    let value = rig.run(async {
        yield_now().await;
        42
    });
    t.log("run", value.unwrap());
}

/// When main ends, what is left in the run is cancelled, finishes its shields, and is waited for.
pub fn r006_a_run_waits_for_shields_of_orphans(rig: &Rig, t: &Trace) {
    let trace = t.clone();
    rig.run(async move {
        let (inside, release) = (Gate::new(), Gate::new());
        let (opened, waits) = (inside.clone(), release.clone());
        let mut group = Box::pin(task_group(async move |tg: TaskGroup| {
            tg.spawn(async move {
                shield(async {
                    opened.open();
                    waits.wait().await;
                    for _ in 0..10 {
                        yield_now().await;
                    }
                    trace.log("order", "clean-up-ends");
                })
                .await;
                yield_now().await;
                trace.log("order", "went-on");
            });
            forever().await;
        }));
        assert!(peek(&mut group).await.is_pending());
        inside.wait().await;
        drop(group);
        release.open();
    })
    .unwrap();
    t.log("order", "run-ends");
}

/// A panic in main resumes in the caller of `run`, after its children are gone.
pub fn r007_a_panic_in_main_resumes_after_everything(rig: &Rig, t: &Trace) {
    let probe = OnDrop::new(t, "order", "child-gone");
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        rig.run(async move {
            let started = Gate::new();
            let opened = started.clone();
            task_group(async move |tg: TaskGroup| {
                tg.spawn(async move {
                    let _probe = probe;
                    opened.open();
                    forever().await;
                });
                started.wait().await;
                panic!("on-purpose");
            })
            .await
        })
        .map(|()| "returned")
    }));
    t.log("order", crate::watchdog::text_of(&*outcome.unwrap_err()));
}

fn nested(outcome: Result<(), RunError>) -> &'static str {
    match outcome {
        Err(RunError::Nested { .. }) => "nested",
        Err(_) => "another-error",
        Ok(()) => "ran",
    }
}

/// A run inside a facade scope or task is an error, and no deadlock. Row dR1.
pub async fn r008_a_run_in_a_task_is_refused(t: Trace) {
    let inside = scope(async |_s| nested(Builder::new().run(async {}))).await;
    t.log("scope", inside.unwrap());
    let child = task_group(async |tg: TaskGroup| {
        tg.spawn_value(async { nested(Builder::new().run(async {})) })
            .await
    });
    t.log("child", child.await.unwrap());
}

/// So is one on a facade worker thread.
pub async fn r009_a_run_on_a_worker_thread_is_refused(t: Trace) {
    t.log(
        "worker",
        to_thread(|| nested(Builder::new().run(async {}))).await,
    );
}

/// Runs after each other, on one thread, are independent.
pub fn r010_runs_after_each_other_are_independent(rig: &Rig, t: &Trace) {
    for number in 0..3 {
        let value = rig.run(async move {
            let counts = anyrt::debug::counts().unwrap();
            task_group(async |tg: TaskGroup| tg.spawn_value(async { 1 }).await)
                .await
                .unwrap()
                + counts.tasks
                + number
        });
        t.log("run", value.unwrap());
    }
}

/// Runs at the same time, on two threads, are independent, and can talk.
pub fn r011_runs_at_the_same_time_are_independent(rig: &Rig, t: &Trace) {
    let (left, right) = (Gate::new(), Gate::new());
    let pairs = [(left.clone(), right.clone()), (right, left)];
    let threads = pairs.map(|(own, other)| {
        let rig = *rig;
        thread::spawn(move || {
            rig.run(async move {
                own.open();
                other.wait().await;
                anyrt::debug::counts().unwrap().tasks
            })
        })
    });
    for thread in threads {
        t.log("run", thread.join().unwrap().unwrap());
    }
}

/// After a run that panicked, the thread is as it was: the next run works. Row dR8.
pub fn r012_a_thread_is_as_it_was_after_a_panicking_run(rig: &Rig, t: &Trace) {
    let panicked = panic::catch_unwind(AssertUnwindSafe(|| {
        let main = async {
            scope(async |s| {
                s.cancel();
                panic!("on-purpose")
            })
            .await
        };
        drop(rig.run(main).map(|_: Result<(), _>| ()));
    }));
    t.log(
        "first",
        if panicked.is_err() {
            "panicked"
        } else {
            "returned"
        },
    );
    t.log("outside", is_cancelled());
    t.log("second", rig.run(async { is_cancelled() }).unwrap());
}

/// A shutdown timeout bounds the end of a run, and the error names what is left.
pub fn r013_a_shutdown_timeout_names_what_is_left(rig: &Rig, t: &Trace) {
    let gone = Gate::new();
    let end = gone.clone();
    let outcome = rig.run_within(Duration::from_millis(50), async move {
        let inside = Gate::new();
        let opened = inside.clone();
        let mut group = Box::pin(task_group(async move |tg: TaskGroup| {
            tg.spawn(async move {
                let _end = Defer(move || end.open());
                shield(async {
                    opened.open();
                    forever().await;
                })
                .await;
            });
            forever().await;
        }));
        assert!(peek(&mut group).await.is_pending());
        inside.wait().await;
        drop(group);
    });
    match outcome {
        Err(RunError::Unfinished { tasks, jobs, .. }) => t.log("left", format!("{tasks}-{jobs}")),
        other => t.log("left", format!("{other:?}")),
    }
    gone.wait_blocking();
    t.log("left", "dropped");
}

/// A handle whose run has ended without its child says `Cancelled`, and never hangs. Row dT8.
pub fn r014_a_handle_outlives_its_run(rig: &Rig, t: &Trace) {
    let slot: Arc<Mutex<Option<TaskHandle<()>>>> = Arc::default();
    let kept = slot.clone();
    let _unfinished = rig.run_within(Duration::from_millis(20), async move {
        let inside = Gate::new();
        let opened = inside.clone();
        let mut group = Box::pin(task_group(async move |tg: TaskGroup| {
            let handle = tg.spawn(async move {
                shield(async {
                    opened.open();
                    forever().await;
                })
                .await;
            });
            *kept.lock().unwrap() = Some(handle);
            forever().await;
        }));
        assert!(peek(&mut group).await.is_pending());
        inside.wait().await;
        drop(group);
    });
    let mut handle = slot.lock().unwrap().take().unwrap();
    while !handle.is_finished() {
        thread::yield_now();
    }
    let cancelled = poll_once(Pin::new(&mut handle)) == Poll::Ready(Err(TaskError::Cancelled));
    t.log("handle", if cancelled { "cancelled" } else { "another" });
}

/// A sleep whose runtime has gone ends: by itself, or with the scope around it. Rows dR8, dC.
pub fn r015_a_sleep_outlives_its_run(rig: &Rig, t: &Trace) {
    let mut sleeps = rig
        .run(async {
            let mut sleeps = [(); 2].map(|()| Box::pin(sleep(Duration::from_secs(3600))));
            for sleep in &mut sleeps {
                assert!(peek(sleep).await.is_pending());
            }
            sleeps
        })
        .unwrap()
        .into_iter();
    let mut alone = sleeps.next().unwrap();
    t.log(
        "alone",
        if poll_once(alone.as_mut()).is_ready() {
            "ended"
        } else {
            "pending"
        },
    );
    let second = sleeps.next().unwrap();
    let mut scoped = Box::pin(scope(async move |_s| second.await));
    let Poll::Ready(Err(cancelled)) = poll_once(scoped.as_mut()) else {
        return t.log("scoped", "not-cancelled");
    };
    t.log(
        "scoped",
        if cancelled.reason() == Reason::Shutdown {
            "shutdown"
        } else {
            "another"
        },
    );
}

/// What main leaves suspended in its own task is dropped inside the run.
pub fn r016_main_is_dropped_inside_its_run(rig: &Rig, t: &Trace) {
    let trace = t.clone();
    rig.run(async move {
        let inside = Defer(move || {
            let found = runtime::try_current().is_ok() && anyrt::debug::counts().is_ok();
            trace.log("drop", if found { "inside" } else { "outside" });
        });
        yield_now().await;
        let _kept = inside;
    })
    .unwrap();
    t.log("drop", "run-ends");
}

/// The counts of a run are its own, and go back to main alone.
pub async fn r017_counts_return_to_zero(t: Trace) {
    let before = anyrt::debug::counts().unwrap();
    task_group(async |tg: TaskGroup| {
        let release = Gate::new();
        let children = [(); 5].map(|()| tg.spawn(release.wait()));
        let now = anyrt::debug::counts().unwrap();
        t.log("tasks", now.tasks - before.tasks);
        release.open();
        for child in children {
            child.await.unwrap();
        }
    })
    .await;
    while anyrt::debug::counts().unwrap().tasks > before.tasks {
        yield_now().await;
    }
    t.log(
        "tasks",
        anyrt::debug::counts().unwrap().tasks - before.tasks,
    );
}

/// What one run does to its default limiter is gone with it.
pub fn r018_each_run_has_a_default_limiter_of_its_own(rig: &Rig, t: &Trace) {
    let changed = rig.run(async {
        let limiter = anyrt::thread::default_thread_limiter();
        limiter.set_total_tokens(7);
        limiter.total_tokens().unwrap()
    });
    t.log("main", changed.unwrap());
    let fresh = rig.run(async {
        let limiter = anyrt::thread::default_thread_limiter();
        limiter.total_tokens().unwrap()
    });
    t.log("main", fresh.unwrap());
}
