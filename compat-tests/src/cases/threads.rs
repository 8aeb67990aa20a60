//! Worker threads.

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

use anyrt::{
    cancel::Reason, runtime, scope, shield, sync::CapacityLimiter, task::TaskGroup, task_group,
    thread::default_thread_limiter, time::Instant, to_thread, yield_now,
};

use crate::{
    Trace,
    rig::Rig,
    tools::{Gate, OnDrop, both, caught, peek, until},
};

/// The function runs on another thread, and its value comes back. Catalogue I.122.
pub async fn h001_a_value_comes_back_from_another_thread(t: Trace) {
    let here = thread::current().id();
    let (there, value) = to_thread(|| (thread::current().id(), 7)).await;
    t.log(
        "main",
        if here == there {
            "same-thread"
        } else {
            "another-thread"
        },
    );
    t.log("main", value);
}

/// A panic in the function resumes in the caller, and the worker goes on. Catalogue I.122, row dB5.
pub async fn h002_a_panic_resumes_in_the_caller(t: Trace) {
    for _ in 0..3 {
        let outcome = caught(to_thread(|| -> () { panic!("on-purpose") })).await;
        t.log("main", outcome.unwrap_err());
    }
    t.log("main", to_thread(|| "works").await);
}

/// In a cancelled scope the function never runs, and no token moves. Catalogue I.123.
pub async fn h003_a_cancelled_call_never_starts(t: Trace) {
    let limiter = CapacityLimiter::new(1);
    let trace = t.clone();
    let outcome = scope(async |s| {
        s.cancel();
        to_thread(move || trace.log("function", "ran"))
            .limiter(&limiter)
            .await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
    t.log("main", limiter.statistics().peak);
}

/// A scope that is cancelled while the function runs waits for it, and its value wins. Catalogue I.124.
pub async fn h004_a_running_function_is_waited_for(t: Trace) {
    let trace = t.clone();
    let outcome = scope(async |s| {
        let value = to_thread(move || {
            s.cancel();
            trace.log("order", "function-ends");
            5
        })
        .await;
        t.log("order", "value");
        value
    })
    .await;
    t.log("main", outcome.unwrap());
}

/// An abandoned function is left behind: the scope ends first, the function later, with its token. Catalogue I.125.
pub async fn h005_an_abandoned_function_is_left_behind(t: Trace) {
    let limiter = CapacityLimiter::new(1);
    let (release, done) = (Gate::new(), Gate::new());
    let (waits, over, trace) = (release.clone(), done.clone(), t.clone());
    let outcome = scope(async |s| {
        to_thread(move || {
            s.cancel();
            waits.wait_blocking();
            trace.log("order", "function-ends");
            over.open();
        })
        .limiter(&limiter)
        .abandon_on_cancel()
        .await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
    t.log("order", "scope-ended");
    t.log("token", limiter.statistics().borrowed);
    release.open();
    done.wait().await;
    // Waits for the token, which comes back when the function has ended.
    drop(limiter.acquire().await);
    t.log("token", limiter.statistics().borrowed);
}

/// Never more functions at once than tokens, and all of them run. Catalogue I.126.
pub async fn h006_a_limiter_bounds_the_calls(t: Trace) {
    for most in [3, 5] {
        let limiter = CapacityLimiter::new(most);
        let (now, peak) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let ran = Arc::new(AtomicUsize::new(0));
        task_group(async |tg: TaskGroup| {
            for _ in 0..2 * most {
                let (limiter, now, peak) = (limiter.clone(), now.clone(), peak.clone());
                let ran = ran.clone();
                tg.spawn(async move {
                    let call = to_thread(move || {
                        peak.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
                        thread::yield_now();
                        now.fetch_sub(1, SeqCst);
                        ran.fetch_add(1, SeqCst);
                    });
                    call.limiter(&limiter).await;
                });
            }
        })
        .await;
        t.log(
            "at-once",
            if peak.load(SeqCst) <= most {
                "bounded"
            } else {
                "too-many"
            },
        );
        t.log(
            "tokens",
            if limiter.statistics().peak <= most {
                "bounded"
            } else {
                "too-many"
            },
        );
        t.log("ran", ran.load(SeqCst));
    }
}

/// The default limiter has forty tokens on every backend, and can be changed. Catalogue I.128, row dB1.
pub async fn h007_the_default_limiter_is_the_same_everywhere(t: Trace) {
    let limiter = default_thread_limiter();
    let total = limiter.total_tokens();
    t.log("total", total.unwrap());
    limiter.set_total_tokens(0);
    let mut call = Box::pin(to_thread(|| 3));
    yield_now().await;
    t.log(
        "zero",
        if peek(&mut call).await.is_pending() {
            "waits"
        } else {
            "ran"
        },
    );
    limiter.set_total_tokens(total);
    t.log("forty", call.await);
}

/// A call that waits for its token is cancelled, and its function dropped. Rule H2.
pub async fn h008_a_call_without_a_token_is_withdrawn(t: Trace) {
    let limiter = CapacityLimiter::new(0);
    let (probe, trace) = (OnDrop::new(&t, "function", "dropped"), t.clone());
    let outcome = anyrt::move_on_after(Duration::from_millis(5), async {
        to_thread(move || {
            let _probe = probe;
            trace.log("function", "ran");
        })
        .limiter(&limiter)
        .await;
    })
    .await;
    t.log(
        "main",
        if outcome.is_none() {
            "moved-on"
        } else {
            "value"
        },
    );
    t.log("main", limiter.statistics().waiting);
}

/// The token comes back however the function ends.
pub async fn h009_the_token_comes_back(t: Trace) {
    let limiter = CapacityLimiter::new(1);
    to_thread(|| ()).limiter(&limiter).await;
    t.log("returned", limiter.statistics().borrowed);
    let outcome = caught(to_thread(|| -> () { panic!("on-purpose") }).limiter(&limiter)).await;
    t.log(
        "panicked",
        format!("{}-{}", outcome.is_err(), limiter.statistics().borrowed),
    );
}

/// Dropped by foreign code, a call is abandoned: its function ends later, and its token then. Catalogue M.171.
pub async fn h010_a_dropped_call_is_abandoned(t: Trace) {
    let limiter = CapacityLimiter::new(1);
    let (started, release) = (Gate::new(), Gate::new());
    let (opened, waits, trace) = (started.clone(), release.clone(), t.clone());
    let function = move || {
        opened.open();
        waits.wait_blocking();
        trace.log("function", "ended");
    };
    let mut call = Box::pin(to_thread(function).limiter(&limiter));
    assert!(peek(&mut call).await.is_pending());
    started.wait().await;
    drop(call);
    t.log("token", limiter.statistics().borrowed);
    release.open();
    drop(limiter.acquire().await);
    t.log("token", limiter.statistics().borrowed);
}

/// Two hundred calls all run, none twice. Rule H3, row dB3.
pub async fn h011_no_call_is_lost(t: Trace) {
    let runs = Arc::new(AtomicUsize::new(0));
    task_group(async |tg: TaskGroup| {
        for _ in 0..200 {
            let runs = runs.clone();
            tg.spawn(async move {
                to_thread(move || runs.fetch_add(1, SeqCst)).await;
            });
        }
    })
    .await;
    t.log("runs", runs.load(SeqCst));
}

/// A running call holds the scopes around it, also from a child of a group. Rule H2.
pub async fn h012_a_running_call_holds_what_is_around(t: Trace) {
    let (s_trace, probe) = (t.clone(), OnDrop::new(&t, "order", "body-dropped"));
    let outcome = scope(async |s| {
        let _probe = probe;
        task_group(async |tg: TaskGroup| {
            tg.spawn(async move {
                to_thread(move || {
                    s.cancel();
                    s_trace.log("order", "function-ends");
                })
                .await;
            });
            crate::tools::forever().await;
        })
        .await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// Inside the function the run is still around: its backend, its clock, its limiter. Row dB7.
pub async fn h013_the_function_knows_its_run(t: Trace) {
    let before = Instant::now();
    let (backend, now, total) = to_thread(|| {
        let total = default_thread_limiter().total_tokens();
        (runtime::current_backend(), Instant::now(), total)
    })
    .await;
    t.log(
        "backend",
        if backend == t.backend() {
            "same"
        } else {
            "another"
        },
    );
    t.log(
        "clock",
        if now >= before && now <= Instant::now() {
            "same"
        } else {
            "another"
        },
    );
    t.log(
        "limiter",
        if total == default_thread_limiter().total_tokens() {
            "same"
        } else {
            "another"
        },
    );
}

/// A call does nothing before it is polled. Rule R4.
pub async fn h014_a_call_is_lazy(t: Trace) {
    let trace = t.clone();
    let call = to_thread(move || trace.log("order", "ran"));
    yield_now().await;
    t.log("order", "made");
    call.await;
}

/// A shielded call runs in a cancelled scope.
pub async fn h015_a_shielded_call_runs(t: Trace) {
    let outcome = scope(async |s| {
        s.cancel();
        t.log("body", shield(to_thread(|| 9)).await);
        yield_now().await;
    })
    .await;
    t.log(
        "main",
        if outcome.unwrap_err().reason() == Reason::Explicit {
            "cancelled"
        } else {
            "other"
        },
    );
}

/// `try_run` gives the value as well.
pub async fn h016_try_run_gives_the_value(t: Trace) {
    t.log("main", to_thread(|| 4).try_run().await.unwrap());
    let panicked = caught(to_thread(|| -> () { panic!("on-purpose") }).try_run()).await;
    t.log("main", panicked.err().unwrap());
}

/// Calls that wait for each other all get a thread, within the limiter's total. Rule K28.
pub async fn h017_calls_that_wait_for_each_other_all_run(t: Trace) {
    const CALLS: usize = 30;
    let barrier = Arc::new(Barrier::new(CALLS));
    task_group(async |tg: TaskGroup| {
        for _ in 0..CALLS {
            let barrier = barrier.clone();
            tg.spawn(async move {
                let met = to_thread(move || barrier.wait());
                met.await;
            });
        }
    })
    .await;
    t.log("calls", "met");
}

/// The end of a run waits for functions that were not abandoned. Rule R5.
pub fn h018_a_run_waits_for_its_functions(rig: &Rig, t: &Trace) {
    let trace = t.clone();
    rig.run(async move {
        let started = Gate::new();
        let opened = started.clone();
        let function = move || {
            opened.open();
            for _ in 0..100 {
                thread::yield_now();
            }
            trace.log("order", "function-ends");
        };
        let mut group = Box::pin(task_group(async move |tg: TaskGroup| {
            tg.spawn(async move { to_thread(function).await });
            crate::tools::forever().await;
        }));
        // Foreign code drops the group: its child is an orphan, and the run waits for it.
        assert!(peek(&mut group).await.is_pending());
        started.wait().await;
        drop(group);
    })
    .unwrap();
    t.log("order", "run-ends");
}

/// The scope has every chance to leave, and does not: only the end of the function lets it. Catalogue I.124.
pub async fn h019_a_cancel_leaves_a_running_function_its_caller(t: Trace) {
    let (running, release) = (Gate::new(), Gate::new());
    let (begun, wait) = (running.clone(), release.clone());
    let outcome = scope(async |s| {
        task_group(async |tg: TaskGroup| {
            tg.spawn(anyrt::shield(async move {
                running.wait().await;
                s.cancel();
                for _ in 0..20 {
                    yield_now().await;
                }
                release.open();
            }));
            let value = to_thread(move || {
                begun.open();
                wait.wait_blocking();
                7
            })
            .await;
            t.log("body", value);
        })
        .await;
        yield_now().await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// Abandoned functions keep their places: never more run at once than there are tokens, and all of them run.
/// Catalogue I.126.
pub async fn h020_abandoned_functions_stay_within_the_limit(t: Trace) {
    for most in [3, 10] {
        let (limiter, release) = (CapacityLimiter::new(most), Gate::new());
        let [now, peak, ran]: [Arc<AtomicUsize>; 3] = Default::default();
        let call = |begun: Gate| {
            let (waits, [now, peak, ran]) = (release.clone(), [&now, &peak, &ran].map(Arc::clone));
            let function = move || {
                peak.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
                begun.open();
                waits.wait_blocking();
                now.fetch_sub(1, SeqCst);
                ran.fetch_add(1, SeqCst);
            };
            to_thread(function).limiter(&limiter).abandon_on_cancel()
        };
        for _ in 0..most {
            let begun = Gate::new();
            let abandoned = scope(async |s| {
                both(call(begun.clone()), async {
                    begun.wait().await;
                    s.cancel();
                })
                .await;
            });
            assert!(abandoned.await.is_err());
        }
        t.log("kept", limiter.statistics().borrowed);
        let mut rest: Vec<_> = (0..most).map(|_| Box::pin(call(Gate::new()))).collect();
        for call in &mut rest {
            assert!(peek(call).await.is_pending());
        }
        t.log("wait", limiter.statistics().waiting);
        release.open();
        for call in rest {
            call.await;
        }
        until(|| limiter.statistics().borrowed == 0).await;
        t.log("peak", peak.load(SeqCst));
        t.log("ran", ran.load(SeqCst));
    }
}
