//! Seeing a cancel, and being asked to come to an end.

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, Waker},
};

use anyrt::{
    cancel::{Deadline, cancelled, current_deadline, is_cancelled},
    scope, shield,
    task::TaskGroup,
    task_group, yield_now,
};
use anyrt_core::{
    context,
    tree::{self, NodeRef},
};
use futures::{StreamExt, stream::FuturesUnordered};

use crate::{
    Trace,
    tools::{CountingWaker, Gate, peek},
};

/// The innermost scope around the caller; what is asked of it, the shutdown of a group asks of its children.
fn place() -> NodeRef {
    context::node().expect("a scope is around the caller")
}

/// Ready at once in a cancelled scope, and no cancel point.
pub async fn c101_cancelled_is_ready_where_a_cancel_is(t: Trace) {
    let outcome = scope(async |s| {
        s.cancel();
        cancelled().await;
        t.log("body", "seen");
        1
    })
    .await;
    t.log("main", outcome.unwrap());
}

/// A cancel wakes who waits for it, in a body that something keeps alive; also where foreign code polls only
/// what was woken.
pub async fn c102_cancelled_wakes(t: Trace) {
    let outcome = task_group(async |tg: TaskGroup| {
        scope(async |s| {
            let (waiting, end) = (Gate::new(), Gate::new());
            let begun = waiting.clone();
            tg.spawn(async move {
                begun.wait().await;
                s.cancel();
            });
            let watch = async {
                let mut cancelled = pin!(cancelled());
                assert!(peek(&mut cancelled).await.is_pending());
                waiting.open();
                cancelled.await;
                t.log("watch", "seen");
                end.open();
            };
            type Branch<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;
            let shielded: Branch<'_> = Box::pin(shield(end.wait()));
            let mut both = FuturesUnordered::from_iter([shielded, Box::pin(watch)]);
            while both.next().await.is_some() {}
            yield_now().await;
            t.log("watch", "went-on");
        })
        .await
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// A request is seen by those who ask, and by nobody else: nothing is dropped, no operation yields for it.
pub async fn c103_a_request_drops_nothing(t: Trace) {
    let outcome = scope(async |s| {
        t.log("before", is_cancelled());
        tree::soften(&place());
        t.log("after", is_cancelled());
        t.log("after", s.is_cancelled());
        t.log("after", current_deadline() == Deadline::Never);
        cancelled().await;
        yield_now().await;
        shield(yield_now()).await;
        let inner = scope(async |_s| yield_now().await).await;
        t.log("inner", inner.is_ok());
        3
    })
    .await;
    t.log("main", outcome.unwrap());
    t.log("main", is_cancelled());
}

/// A request wakes the waker that `cancelled` was polled with last, once, whatever polls the body.
pub async fn c104_a_request_wakes_the_last_waker(t: Trace) {
    scope(async |_s| {
        let wakers = [CountingWaker::new(), CountingWaker::new()];
        let mut watch = Box::pin(cancelled());
        for waker in &wakers {
            let waker = Waker::from(Arc::clone(waker));
            let polled = watch.as_mut().poll(&mut Context::from_waker(&waker));
            assert!(polled.is_pending());
        }
        for _ in 0..2 {
            tree::soften(&place());
        }
        t.log("wakes", wakers[0].wakes());
        t.log("wakes", wakers[1].wakes());
        for _ in 0..2 {
            t.log("main", peek(&mut watch).await == Poll::Ready(()));
        }
    })
    .await
    .unwrap();
}

/// What is inside a shield is out of reach, for a request as for a cancel.
pub async fn c105_a_request_stops_at_a_shield(t: Trace) {
    scope(async |_s| {
        let here = place();
        shield(async {
            let mut watch = Box::pin(cancelled());
            assert!(peek(&mut watch).await.is_pending());
            tree::soften(&here);
            t.log("inside", is_cancelled());
            t.log("inside", peek(&mut watch).await.is_ready());
        })
        .await;
        t.log("after", is_cancelled());
        shield(async { t.log("inside", is_cancelled()) }).await;
    })
    .await
    .unwrap();
}

/// A request reaches child tasks: those that wait, and those that are spawned later.
pub async fn c106_a_request_reaches_child_tasks(t: Trace) {
    scope(async |_s| {
        let here = place();
        task_group(async |tg: TaskGroup| {
            let waiting = Gate::new();
            let (begun, trace) = (waiting.clone(), t.clone());
            tg.spawn(async move {
                let mut watch = pin!(cancelled());
                assert!(peek(&mut watch).await.is_pending());
                begun.open();
                watch.await;
                trace.log("first", "seen");
            });
            waiting.wait().await;
            tree::soften(&here);
            let trace = t.clone();
            tg.spawn(async move {
                trace.log("second", is_cancelled());
                cancelled().await;
                yield_now().await;
                trace.log("second", "went-on");
            });
        })
        .await;
    })
    .await
    .unwrap();
}
