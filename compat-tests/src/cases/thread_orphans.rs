//! What is left behind in the code that functions on worker threads, and portals, have run.

use std::panic::{self, AssertUnwindSafe};

use anyrt::{
    scope, shield,
    task::TaskGroup,
    task_group,
    thread::{Portal, from_thread, portal},
    to_thread, yield_now,
};

use crate::{
    Trace,
    rig::Rig,
    tools::{Defer, Gate, OnDrop, both, caught, forever, peek},
    watchdog::text_of,
};

/// Opens a group with `child` in it, and drops it as foreign code would when `inside` is open.
async fn leave_behind(child: impl Future<Output = ()> + Send + 'static, inside: Gate) {
    let mut group = Box::pin(task_group(async move |tg: TaskGroup| {
        tg.spawn(child);
        // Keeps the group from ending before it is dropped.
        shield(forever()).await;
    }));
    while !inside.is_open() {
        let _ = peek(&mut group).await;
        yield_now().await;
    }
    drop(group);
}

/// A child that is in its shield when `inside` opens, ends it when `release` does, and then does `last`.
async fn shielded(inside: Gate, release: Gate, last: impl FnOnce()) {
    shield(async {
        inside.open();
        release.wait().await;
        for _ in 0..3 {
            yield_now().await;
        }
        last();
    })
    .await;
}

/// The text of a panic of `f`, or its value's.
fn text_of_panic<T: ToString>(f: impl FnOnce() -> T) -> String {
    match panic::catch_unwind(AssertUnwindSafe(f)) {
        Ok(value) => value.to_string(),
        Err(payload) => text_of(&*payload),
    }
}

/// What a function has run is over when what it has left behind is.
pub async fn h740_a_function_waits_for_what_it_leaves_behind(t: Trace) {
    let trace = t.clone();
    task_group(async |tg: TaskGroup| {
        tg.spawn(async move {
            to_thread(move || {
                let (inside, release, inner) = (Gate::new(), Gate::new(), trace.clone());
                let ended = from_thread::run(async move {
                    let child = shielded(inside.clone(), release.clone(), {
                        let trace = inner.clone();
                        move || trace.log("order", "orphan-ends")
                    });
                    leave_behind(child, inside).await;
                    inner.log("order", "future-ends");
                    release.open();
                });
                trace.log("order", format!("run-returns-{}", ended.is_ok()));
            })
            .await;
        });
    })
    .await;
    t.log("order", "group-returns");
}

/// The panic of what was left behind resumes in the function, whether it came before the drop or after it.
pub async fn h741_an_orphans_panic_resumes_in_the_function(t: Trace) {
    let trace = t.clone();
    to_thread(move || {
        let after = text_of_panic(|| {
            let ended = from_thread::run(async {
                let (inside, release) = (Gate::new(), Gate::new());
                let child = shielded(inside.clone(), release.clone(), || panic!("after"));
                leave_behind(child, inside).await;
                release.open();
                // Dropped when the panic arrives.
                forever().await;
            });
            format!("{ended:?}")
        });
        trace.log("function", after);
        let value = text_of_panic(|| {
            let ended = from_thread::run(async {
                let (inside, release) = (Gate::new(), Gate::new());
                let child = shielded(inside.clone(), release.clone(), || panic!("beats-a-value"));
                leave_behind(child, inside).await;
                release.open();
                7
            });
            format!("{ended:?}")
        });
        trace.log("function", value);
        let before = text_of_panic(|| {
            let ended = from_thread::run(async {
                let gone = Gate::new();
                let end = gone.clone();
                let child = async move {
                    let _end = Defer(move || end.open());
                    panic!("before")
                };
                leave_behind(child, gone).await;
                yield_now().await;
            });
            format!("{ended:?}")
        });
        trace.log("function", before);
        trace.log("function", from_thread::run(async { "works" }).unwrap());
    })
    .await;
}

/// A destructor that panics while its future is dropped by a cancel is heard in the function.
pub async fn h742_a_destructors_panic_resumes_in_the_function(t: Trace) {
    let trace = t.clone();
    let outcome = scope(async |s| {
        to_thread(move || {
            s.cancel();
            let text = text_of_panic(|| {
                let ended = from_thread::run(async {
                    let _bomb = Defer(|| panic!("destructor"));
                    forever().await;
                });
                format!("{ended:?}")
            });
            trace.log("function", text);
            let next = from_thread::run(forever());
            trace.log("function", format!("{:?}", next.unwrap_err().reason()));
        })
        .await;
    })
    .await;
    t.log(
        "main",
        format!("{:?}", outcome.map_err(|error| error.reason())),
    );
}

/// What an abandoned function has running in a shield is waited for by the group around the call; and so is what it starts
/// after that, while the group is open.
pub async fn h743_the_group_waits_for_the_tasks_of_an_abandoned_function(t: Trace) {
    let (running, release, again) = (Gate::new(), Gate::new(), Gate::new());
    let (inside, wait, second, trace) =
        (running.clone(), release.clone(), again.clone(), t.clone());
    let returned = Gate::new();
    let tell = returned.clone();
    task_group(async |tg: TaskGroup| {
        let call = to_thread(move || {
            let first = trace.clone();
            let ended = from_thread::run(shielded(inside, wait, move || {
                first.log("order", "first-ends");
            }));
            trace.log("function", format!("{}", ended.is_ok()));
            let last = trace.clone();
            let ended = from_thread::run(shield(async move {
                second.open();
                for _ in 0..3 {
                    yield_now().await;
                }
                last.log("order", "second-ends");
            }));
            trace.log("function", format!("{}", ended.is_ok()));
            tell.open();
        });
        let abandoned = scope(async |s| {
            both(call.abandon_on_cancel(), async {
                running.wait().await;
                s.cancel();
            })
            .await;
        })
        .await;
        t.log("body", format!("{:?}", abandoned.unwrap_err().reason()));
        // Keeps the group open until the second has begun.
        tg.spawn(async move { again.wait().await });
        release.open();
    })
    .await;
    t.log("order", "group-returns");
    returned.wait().await;
}

/// A portal's call waits for what it leaves behind, and the panic of that is the call's; the portal is unharmed.
pub async fn h704_an_orphans_panic_is_its_calls(t: Trace) {
    portal(async |portal: Portal| {
        let (inside, release, trace) = (Gate::new(), Gate::new(), t.clone());
        let call = portal.spawn(async move {
            let child = shielded(inside.clone(), release.clone(), || panic!("orphan"));
            leave_behind(child, inside).await;
            trace.log("call", "future-ends");
            release.open();
            7
        });
        let ended = caught(call.unwrap()).await;
        t.log("call", ended.unwrap_err());
        let next = portal.spawn(async { "unharmed" }).unwrap();
        t.log("main", next.await.unwrap());
    })
    .await;
}

/// For a run, that an orphan's panic fails it means that main is cancelled.
pub fn h705_an_orphans_panic_cancels_main(rig: &Rig, t: &Trace) {
    let (rig, probe) = (*rig, OnDrop::new(t, "order", "main-dropped"));
    let text = text_of_panic(move || {
        let ended = rig.run(async move {
            let _probe = probe;
            let (inside, release) = (Gate::new(), Gate::new());
            let child = shielded(inside.clone(), release.clone(), || panic!("orphan"));
            leave_behind(child, inside).await;
            release.open();
            forever().await;
        });
        format!("{ended:?}")
    });
    t.log("order", text);
}
