//! Clean-up that awaits, whatever becomes of the body.

use std::{
    panic::panic_any,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use anyrt::{
    cancel::{finally_with, is_cancelled},
    finally, move_on_after, scope, shield, sleep,
    task::TaskGroup,
    task_group, yield_now,
};

use crate::{
    BoxFuture, Trace,
    tools::{Defer, OnDrop, caught, forever, peek},
};

/// Suspends, and says when it begins and ends, and whether it is cancelled.
async fn clean(t: &Trace) {
    t.log("order", "cleanup-begins");
    yield_now().await;
    sleep(Duration::from_millis(1)).await;
    t.log("order", is_cancelled());
    t.log("order", "cleanup-ends");
}

/// After a body that completes, whose value is given.
pub async fn c140_cleanup_follows_success(t: Trace) {
    let body = async {
        let _probe = OnDrop::new(&t, "order", "body-dropped");
        yield_now().await;
        6
    };
    t.log("main", finally(body, || clean(&t)).await);
    let ready = finally(async { 7 }, async || t.log("order", "at-once")).await;
    t.log("main", ready);
}

/// A cancelled scope waits for the clean-up, which begins when the body is gone, and is not cancelled itself.
pub async fn c141_cleanup_follows_a_cancel(t: Trace) {
    let outcome = scope(async |s| {
        s.cancel();
        let body = async {
            let _probe = OnDrop::new(&t, "order", "body-dropped");
            yield_now().await;
            t.log("order", "went-on");
        };
        finally(body, || clean(&t)).await;
        t.log("order", "went-on");
    })
    .await;
    t.log("order", "scope-ends");
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// A cancel that comes while the body waits, and one that comes while the clean-up runs.
pub async fn c142_a_cancel_at_any_time(t: Trace) {
    for early in [true, false] {
        let outcome = scope(async |s| {
            let body = async {
                if early {
                    move_on_after(Duration::from_millis(2), forever()).await;
                    s.cancel();
                    forever().await;
                }
            };
            let cleanup = async || {
                s.cancel();
                clean(&t).await;
            };
            finally(body, cleanup).await;
            yield_now().await;
            t.log("order", "went-on");
        })
        .await;
        t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
    }
}

/// After a body that panics; the panic goes on then, and is not replaced by one of the clean-up.
pub async fn c143_cleanup_follows_a_panic(t: Trace) {
    let body = async {
        let _probe = OnDrop::new(&t, "order", "body-dropped");
        yield_now().await;
        panic!("of-the-body");
    };
    let outcome: Result<(), String> = caught(async { finally(body, || clean(&t)).await }).await;
    t.log("main", outcome.unwrap_err());
    let twice = finally(async { panic!("the-first") }, async || {
        yield_now().await;
        panic!("the-second")
    });
    let outcome: Result<(), String> = caught(twice).await;
    t.log("main", outcome.unwrap_err());
}

/// A panic of the clean-up alone comes out, after a value, after a cancel, and out of the closure.
pub async fn c144_a_panic_of_the_cleanup(t: Trace) {
    let after_a_value = finally(async { 1 }, async || {
        yield_now().await;
        panic!("after-a-value")
    });
    t.log("main", caught(after_a_value).await.unwrap_err());
    let after_a_cancel = scope(async |s| {
        s.cancel();
        finally(forever(), async || panic!("after-a-cancel")).await;
    });
    t.log("main", caught(after_a_cancel).await.map(drop).unwrap_err());
    let of_the_closure = finally(async {}, || -> std::future::Ready<()> {
        panic!("of-the-closure")
    });
    t.log("main", caught(of_the_closure).await.unwrap_err());
}

/// What holds inside the body is waited for, and then the clean-up begins.
pub async fn c145_a_shield_in_the_body_comes_first(t: Trace) {
    let outcome = scope(async |s| {
        let body = async {
            s.cancel();
            shield(async {
                yield_now().await;
                yield_now().await;
                t.log("order", "shield-ends");
            })
            .await;
            yield_now().await;
            t.log("order", "went-on");
        };
        finally(body, || clean(&t)).await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// Inside each other they run from the inside out, on a cancel, too.
pub async fn c146_cleanups_nest(t: Trace) {
    let outcome = scope(async |s| {
        let inner = finally(
            async {
                s.cancel();
                forever().await;
            },
            async || {
                yield_now().await;
                t.log("order", "inner");
            },
        );
        let middle = finally(inner, async || {
            yield_now().await;
            t.log("order", "middle");
        });
        finally(middle, async || t.log("order", "outer")).await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// One that was never polled has nothing to clean up; what foreign code drops is lost.
pub async fn c147_what_a_foreign_drop_loses(t: Trace) {
    drop(finally(async { t.log("body", "runs") }, || clean(&t)));
    let mut dropped = Box::pin(async {
        let _probe = OnDrop::new(&t, "body", "dropped");
        finally(forever(), || clean(&t)).await;
    });
    assert!(peek(&mut dropped).await.is_pending());
    drop(dropped);
    let outcome = scope(async |s| {
        s.cancel();
        yield_now().await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// The resource is lent to the body, which may be cancelled in mid-air, then to the clean-up, and dropped then.
pub async fn c148_a_resource_is_lent_to_both(t: Trace) {
    struct Resource(Vec<&'static str>, OnDrop);
    let outcome = scope(async |s| {
        let resource = Resource(vec![], OnDrop::new(&t, "resource", "dropped"));
        let body = async |resource: &mut Resource| {
            resource.0.push("used");
            s.cancel();
            yield_now().await;
            resource.0.push("used-again");
        };
        let cleanup = async |resource: &mut Resource| {
            yield_now().await;
            for word in resource.0.drain(..) {
                t.log("resource", word);
            }
            let Resource(_, _probe) = resource;
        };
        finally_with(resource, body, cleanup).await;
        t.log("resource", "went-on");
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
    let value = finally_with(1, async |n: &mut i32| *n + 1, async |n: &mut i32| *n = 0).await;
    t.log("main", value);
}

/// A timeout around a group ends when the clean-ups of all children have run, and not before.
pub async fn c149_a_timeout_waits_for_the_cleanups_of_children(t: Trace) {
    let done = Arc::new(AtomicUsize::new(0));
    let outcome = move_on_after(
        Duration::from_millis(2),
        task_group(async |tg: TaskGroup| {
            for _ in 0..10 {
                let done = Arc::clone(&done);
                tg.spawn(finally(forever(), async move || {
                    sleep(Duration::from_millis(2)).await;
                    done.fetch_add(1, SeqCst);
                }));
            }
            forever().await;
        }),
    )
    .await;
    t.log("main", done.load(SeqCst));
    t.log("main", outcome.is_some());
}

/// A destructor that panics while the body is dropped: the clean-up runs, and the panic goes on.
pub async fn c150_a_destructor_that_panics(t: Trace) {
    let scope = scope(async |s| {
        s.cancel();
        let body = async {
            let _bomb = Defer(|| panic_any("of-the-destructor"));
            forever().await;
        };
        finally(body, || clean(&t)).await;
    });
    let outcome = caught(async { scope.await.is_ok() }).await;
    t.log("main", outcome.unwrap_err());
}

/// One that moves to another place while it cleans up goes on, and says so if its scope has gone.
pub async fn c151_an_unfinished_cleanup_moves(t: Trace) {
    let trace = t.clone();
    let mut moved: BoxFuture = Box::pin(async move {
        finally(forever(), || clean(&trace)).await;
    });
    let outcome = scope(async |s: anyrt::cancel::CancelScope| {
        s.cancel();
        assert!(peek(&mut moved).await.is_pending());
        7
    })
    .await;
    t.log("main", outcome.unwrap());
    let again = caught(moved).await;
    t.log("main", again.map_or("panicked", |()| "returned"));
}
