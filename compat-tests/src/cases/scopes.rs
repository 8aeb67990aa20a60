//! Scopes: cancelling is dropping.

use std::{thread, time::Duration};

use anyrt::{
    cancel::{self, CancelScope, Reason, is_cancelled},
    move_on_after, scope, shield, sleep,
    task::TaskGroup,
    task_group,
    time::Instant,
    yield_now,
};

use crate::{
    Trace,
    tools::{Defer, Gate, OnDrop, caught, foreign_yield, forever, peek},
};

fn reason<T>(outcome: Result<T, cancel::Cancelled>) -> String {
    match outcome {
        Ok(_) => "value".into(),
        Err(cancelled) => format!("{:?}", cancelled.reason()),
    }
}

/// A cancelled scope drops its body where it suspends. Catalogue D.52.
pub async fn c001_a_cancelled_body_is_dropped_where_it_suspends(t: Trace) {
    let outcome = scope(async |s| {
        let _probe = OnDrop::new(&t, "body", "dropped");
        s.cancel();
        t.log("body", "runs-on");
        yield_now().await;
        t.log("body", "went-on");
    })
    .await;
    t.log("main", reason(outcome));
}

/// Cancelling twice is cancelling once; the first reason is kept. Catalogue D.53.
pub async fn c002_the_first_reason_is_kept(t: Trace) {
    let outcome = scope(async |s| {
        s.cancel_with(Reason::Explicit);
        s.cancel_with(Reason::Shutdown);
        s.set_deadline(Instant::now());
        t.log("body", format!("{:?}", s.reason().unwrap()));
        yield_now().await;
    })
    .await;
    t.log("main", reason(outcome));
}

/// A body that ends without suspending has its value, cancelled or not. Catalogue D.54.
pub async fn c003_a_body_that_does_not_suspend_returns(t: Trace) {
    let outcome = scope(async |s| {
        s.cancel();
        t.log("body", s.is_cancelled());
        1
    })
    .await;
    t.log("main", outcome.unwrap());
}

/// Nothing un-cancels: not a moved deadline, not a shield that was passed, not the next suspension. Catalogue D.55.
pub async fn c004_a_cancel_is_sticky(t: Trace) {
    let outcome = scope(async |s| {
        s.cancel();
        s.set_deadline(None);
        for _ in 0..2 {
            shield(async {
                yield_now().await;
                t.log("shield", is_cancelled());
            })
            .await;
            t.log("body", is_cancelled());
        }
        foreign_yield().await;
        t.log("body", "went-on");
    })
    .await;
    t.log("main", reason(outcome));
}

/// A cancel from another task reaches a body that waits. Catalogue D.79.
pub async fn c005_another_task_cancels(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let outcome = scope(async |s| {
            let waiting = Gate::new();
            let go = waiting.clone();
            tg.spawn(async move {
                go.wait().await;
                s.cancel();
            });
            waiting.open();
            forever().await;
        })
        .await;
        t.log("main", reason(outcome));
    })
    .await;
}

/// A cancel from a thread that knows no runtime reaches a body that waits. Catalogue D.79.
pub async fn c006_another_thread_cancels(t: Trace) {
    let mut threads = Vec::new();
    for _ in 0..20 {
        let outcome = scope(async |s| {
            threads.push(thread::spawn(move || s.cancel()));
            forever().await;
        })
        .await;
        assert_eq!(outcome.unwrap_err().reason(), Reason::Explicit);
    }
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
    t.log("main", "woken");
}

/// A handle outlives its scope; using it then does nothing. Catalogue D.84.
pub async fn c007_a_handle_outlives_its_scope(t: Trace) {
    let handle = scope(async |s| s).await.unwrap();
    handle.cancel();
    handle.set_deadline(Instant::now());
    thread::spawn({
        let handle = handle.clone();
        move || handle.cancel_with(Reason::Shutdown)
    })
    .join()
    .unwrap();
    yield_now().await;
    t.log("main", "goes-on");
    t.log("caller", is_cancelled());
}

/// What is ready when the body is polled wins over the cancel, whichever came first. Catalogue D.80, D.81.
pub async fn c008_ready_wins_over_cancelled(t: Trace) {
    for cancel_first in [false, true] {
        let (gate, (send, receive)) = (Gate::new(), std::sync::mpsc::channel());
        let waits = gate.wait();
        let mut body = Box::pin(scope(async move |s| {
            send.send(s).unwrap();
            waits.await;
            1
        }));
        assert!(peek(&mut body).await.is_pending());
        let handle: CancelScope = receive.recv().unwrap();
        if cancel_first {
            handle.cancel();
            gate.open();
        } else {
            gate.open();
            handle.cancel();
        }
        t.log("main", body.await.unwrap());
    }
}

/// The outermost cancelled scope reports; those inside go with its body. Catalogue D.74.
pub async fn c009_the_outermost_cancelled_scope_reports(t: Trace) {
    let outcome = scope(async |outer| {
        let inner = scope(async |middle| {
            let innermost = scope(async |inner| {
                inner.cancel();
                middle.cancel();
                outer.cancel();
                yield_now().await;
            })
            .await;
            t.log("innermost", reason(innermost));
        })
        .await;
        t.log("middle", reason(inner));
    })
    .await;
    t.log("outer", reason(outcome));
}

/// A scope inside reports its own cancel, and the one around it goes on.
pub async fn c010_an_inner_cancel_stays_inside(t: Trace) {
    let outcome = scope(async |_outer| {
        let inner = scope(async |s| {
            s.cancel();
            yield_now().await;
        })
        .await;
        t.log("inner", reason(inner));
        yield_now().await;
        2
    })
    .await;
    t.log("outer", outcome.unwrap());
}

/// `is_cancelled` speaks of the place; the handle speaks of its own scope.
pub async fn c011_a_handle_speaks_of_its_own_scope(t: Trace) {
    let outcome = scope(async |outer| {
        scope(async |inner| {
            outer.cancel();
            t.log("inner", inner.is_cancelled());
            t.log("place", is_cancelled());
            t.log("outer", outer.is_cancelled());
        })
        .await
        .unwrap();
    })
    .await;
    t.log("main", reason(outcome));
}

/// A scope that foreign code drops is gone at once, and nobody else notices. Catalogue M.168.
pub async fn c012_a_dropped_scope_is_gone(t: Trace) {
    let probe = OnDrop::new(&t, "main", "body-dropped");
    let mut body = Box::pin(scope(async move |_s| {
        let _probe = probe;
        forever().await;
    }));
    assert!(peek(&mut body).await.is_pending());
    drop(body);
    yield_now().await;
    t.log("main", "goes-on");
}

/// The body is dropped inside its own scope: a destructor sees the cancel.
pub async fn c013_a_body_is_dropped_in_its_own_context(t: Trace) {
    let trace = t.clone();
    let outcome = scope(async |s| {
        let _probe = Defer(move || trace.log("drop", is_cancelled()));
        s.cancel();
        yield_now().await;
    })
    .await;
    t.log("main", reason(outcome));
    t.log("main", is_cancelled());
}

/// A panic in a body leaves the context of its caller as it was.
pub async fn c014_the_context_is_restored_on_unwind(t: Trace) {
    let inside = caught(scope(async |s| {
        s.cancel();
        panic!("on-purpose");
    }))
    .await;
    t.log("main", inside.map(|_| "returned").unwrap_err());
    t.log("main", is_cancelled());
    yield_now().await;
    t.log("main", "goes-on");
}

/// A scope cancels what is below it, and nothing beside it.
pub async fn c015_a_cancel_spares_its_neighbours(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let (done, cancelled) = (Gate::new(), Gate::new());
        let (trace, go, end) = (t.clone(), cancelled.clone(), done.clone());
        tg.spawn(async move {
            let outcome = scope(async |_s| {
                go.wait().await;
                yield_now().await;
                3
            })
            .await;
            trace.log("neighbour", outcome.unwrap());
            end.open();
        });
        let outcome = scope(async |s: CancelScope| {
            s.cancel();
            yield_now().await;
        })
        .await;
        t.log("main", reason(outcome));
        cancelled.open();
        done.wait().await;
    })
    .await;
}

/// A body that is gone is not waited for: polled again under a living parent, its scope panics. Rule C6.
pub async fn c016_a_scope_whose_body_is_gone_never_hangs(t: Trace) {
    let mut inner = Box::pin(move_on_after(Duration::from_secs(3600), forever()));
    let outcome = scope(async |s| {
        s.cancel();
        inner.as_mut().await;
    })
    .await;
    t.log("main", reason(outcome));
    let again = caught(inner.as_mut()).await;
    t.log(
        "main",
        if again.is_err() {
            "panicked"
        } else {
            "returned"
        },
    );
}

/// Five hundred scopes inside each other, in one task, fit its stack; a cancel reaches the innermost. Catalogue A.24.
pub async fn c017_five_hundred_scopes_nest(t: Trace) {
    fn nested(depth: usize) -> crate::BoxFuture {
        Box::pin(async move {
            if depth == 0 {
                return forever().await;
            }
            let _ = scope(async |_s| nested(depth - 1).await).await;
        })
    }
    let outcome = scope(async |s| {
        let mut body = nested(500);
        assert!(peek(&mut body).await.is_pending());
        s.cancel();
        body.await;
    })
    .await;
    t.log("main", reason(outcome));
}

/// Two hundred and fifty groups inside each other, in one task, fit its stack. Catalogue A.24.
pub async fn c018_two_hundred_and_fifty_groups_nest(t: Trace) {
    fn nested(depth: usize) -> crate::BoxFuture {
        Box::pin(async move {
            if depth == 0 {
                return forever().await;
            }
            task_group(async |tg: TaskGroup| {
                tg.spawn(forever());
                nested(depth - 1).await;
            })
            .await;
        })
    }
    let outcome = scope(async |s| {
        let mut body = nested(250);
        assert!(peek(&mut body).await.is_pending());
        s.cancel();
        body.await;
    })
    .await;
    t.log("main", reason(outcome));
}

/// Thousands of groups inside each other, each in a task of its own: no walk recurses, neither up to the deadline nor
/// down with the cancel, and they all go. Catalogue A.24.
pub async fn c021_thousands_of_tasks_nest(t: Trace) {
    fn nested(depth: usize, innermost: Gate) -> crate::BoxFuture {
        Box::pin(task_group(async move |tg: TaskGroup| {
            if depth > 0 {
                tg.spawn(nested(depth - 1, innermost));
            } else if matches!(cancel::current_deadline(), cancel::Deadline::At(_)) {
                innermost.open();
            }
            forever().await;
        }))
    }
    let outcome = scope(async |s| {
        s.set_deadline(Instant::now() + Duration::from_secs(3600));
        let innermost = Gate::new();
        let cancel = async {
            innermost.wait().await;
            t.log("innermost", "deadline-seen");
            s.cancel();
        };
        // A simulation runs the case once for each seed.
        let depth = if t.has_virtual_clock() { 1_000 } else { 10_000 };
        crate::tools::both(nested(depth, innermost.clone()), cancel).await;
    })
    .await;
    t.log("main", reason(outcome));
}

/// A sleep that is cut short leaves nothing: the scope ends at once, and not when the sleep would.
pub async fn c019_a_cancelled_sleep_ends_at_once(t: Trace) {
    let outcome = task_group(async |tg: TaskGroup| {
        scope(async |s| {
            tg.spawn(async move {
                sleep(Duration::from_millis(5)).await;
                s.cancel();
            });
            sleep(Duration::from_secs(36_000)).await;
        })
        .await
    })
    .await;
    t.log("main", reason(outcome));
}
