//! Futures that are polled in one place first, and in another later.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::Poll,
    time::Duration,
};

use anyrt::{
    cancel::{CancelScope, is_cancelled},
    fail_after, scope, shield,
    task::TaskGroup,
    task_group, to_thread, yield_now,
};
use anyrt_core::context;

use crate::{
    BoxFuture, Trace,
    rig::Rig,
    tools::{Gate, forever, peek, poll_once},
};

/// A scope that has been polled once, and ends when the gate opens; it says what it sees.
fn begun(t: &Trace, gate: &Gate) -> Pin<Box<dyn Future<Output = u32> + Send>> {
    let (trace, gate) = (t.clone(), gate.clone());
    Box::pin(async move {
        let inner = scope(async |_s| {
            gate.wait().await;
            trace.log("moved", is_cancelled());
            yield_now().await;
            5
        });
        inner.await.expect("nobody cancels it")
    })
}

/// Polled first in a scope that is cancelled then, and awaited in another: it belongs to the second.
pub async fn c110_a_future_belongs_where_it_is_polled(t: Trace) {
    let gate = Gate::new();
    let mut moved = begun(&t, &gate);
    let first = scope(async |s| {
        assert!(peek(&mut moved).await.is_pending());
        s.cancel();
        forever().await;
    })
    .await;
    t.log("first", format!("{:?}", first.unwrap_err().reason()));
    let second = scope(async |_s| {
        assert!(peek(&mut moved).await.is_pending());
        gate.open();
        moved.await
    })
    .await;
    t.log("second", second.unwrap());
}

/// A cancel of the former place, after the future has been polled in the new one, is not heard.
pub async fn c111_a_late_cancel_of_the_old_place_is_not_heard(t: Trace) {
    let gate = Gate::new();
    let mut moved = begun(&t, &gate);
    let handle = scope(async |s| {
        assert!(peek(&mut moved).await.is_pending());
        s
    })
    .await
    .unwrap();
    scope(async |_s| {
        assert!(peek(&mut moved).await.is_pending());
        handle.cancel();
        gate.open();
        t.log("main", moved.await);
    })
    .await
    .unwrap();
}

/// Polled first where nothing is cancelled, and then in a cancelled scope: it sees that, and goes with it.
pub async fn c112_a_future_is_cancelled_where_it_is_polled(t: Trace) {
    let gate = Gate::new();
    let mut moved = begun(&t, &gate);
    assert!(peek(&mut moved).await.is_pending());
    let outcome = scope(async |s: CancelScope| {
        s.cancel();
        gate.open();
        moved.await
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// A shield that moves to another task lets the scope go that it was polled in first, and holds the new one.
pub async fn c113_a_hold_moves_along(t: Trace) {
    let (handed_over, left, end) = (Gate::new(), Gate::new(), Gate::new());
    let slot: Arc<Mutex<Option<BoxFuture>>> = Arc::default();
    task_group(async |tg: TaskGroup| {
        let (trace, give, go, gone) = (t.clone(), slot.clone(), handed_over.clone(), left.clone());
        let opened = end.clone();
        tg.spawn(async move {
            let outcome = scope(async |s| {
                let mut moved: BoxFuture = Box::pin(shield(async move { opened.wait().await }));
                assert!(peek(&mut moved).await.is_pending());
                *give.lock().unwrap_or_else(PoisonError::into_inner) = Some(moved);
                s.cancel();
                go.open();
                forever().await;
            })
            .await;
            trace.log("first", format!("{:?}", outcome.unwrap_err().reason()));
            gone.open();
        });
        handed_over.wait().await;
        let moved = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut moved = moved.expect("it was handed over");
        let outcome = scope(async |s| {
            assert!(peek(&mut moved).await.is_pending());
            left.wait().await;
            s.cancel();
            let release = async {
                yield_now().await;
                yield_now().await;
                end.open();
            };
            crate::tools::both(moved, release).await;
            t.log("second", "shield-ends");
            yield_now().await;
            t.log("second", "went-on");
        })
        .await;
        t.log("second", format!("{:?}", outcome.unwrap_err().reason()));
    })
    .await;
}

/// Polled natively first, then inside a scope that is cancelled; and the other way round.
pub async fn c114_into_the_facade_and_out_of_it(t: Trace) {
    let gate = Gate::new();
    let mut inwards = begun(&t, &gate);
    let mut outwards = begun(&t, &gate);
    assert!(context::leave(|| poll_once(inwards.as_mut())).is_pending());
    let outcome = scope(async |s: CancelScope| {
        assert!(peek(&mut outwards).await.is_pending());
        assert!(peek(&mut inwards).await.is_pending());
        s.cancel();
        gate.open();
        let _ = peek(&mut inwards).await;
        forever().await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
    let value = poll_fn(|cx| context::leave(|| outwards.as_mut().poll(cx))).await;
    t.log("main", value);
}

/// A group moves with its children: they hear of the new place's cancel, and not of the old one's.
pub async fn c115_a_group_moves_with_its_children(t: Trace) {
    let (gate, asked, seen) = (Gate::new(), Gate::new(), Gate::new());
    let (trace, go, told, answered) = (t.clone(), gate.clone(), asked.clone(), seen.clone());
    let mut moved: BoxFuture = Box::pin(task_group(async move |tg: TaskGroup| {
        tg.spawn(shield(async move {
            go.wait().await;
        }));
        tg.spawn(async move {
            told.wait().await;
            trace.log("child", is_cancelled());
            answered.open();
            let _end = crate::tools::OnDrop::new(&trace, "child", "dropped");
            forever().await;
        });
    }));
    let handle = scope(async |s| {
        assert!(peek(&mut moved).await.is_pending());
        s
    })
    .await
    .unwrap();
    let outcome = scope(async |s: CancelScope| {
        assert!(peek(&mut moved).await.is_pending());
        handle.cancel();
        asked.open();
        seen.wait().await;
        s.cancel();
        gate.open();
        moved.await;
        yield_now().await;
        t.log("main", "went-on");
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// A deadline that has begun goes on in the new place, and reports there.
pub async fn c116_a_deadline_moves_along(t: Trace) {
    let mut moved = Box::pin(fail_after(Duration::from_millis(5), forever()));
    let first = scope(async |s| {
        assert!(peek(&mut moved).await.is_pending());
        s.cancel();
        forever().await;
    })
    .await;
    t.log("first", format!("{:?}", first.unwrap_err().reason()));
    let second = scope(async |_s| moved.await).await.unwrap();
    t.log("second", format!("{:?}", second.unwrap_err().reason()));
}

/// A call to a worker thread that began elsewhere is waited for in the new place only.
pub async fn c117_a_running_function_holds_where_it_is_awaited(t: Trace) {
    let (running, end) = (Gate::new(), Gate::new());
    let (begun, go) = (running.clone(), end.clone());
    let mut call = Box::pin(to_thread(move || {
        begun.open();
        go.wait_blocking();
        7
    }));
    assert!(peek(&mut call).await.is_pending());
    let outcome = scope(async |s| {
        let mut call = Box::pin(async { call.as_mut().await });
        poll_fn(|cx| {
            let polled = call.as_mut().poll(cx);
            if polled.is_pending() && !running.is_open() {
                // The first polls find a token and a worker.
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Poll::Ready(())
        })
        .await;
        s.cancel();
        end.open();
        let value = call.await;
        t.log("body", value);
        yield_now().await;
        t.log("body", "went-on");
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// From one run into the next: the shutdown of the first is left behind.
pub fn c118_a_future_moves_into_another_run(rig: &Rig, t: &Trace) {
    let gate = Gate::new();
    let mut moved = begun(t, &gate);
    let moved = rig
        .run(async move {
            assert!(peek(&mut moved).await.is_pending());
            Some(moved)
        })
        .unwrap()
        .unwrap();
    let value = rig
        .run(async move {
            gate.open();
            moved.await
        })
        .unwrap();
    t.log("main", value);
}
