//! Runs on the calling thread, and handles that bring other threads in.

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe},
    rc::Rc,
    thread,
    time::Duration,
};

use anyrt::{
    Builder, RunError, move_on_after, runtime, scope, shield, sleep,
    task::{TaskError, TaskGroup, TaskHandle},
    task_group, yield_now,
};

use crate::{
    Trace,
    rig::{Options, Rig},
    tools::{Defer, Gate, OnDrop, forever, peek},
};

/// A thread that the program started is in the runtime inside `enter`, and only there. Rule R10.
pub async fn r101_a_handle_brings_a_thread_in(t: Trace) {
    let runtime = runtime::try_current().unwrap();
    // What is around the caller is looked at before the name.
    let place = || match Builder::new().backend("nowhere").run(async {}) {
        Err(RunError::Nested { .. }) => "inside",
        _ => "out",
    };
    let trace = t.clone();
    let entered = thread::spawn(move || {
        trace.log("place", place());
        runtime.enter(|| {
            let found = runtime::try_current().unwrap() == runtime;
            trace.log("runtime", if found { "ours" } else { "another" });
            trace.log("place", place());
        });
        trace.log("place", place());
    });
    entered.join().unwrap();
}

/// A local main borrows from its caller, keeps an `Rc` over a wait, and is polled here. Rule R9.
pub fn r102_a_local_main_borrows_and_stays(rig: &Rig, t: &Trace) {
    let (here, mut greeting) = (thread::current().id(), String::from("hello"));
    let count = rig.run_local(Options::default(), async {
        let count = Rc::new(Cell::new(1));
        for _ in 0..2 {
            sleep(Duration::from_millis(1)).await;
            yield_now().await;
            assert_eq!(thread::current().id(), here);
            count.set(count.get() + 1);
        }
        t.log("main", "here");
        greeting.push('!');
        count.get()
    });
    t.log("main", greeting);
    t.log("main", count.unwrap());
}

/// A group that its owner drops while a child of it is shielded.
async fn leave_an_orphan(child: impl Future<Output = ()> + Send + 'static) {
    let inside = Gate::new();
    let opened = inside.clone();
    let mut group = Box::pin(task_group(async move |tg: TaskGroup| {
        tg.spawn(async move {
            shield(async {
                opened.open();
                child.await;
            })
            .await;
        });
        forever().await;
    }));
    assert!(peek(&mut group).await.is_pending());
    inside.wait().await;
}

/// When a local main ends, what is left finishes its shields, and is waited for.
pub fn r103_a_local_run_waits_for_shields_of_orphans(rig: &Rig, t: &Trace) {
    let (trace, release) = (t.clone(), Gate::new());
    let waits = release.clone();
    let run = rig.run_local(Options::default(), async {
        leave_an_orphan(async move {
            waits.wait().await;
            for _ in 0..10 {
                yield_now().await;
            }
            trace.log("order", "clean-up-ends");
        })
        .await;
        release.open();
    });
    run.unwrap();
    t.log("order", "run-ends");
}

/// A panic in a local main resumes in the caller, after its children are gone.
pub fn r104_a_panic_in_a_local_main_resumes_after_everything(rig: &Rig, t: &Trace) {
    let probe = OnDrop::new(t, "order", "child-gone");
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        let run = rig.run_local(Options::default(), async {
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
        });
        run.map(|()| "returned")
    }));
    t.log("order", crate::watchdog::text_of(&*outcome.unwrap_err()));
}

/// A local run inside a run, and a run inside a local one, are refused.
pub fn r105_a_local_run_does_not_nest(rig: &Rig, t: &Trace) {
    let nested = |outcome: Result<(), RunError>| match outcome {
        Err(RunError::Nested { .. }) => "nested",
        _ => "another",
    };
    let inner = rig.run(async move { nested(Builder::new().run_local(async {})) });
    t.log("in-run", inner.unwrap());
    let inner = rig.run_local(Options::default(), async {
        nested(Builder::new().run(async {}))
    });
    t.log("in-local", inner.unwrap());
}

/// A shutdown timeout bounds the end of a local run, and the error names what is left.
pub fn r106_a_shutdown_timeout_bounds_a_local_run(rig: &Rig, t: &Trace) {
    let gone = Gate::new();
    let end = gone.clone();
    let options = Options {
        shutdown_timeout: Some(Duration::from_millis(50)),
        ..Options::default()
    };
    let outcome = rig.run_local(options, async move {
        let end = Defer(move || end.open());
        leave_an_orphan(async move {
            let _end = end;
            forever().await;
        })
        .await;
    });
    match outcome {
        Err(RunError::Unfinished { tasks, jobs, .. }) => t.log("left", format!("{tasks}-{jobs}")),
        other => t.log("left", format!("{other:?}")),
    }
    gone.wait_blocking();
    t.log("left", "dropped");
}

/// Local runs after each other are independent.
pub fn r107_local_runs_are_independent(rig: &Rig, t: &Trace) {
    for number in 0..3 {
        let value = rig.run_local(Options::default(), async {
            let tasks = anyrt::debug::counts().unwrap().tasks;
            let one = task_group(async |tg: TaskGroup| tg.spawn_value(async { 1 }).await);
            one.await.unwrap() + tasks + number
        });
        t.log("run", value.unwrap());
    }
}

/// What a local main leaves suspended is dropped inside the run.
pub fn r108_a_local_main_is_dropped_inside_its_run(rig: &Rig, t: &Trace) {
    let run = rig.run_local(Options::default(), async {
        let inside = Defer(|| {
            let found = runtime::try_current().is_ok() && anyrt::debug::counts().is_ok();
            t.log("drop", if found { "inside" } else { "outside" });
        });
        yield_now().await;
        let _kept = inside;
    });
    run.unwrap();
    t.log("drop", "run-ends");
}

/// Scopes, timeouts and groups work in a local main as everywhere.
pub fn r109_a_local_main_has_scopes_and_groups(rig: &Rig, t: &Trace) {
    let run = rig.run_local(Options::default(), async {
        let cancelled = scope(async |s| {
            s.cancel();
            forever().await;
        });
        t.log(
            "scope",
            if cancelled.await.is_err() {
                "cancelled"
            } else {
                "went-on"
            },
        );
        let late = move_on_after(Duration::from_millis(5), forever()).await;
        t.log("timeout", if late.is_none() { "none" } else { "some" });
        let sum = task_group(async |tg: TaskGroup| {
            let (one, two) = (tg.spawn_value(async { 1 }), tg.spawn_value(async { 2 }));
            one.await.unwrap() + two.await.unwrap()
        });
        t.log("group", sum.await);
    });
    run.unwrap();
}

/// Handles of one run are equal; those of two runs are if the runtimes are. Rule R10.
pub fn r110_handles_are_equal_within_a_run(rig: &Rig, t: &Trace) {
    let pair = || {
        let run = rig.run(async {
            let child = task_group(async |tg: TaskGroup| {
                tg.spawn_value(async { runtime::try_current().unwrap() })
                    .await
            });
            (runtime::try_current().unwrap(), child.await.unwrap())
        });
        run.unwrap()
    };
    let (one, two) = (pair(), pair());
    t.log("within", if one.0 == one.1 { "equal" } else { "different" });
    let one_runtime = rig.start().backend().id() == rig.start().backend().id();
    let as_they_are = (one.0 == two.0) == one_runtime;
    t.log(
        "between",
        if as_they_are {
            "as-the-runtimes"
        } else {
            "another"
        },
    );
}

/// What is spawned through a runtime that has ended is dropped, and its handle says so. Rule R6.
pub fn r111_a_handle_outlives_its_run_and_starts_nothing(rig: &Rig, t: &Trace) {
    let runtime = rig.run(async { runtime::try_current().unwrap() }).unwrap();
    let mut group = Box::pin(task_group(async |tg: TaskGroup| -> Result<(), TaskError> {
        let handle: TaskHandle<()> = tg.spawn(forever());
        handle.await
    }));
    let outcome = runtime.enter(|| crate::tools::poll_once(group.as_mut()));
    let cancelled = outcome == std::task::Poll::Ready(Err(TaskError::Cancelled));
    t.log("child", if cancelled { "cancelled" } else { "another" });
}
