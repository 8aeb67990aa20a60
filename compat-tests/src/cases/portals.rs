//! Async code called from threads.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    thread,
    time::Duration,
};

use anyrt::{
    scope,
    thread::{Portal, PortalProvider, Stop, portal},
    to_thread, yield_now,
};

use crate::{
    Trace,
    rig::Rig,
    tools::{Defer, Gate, OnDrop, both, caught, forever, peek},
};

/// Runs `f` on a thread of its own, and waits for it without blocking the one that asks.
async fn on_thread<T: Send + 'static>(f: impl FnOnce() -> T + Send + 'static) -> T {
    let done = Gate::new();
    let tell = done.clone();
    let thread = thread::spawn(move || {
        let _tell = Defer(move || tell.open());
        f()
    });
    done.wait().await;
    thread.join().unwrap()
}

/// Three threads call, each gets its own value. Catalogue J.140.
pub async fn h501_threads_call_through_a_portal(t: Trace) {
    portal(async |portal: Portal| {
        for number in 0..3 {
            let theirs = portal.clone();
            let value = on_thread(move || {
                let value = theirs.call(async move {
                    yield_now().await;
                    number * 10
                });
                if number == 2 {
                    theirs.stop(Stop::Wait);
                }
                value
            })
            .await;
            t.log("values", value.unwrap());
        }
        portal.stopped().await;
        t.log("main", "stopped");
    })
    .await;
}

/// Where the runtime's tasks are polled, blocking is refused, and nothing was started; to spawn and await is allowed, and
/// so is blocking on a worker thread. Catalogue J.140.
pub async fn h502_the_runtimes_own_thread_is_refused(t: Trace) {
    let ran = Arc::new(AtomicUsize::new(0));
    portal(async |portal: Portal| {
        let count = ran.clone();
        let refused = portal.call(async move { count.fetch_add(1, SeqCst) });
        t.log("call", format!("{:?}", refused.unwrap_err()));
        let refused = portal.start(async |ready| anyrt::task::Ready::set(ready, ()));
        t.log("start", format!("{:?}", refused.unwrap_err()));
        let spawned = portal.spawn(async { 6 }).unwrap();
        t.log("wait", format!("{:?}", spawned.wait().unwrap_err()));
        let spawned = portal.spawn(async { 7 }).unwrap();
        t.log("spawned", spawned.await.unwrap());
        let theirs = portal.clone();
        let value = to_thread(move || theirs.call(async { 8 })).await;
        t.log("worker", value.unwrap());
    })
    .await;
    assert_eq!(ran.load(SeqCst), 0);
}

/// After `stop`, and after the body, calls are refused. Catalogue J.140.
pub async fn h503_a_stopped_portal_refuses(t: Trace) {
    let kept = portal(async |portal: Portal| {
        portal.stop(Stop::Wait);
        let theirs = portal.clone();
        let refused = on_thread(move || {
            let call = theirs.call(async {}).unwrap_err();
            let spawn = theirs.spawn(async {}).unwrap_err();
            [call, spawn]
        });
        for error in refused.await {
            t.log("after-stop", format!("{error:?}"));
        }
        portal
    })
    .await;
    let refused = on_thread(move || kept.call(async {}).unwrap_err()).await;
    t.log("after-body", format!("{refused:?}"));
}

/// The portal ends after the calls that run. Catalogue J.141.
pub async fn h504_the_portal_waits_for_its_calls(t: Trace) {
    let (go, trace) = (Gate::new(), t.clone());
    let waits = go.clone();
    let open = portal(async |portal: Portal| {
        let call = portal.spawn(async move {
            waits.wait().await;
            trace.log("order", "call-ends");
        });
        drop(call.unwrap());
        t.log("order", "body-ends");
    });
    let mut open = Box::pin(open);
    assert!(peek(&mut open).await.is_pending());
    go.open();
    open.await;
    t.log("order", "portal-ends");
}

/// A body that fails cancels the calls, and their callers see it. Catalogue J.141.
pub async fn h505_a_body_that_panics_cancels_the_calls(t: Trace) {
    let (waits, done, trace) = (Gate::new(), Gate::new(), t.clone());
    let (begun, over) = (waits.clone(), done.clone());
    let outcome = caught(portal(async |portal: Portal| {
        thread::spawn(move || {
            let call = portal.call(async move {
                begun.open();
                forever().await;
            });
            trace.log("call", format!("{:?}", call.unwrap_err()));
            over.open();
        });
        waits.wait().await;
        panic!("on-purpose");
    }))
    .await;
    t.log("main", outcome.unwrap_err());
    done.wait().await;
}

/// `stop` can cancel what runs; the body goes on. Catalogue J.141.
pub async fn h506_a_stop_can_cancel(t: Trace) {
    portal(async |portal: Portal| {
        let call = portal.spawn(forever()).unwrap();
        yield_now().await;
        let theirs = portal.clone();
        on_thread(move || theirs.stop(Stop::Cancel)).await;
        portal.stopped().await;
        t.log("call", format!("{:?}", call.await.unwrap_err()));
        t.log("main", "stopped");
    })
    .await;
}

/// A panic in a call resumes where its value is waited for, and harms no other call.
pub async fn h507_a_panic_resumes_in_the_caller(t: Trace) {
    portal(async |portal: Portal| {
        let other = portal.spawn(async {
            yield_now().await;
            "unharmed"
        });
        let theirs = portal.clone();
        let texts = on_thread(move || {
            let call = || theirs.call(async { panic!("on-purpose") });
            let caught = std::panic::catch_unwind(call).unwrap_err();
            let text = caught.downcast_ref::<&str>().map(ToString::to_string);
            [
                text.unwrap_or_default(),
                theirs.call(async { "next" }).unwrap().to_owned(),
            ]
        });
        for text in texts.await {
            t.log("thread", text);
        }
        t.log("main", other.unwrap().await.unwrap());
    })
    .await;
}

/// A call that is waited for too long goes on, and can be cancelled.
pub async fn h508_a_call_can_be_cancelled_and_timed_out(t: Trace) {
    portal(async |portal: Portal| {
        let trace = t.clone();
        to_thread(move || {
            let mut call = portal.spawn(forever()).unwrap();
            let none = call.wait_timeout(Duration::from_millis(5)).is_none();
            trace.log("waited", if none { "none" } else { "ended" });
            assert!(!call.is_finished());
            call.cancel();
            trace.log("ended", format!("{:?}", call.wait().unwrap_err()));
            let mut call = portal.spawn(async { 7 }).unwrap();
            let value = call.wait_timeout(Duration::from_secs(3600));
            trace.log("value", value.unwrap().unwrap());
        })
        .await;
    })
    .await;
}

/// A start gives what the task says, and the call; or why it never said so. Catalogue J.143.
pub async fn h509_a_task_says_that_it_is_ready(t: Trace) {
    portal(async |portal: Portal| {
        let trace = t.clone();
        to_thread(move || {
            let (port, call) = portal
                .start(|ready| async move {
                    ready.set("port");
                    yield_now().await;
                    9
                })
                .unwrap();
            trace.log("ready", port);
            trace.log("ready", call.wait().unwrap());
            let early = portal.start(|ready: anyrt::task::Ready<()>| async move { drop(ready) });
            trace.log("early", format!("{:?}", early.unwrap_err()));
            let panics = std::panic::AssertUnwindSafe(|| {
                let started = portal.start(|ready: anyrt::task::Ready<()>| async move {
                    let _ready = ready;
                    panic!("on-purpose");
                });
                drop(started);
            });
            let caught = std::panic::catch_unwind(panics).unwrap_err();
            trace.log("panicked", caught.downcast_ref::<&str>().unwrap());
            let stops = portal.clone();
            let cancelled = portal.start(|ready: anyrt::task::Ready<()>| async move {
                let _ready = ready;
                stops.stop(Stop::Cancel);
                forever().await;
            });
            trace.log("cancelled", format!("{:?}", cancelled.unwrap_err()));
        })
        .await;
    })
    .await;
}

/// A scope around the portal that is cancelled ends its calls; whoever waits for one hears of it.
pub async fn h510_a_cancel_from_around_ends_the_calls(t: Trace) {
    let (waits, done, trace) = (Gate::new(), Gate::new(), t.clone());
    let (begun, over) = (waits.clone(), done.clone());
    let outcome = scope(async |s| {
        portal(async |portal: Portal| {
            thread::spawn(move || {
                let call = portal.call(async move {
                    begun.open();
                    forever().await;
                });
                trace.log("call", format!("{:?}", call.unwrap_err()));
                over.open();
            });
            waits.wait().await;
            s.cancel();
            forever().await;
        })
        .await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
    done.wait().await;
}

/// A call whose handle is dropped runs on, unless it was to be cancelled then.
pub async fn h511_a_dropped_call_runs_on_unless_asked(t: Trace) {
    portal(async |portal: Portal| {
        let (trace, go) = (t.clone(), Gate::new());
        let waits = go.clone();
        let kept = portal.spawn(async move {
            waits.wait().await;
            trace.log("kept", "ran");
        });
        drop(kept.unwrap());
        go.open();
        let dropped = OnDrop::new(&t, "cancelled", "dropped");
        let cancelled = portal.spawn(async move {
            let _dropped = dropped;
            forever().await;
        });
        drop(cancelled.unwrap().cancel_on_drop());
    })
    .await;
}

/// A runtime on a thread of its own: it is called from here, waits for what runs, and ends.
pub fn h512_a_runtime_on_a_thread_of_its_own(rig: &Rig, t: &Trace) {
    let guard = rig.start_portal().unwrap();
    t.log("value", guard.call(async { 7 }).unwrap());
    let (trace, kept) = (t.clone(), Portal::clone(&guard));
    let call = guard.spawn(async move {
        yield_now().await;
        trace.log("order", "call-ends");
    });
    guard.close(Stop::Wait).unwrap();
    t.log("order", "closed");
    drop(call);
    t.log("late", format!("{:?}", kept.call(async {}).unwrap_err()));
}

/// From the code of one runtime into another: awaited there, and cancelled from there. Catalogue J.145.
pub fn h513_a_portal_from_another_runtime(rig: &Rig, t: &Trace) {
    let guard = rig.start_portal().unwrap();
    let (other, trace) = (Portal::clone(&guard), t.clone());
    let dropped = OnDrop::new(t, "cancelled", "dropped");
    let cancelled = rig.run(async move {
        let here = anyrt::runtime::try_current().unwrap();
        let there = other.spawn(async { anyrt::runtime::try_current().unwrap() });
        // async-std has one runtime, in which both are.
        let there = there.unwrap().await.unwrap();
        let apart = here != there || here.backend() == "async-std";
        trace.log("value", if apart { "other-run" } else { "same-run" });
        let begun = Gate::new();
        let tell = begun.clone();
        scope(async |s| {
            let call = other.spawn(async move {
                let _dropped = dropped;
                tell.open();
                forever().await;
            });
            let call = call.unwrap().cancel_on_drop();
            let (_ended, ()) = both(call, async {
                begun.wait().await;
                s.cancel();
            })
            .await;
        })
        .await
    });
    let cancelled = cancelled.unwrap().unwrap_err();
    t.log("main", format!("{:?}", cancelled.reason()));
    guard.close(Stop::Wait).unwrap();
}

/// One runtime for those who use it at the same time, and a new one for who comes later.
pub fn h514_users_share_one_runtime(rig: &Rig, t: &Trace) {
    let started = Arc::new(AtomicUsize::new(0));
    let (count, rig) = (started.clone(), *rig);
    let provider = PortalProvider::new(move || {
        count.fetch_add(1, SeqCst);
        rig.start_portal()
    });
    let first = provider.get().unwrap();
    first.call(async {}).unwrap();
    t.log("started", started.load(SeqCst));
    let second = provider.get().unwrap();
    drop(first);
    second.call(async {}).unwrap();
    t.log("started", started.load(SeqCst));
    drop(second);
    provider.get().unwrap().call(async {}).unwrap();
    t.log("started", started.load(SeqCst));
}

/// The end of the run ends what a thread waits for.
pub fn h515_a_wait_ends_with_the_run(rig: &Rig, t: &Trace) {
    let (send, portals) = mpsc::channel();
    let begun = Gate::new();
    let (waits, trace) = (begun.clone(), t.clone());
    let caller = thread::spawn(move || {
        let portal: Portal = portals.recv().unwrap();
        let call = portal.call(async move {
            begun.open();
            forever().await;
        });
        trace.log("call", format!("{:?}", call.unwrap_err()));
    });
    rig.run(async move {
        let mut open = Box::pin(portal(async |portal: Portal| {
            send.send(portal.clone()).unwrap();
            portal.stopped().await;
        }));
        assert!(peek(&mut open).await.is_pending());
        waits.wait().await;
        // Main leaves it open: it is dropped here, and the run waits for the call that it has cancelled.
    })
    .unwrap();
    caller.join().unwrap();
}
