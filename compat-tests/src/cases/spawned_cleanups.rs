//! Clean-up that foreign code can not lose.

use std::{
    panic::{self, AssertUnwindSafe},
    time::Duration,
};

use anyrt::{
    cancel::{finally_spawned, is_cancelled},
    scope, sleep, yield_now,
};

use crate::{
    Trace,
    rig::Rig,
    tools::{Gate, OnDrop, forever, peek},
};

/// Foreign code drops the body; the clean-up runs as a task, also in a foreign runtime.
pub async fn c170_a_dropped_cleanup_is_spawned(t: Trace) {
    let (done, trace) = (Gate::new(), t.clone());
    let end = done.clone();
    let probe = OnDrop::new(&t, "body", "dropped");
    let mut dropped = Box::pin(finally_spawned(
        async move {
            let _probe = probe;
            forever().await;
        },
        async move || {
            yield_now().await;
            sleep(Duration::from_millis(1)).await;
            trace.log("cleanup", is_cancelled());
            trace.log("cleanup", "done");
            end.open();
        },
    ));
    assert!(peek(&mut dropped).await.is_pending());
    drop(dropped);
    done.wait().await;
}

/// A clean-up that is dropped half-way is gone on with, and not begun again.
pub async fn c171_a_cleanup_that_has_begun_goes_on(t: Trace) {
    let (done, go, trace) = (Gate::new(), Gate::new(), t.clone());
    let (end, begin) = (done.clone(), go.clone());
    let mut dropped = Box::pin(finally_spawned(async {}, async move || {
        trace.log("cleanup", "begun");
        begin.wait().await;
        trace.log("cleanup", is_cancelled());
        sleep(Duration::from_millis(1)).await;
        trace.log("cleanup", "done");
        end.open();
    }));
    let outcome = scope(async |s| {
        assert!(peek(&mut dropped).await.is_pending());
        s.cancel();
        drop(dropped);
        t.log("cleanup", "dropped");
        go.open();
    });
    outcome.await.unwrap();
    done.wait().await;
}

/// Under facade scopes it runs in place, once; one that was never polled does not run at all.
pub async fn c172_what_is_not_dropped_is_not_spawned(t: Trace) {
    let cleanup = |t: &Trace| {
        let t = t.clone();
        async move || {
            yield_now().await;
            t.log("order", "cleanup");
        }
    };
    drop(finally_spawned(async {}, cleanup(&t)));
    let outcome = scope(async |s| {
        s.cancel();
        finally_spawned(forever(), cleanup(&t)).await;
    })
    .await;
    t.log("order", "scope-ends");
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
    let value = finally_spawned(async { 3 }, cleanup(&t)).await;
    t.log("main", value);
}

/// The run waits for it, and its shutdown does not reach it.
pub fn c173_a_run_waits_for_what_was_spawned(rig: &Rig, t: &Trace) {
    let (trace, probe) = (t.clone(), OnDrop::new(t, "order", "body-dropped"));
    rig.run(async move {
        let body = async move {
            let _probe = probe;
            forever().await;
        };
        let mut dropped = Box::pin(finally_spawned(body, async move || {
            for _ in 0..5 {
                yield_now().await;
            }
            sleep(Duration::from_millis(5)).await;
            trace.log("order", is_cancelled());
            trace.log("order", "done");
        }));
        assert!(peek(&mut dropped).await.is_pending());
    })
    .unwrap();
    t.log("order", "run-ends");
}

/// Nobody else is left to hear of its panic.
pub fn c174_a_panic_of_a_spawned_cleanup_fails_the_run(rig: &Rig, t: &Trace) {
    let run = || {
        rig.run(async {
            let mut dropped = Box::pin(finally_spawned(forever(), async || {
                yield_now().await;
                panic!("of-the-cleanup");
            }));
            assert!(peek(&mut dropped).await.is_pending());
        })
    };
    let payload = panic::catch_unwind(AssertUnwindSafe(run)).unwrap_err();
    t.log("run", payload.downcast_ref::<&str>().unwrap_or(&"another"));
}
