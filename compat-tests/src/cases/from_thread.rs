//! Async code from inside functions on worker threads.

use std::{thread, time::Duration};

use anyrt::{
    cancel::{Deadline, current_deadline},
    debug::overdue,
    runtime, scope, shield, sleep,
    sync::CapacityLimiter,
    task::TaskGroup,
    task_group,
    thread::{default_thread_limiter, from_thread},
    time::Instant,
    to_thread, yield_now,
};

use crate::{
    Trace,
    rig::Rig,
    tools::{Gate, OnDrop, both, caught, forever, peek},
};

/// A future's value comes back, and its error; it runs beside the function, not on its thread. Catalogue J.136.
pub async fn h401_a_function_has_a_future_run(t: Trace) {
    let values = to_thread(|| {
        let value = from_thread::run(async {
            yield_now().await;
            (7, thread::current().id())
        });
        let (value, there) = value.unwrap();
        let failed = from_thread::run(async { Err::<(), _>("failed") });
        let (sync, here) = from_thread::run_sync(|| ("sync", thread::current().id())).unwrap();
        let me = thread::current().id();
        (value, failed.unwrap(), sync, there == me || here == me)
    })
    .await;
    t.log("main", format!("{values:?}").replace(' ', ""));
}

/// A panic resumes in the function, which may catch it, or let it resume in the caller.
pub async fn h402_a_panic_resumes_in_the_function(t: Trace) {
    let trace = t.clone();
    let outcome = caught(to_thread(move || {
        let caught = std::panic::catch_unwind(|| {
            let _ = from_thread::run(async { panic!("on-purpose") });
        });
        trace.log(
            "function",
            if caught.is_err() { "caught" } else { "missed" },
        );
        let _ = from_thread::run_sync(|| panic!("again"));
    }))
    .await;
    t.log("main", outcome.unwrap_err());
    t.log(
        "main",
        to_thread(|| from_thread::run(async { "works" }))
            .await
            .unwrap(),
    );
}

/// In a cancelled scope a future runs to its first suspension and is dropped there; one that does not suspend gives its
/// value, and so does a closure. Catalogue J.139.
pub async fn h403_a_cancel_reaches_what_is_run(t: Trace) {
    let trace = t.clone();
    let outcome = scope(async |s| {
        to_thread(move || {
            s.cancel();
            let (inside, dropped) = (trace.clone(), OnDrop::new(&trace, "future", "dropped"));
            let cancelled = from_thread::run(async move {
                let _dropped = dropped;
                inside.log("future", "begins");
                forever().await;
            });
            trace.log("function", format!("{:?}", cancelled.unwrap_err().reason()));
            trace.log("function", from_thread::run(async { 5 }).unwrap());
            trace.log("function", from_thread::run_sync(|| 6).unwrap());
            "value"
        })
        .await
    })
    .await;
    t.log("main", outcome.unwrap());
}

/// A function that looks finds out, whether it is waited for or abandoned. Catalogue J.138.
pub async fn h404_a_function_can_ask(t: Trace) {
    for abandoned in [false, true] {
        let (begun, done, trace) = (Gate::new(), Gate::new(), t.clone());
        let (tell, over) = (begun.clone(), done.clone());
        let call = to_thread(move || {
            let before = from_thread::check_cancelled().is_ok();
            tell.open();
            // Until it is cancelled.
            while from_thread::check_cancelled().is_ok() {
                let _ = from_thread::run(yield_now());
            }
            trace.log("function", format!("{before}-cancelled"));
            over.open();
        });
        let call = if abandoned {
            call.abandon_on_cancel()
        } else {
            call
        };
        let _ = scope(async |s| {
            both(call, async {
                begun.wait().await;
                s.cancel();
            })
            .await;
        })
        .await;
        done.wait().await;
    }
}

/// Anywhere else it panics, and says what to do. Catalogue J.138.
pub async fn h405_elsewhere_it_panics(t: Trace) {
    let says = |text: String| {
        ["`Portal`", "`to_thread`"]
            .iter()
            .all(|word| text.contains(word))
    };
    let here = caught(async { from_thread::check_cancelled() }).await;
    t.log("task", says(here.unwrap_err()));
    let elsewhere = thread::spawn(|| {
        let refused = std::panic::catch_unwind(|| from_thread::run(async {}));
        let payload = refused.unwrap_err();
        payload
            .downcast_ref::<String>()
            .cloned()
            .unwrap_or_default()
    });
    t.log("thread", says(elsewhere.join().unwrap()));
}

/// What an abandoned function has run is cancelled, also when it asks for more.
pub async fn h406_an_abandoned_function_gets_nothing_more(t: Trace) {
    let (begun, done, trace) = (Gate::new(), Gate::new(), t.clone());
    let (tell, over) = (begun.clone(), done.clone());
    let outcome = scope(async |s| {
        let call = to_thread(move || {
            let first = from_thread::run(async move {
                tell.open();
                forever().await;
            });
            trace.log(
                "function",
                if first.is_err() { "cancelled" } else { "done" },
            );
            let second = from_thread::run(forever());
            trace.log(
                "function",
                if second.is_err() { "cancelled" } else { "done" },
            );
            over.open();
        });
        both(call.abandon_on_cancel(), async {
            begun.wait().await;
            s.cancel();
        })
        .await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
    done.wait().await;
}

/// Foreign code that drops the call abandons the function, which hears of it though nothing is cancelled.
pub async fn h412_a_dropped_call_is_told_to_its_function(t: Trace) {
    let (begun, done, trace) = (Gate::new(), Gate::new(), t.clone());
    let (tell, over) = (begun.clone(), done.clone());
    let mut call = Box::pin(to_thread(move || {
        let waited = from_thread::run(async move {
            tell.open();
            forever().await;
        });
        trace.log("function", format!("{:?}", waited.unwrap_err().reason()));
        let asked = from_thread::check_cancelled();
        trace.log("function", if asked.is_err() { "cancelled" } else { "not" });
        over.open();
    }));
    assert!(peek(&mut call).await.is_pending());
    begun.wait().await;
    drop(call);
    done.wait().await;
}

/// What is run is inside the scopes of the call: it sees their deadline, and ends by it.
pub async fn h407_what_is_run_is_inside_the_callers_scopes(t: Trace) {
    let trace = t.clone();
    let outcome = scope(async |s| {
        to_thread(move || {
            // Set by the function: on a busy machine a thread may begin long after its call was made.
            s.set_deadline(Instant::now() + Duration::from_millis(20));
            let deadline = from_thread::run(async { current_deadline() }).unwrap();
            let bounded = matches!(deadline, Deadline::At(_) | Deadline::Cancelled);
            trace.log("deadline", if bounded { "seen" } else { "missed" });
            let slept = from_thread::run(sleep(Duration::from_secs(3600)));
            trace.log("function", format!("{:?}", slept.unwrap_err().reason()));
        })
        .await;
    })
    .await;
    t.log(
        "main",
        if outcome.is_ok() {
            "value"
        } else {
            "timed-out"
        },
    );
}

/// It is the same run: its backend, its default limiter, its groups.
pub async fn h408_what_is_run_is_in_the_same_run(t: Trace) {
    let here = runtime::current_backend();
    let (backend, borrowed) = to_thread(|| {
        from_thread::run(async {
            task_group(async |tg: TaskGroup| {
                let child = tg.spawn_value(async { runtime::current_backend() });
                let limiter = default_thread_limiter();
                (child.await.unwrap(), limiter.statistics().borrowed)
            })
            .await
        })
        .unwrap()
    })
    .await;
    t.log("backend", if backend == here { "same" } else { "other" });
    // The function itself has a token of the run's limiter.
    t.log("limiter", if borrowed > 0 { "same" } else { "other" });
}

/// Functions that wait leave the turn to others: two of them meet through tasks.
pub async fn h409_functions_wait_for_each_other_through_tasks(t: Trace) {
    let (ping, pong) = (Gate::new(), Gate::new());
    let meet = |mine: &Gate, other: &Gate| {
        let (mine, other) = (mine.clone(), other.clone());
        to_thread(move || {
            from_thread::run(async move {
                mine.open();
                other.wait().await;
            })
            .unwrap();
        })
    };
    both(meet(&ping, &pong), meet(&pong, &ping)).await;
    t.log("main", "met");
}

/// A shield inside holds the function, too; and who waits for a token that others have is named while a scope is overdue.
pub async fn h410_a_deadlock_is_named(t: Trace) {
    let limiter = CapacityLimiter::new(1);
    let (waits, free) = (Gate::new(), Gate::new());
    let (tell, inner, end) = (waits.clone(), limiter.clone(), free.clone());
    let outcome = scope(async |s| {
        let call = to_thread(move || {
            from_thread::run(shield(async move {
                let begun = Gate::new();
                let begins = begun.clone();
                // Has what the function lends, until the case cleans up.
                let first = to_thread(move || {
                    from_thread::run(async move {
                        begins.open();
                        end.wait().await;
                    })
                });
                let second = async {
                    begun.wait().await;
                    let tells = async {
                        yield_now().await;
                        tell.open();
                    };
                    both(to_thread(|| 1).limiter(&inner), tells).await.0
                };
                both(first.limiter(&inner), second).await.1
            }))
        })
        .limiter(&limiter);
        let watch = async {
            waits.wait().await;
            s.cancel();
            let named: Vec<_> = overdue().unwrap();
            for scope in &named {
                for holder in &scope.holders {
                    t.log("waits-for", holder.kind.to_string().replace(' ', "-"));
                    assert!(holder.place.file().ends_with("from_thread.rs"), "{holder}");
                }
            }
            free.open();
        };
        both(call, watch).await.0
    })
    .await;
    t.log("main", outcome.unwrap().unwrap());
}

/// A function that outlives its run gets nothing more there, and does not hang.
pub fn h411_after_its_run_a_function_gets_nothing(rig: &Rig, t: &Trace) {
    let (begun, ended, done) = (Gate::new(), Gate::new(), Gate::new());
    let (tell, wait, over, trace) = (begun.clone(), ended.clone(), done.clone(), t.clone());
    rig.run(async move {
        let _ = scope(async |s| {
            let call = to_thread(move || {
                tell.open();
                wait.wait_blocking();
                let late = from_thread::run(forever());
                trace.log(
                    "function",
                    format!("{:?}", late.map_err(|error| error.reason())),
                );
                over.open();
            });
            both(call.abandon_on_cancel(), async {
                begun.wait().await;
                s.cancel();
            })
            .await;
        })
        .await;
    })
    .unwrap();
    ended.open();
    done.wait_blocking();
}
