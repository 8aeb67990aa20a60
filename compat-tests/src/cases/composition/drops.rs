//! Futures that are dropped, or cancelled, where they suspend: at the first point, at the second, at each.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::Poll,
    time::Duration,
};

use anyrt::{
    cancel::CancelScope,
    fail_after, scope, shield, sleep,
    sync::CapacityLimiter,
    task::{FirstError, TaskGroup, TryTaskGroup},
    task_group, to_thread, try_task_group, yield_now,
};

use super::operations::OPERATIONS;
use crate::{
    BoxFuture, Trace,
    leftovers::Baseline,
    tools::{Gate, both, forever, peek, until},
};

/// Polls the future until it has suspended so often; `false` if it ended before.
async fn suspends(future: &mut Pin<Box<dyn Future<Output = ()> + Send>>, times: usize) -> bool {
    let mut suspended = 0;
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(()) => Poll::Ready(false),
        Poll::Pending => {
            suspended += 1;
            if suspended == times {
                Poll::Ready(true)
            } else {
                Poll::Pending
            }
        }
    })
    .await
}

/// Drops a future at its first suspension, another one at its second, and so on until one ends before.
/// After each nothing may be left. Returns how many were dropped.
async fn drop_everywhere(make: impl Fn() -> BoxFuture) -> usize {
    let before = Baseline::take();
    let mut dropped = 0;
    loop {
        let mut future = make();
        let suspended = suspends(&mut future, dropped + 1).await;
        drop(future);
        before.check().await;
        if !suspended {
            return dropped;
        }
        dropped += 1;
    }
}

/// The same with a scope that is cancelled there.
async fn cancel_everywhere(make: impl Fn() -> BoxFuture) -> usize {
    let before = Baseline::take();
    let mut cancelled = 0;
    loop {
        let mut future = make();
        let suspended = scope(async move |s| {
            let suspended = suspends(&mut future, cancelled + 1).await;
            if suspended {
                s.cancel();
                future.await;
            }
            suspended
        })
        .await;
        before.check().await;
        if suspended == Ok(false) {
            return cancelled;
        }
        cancelled += 1;
    }
}

/// Whatever is dropped, and wherever: tasks, timers, holds, jobs and tokens go with it.
pub async fn c301_an_operation_can_be_dropped_anywhere(t: Trace) {
    for (name, make) in OPERATIONS {
        assert!(drop_everywhere(make).await > 0, "{name} never suspended");
        t.log("dropped", name);
    }
}

/// The same in a scope, under a deadline, in a shield, and in a group with a child.
pub async fn c302_so_can_what_is_around_it(t: Trace) {
    for (name, make) in OPERATIONS {
        let long = Duration::from_secs(3600);
        let around: [&(dyn Fn() -> BoxFuture + Sync); 4] = [
            &|| Box::pin(async { scope(|_| make()).await.unwrap() }),
            &|| Box::pin(async move { fail_after(long, make()).await.unwrap() }),
            &|| Box::pin(shield(make())),
            &|| {
                Box::pin(task_group(async |tg: TaskGroup| {
                    tg.spawn(make());
                    make().await;
                }))
            },
        ];
        for make in around {
            assert!(drop_everywhere(make).await > 0, "{name} never suspended");
        }
        t.log("dropped", name);
    }
}

/// A cancel may come at any suspension as well; the scope ends, and nothing is left.
pub async fn c303_an_operation_can_be_cancelled_anywhere(t: Trace) {
    for (name, make) in OPERATIONS {
        assert!(cancel_everywhere(make).await > 0, "{name} never suspended");
        t.log("cancelled", name);
    }
}

/// A program of groups, scopes, shields and worker threads in each other, dropped at each of its suspensions.
pub async fn t301_a_deep_program_can_be_dropped_anywhere(t: Trace) {
    let ended = Arc::new(AtomicUsize::new(0));
    let counts = ended.clone();
    let dropped = drop_everywhere(move || Box::pin(program(counts.clone()))).await;
    assert!(dropped > 5, "it suspended {dropped} times only");
    // Of all the programs only the last one was let to its end.
    t.log("ended", ended.load(SeqCst));
}

/// The same program, cancelled at each of its suspensions.
pub async fn t302_a_deep_program_can_be_cancelled_anywhere(t: Trace) {
    let ended = Arc::new(AtomicUsize::new(0));
    let counts = ended.clone();
    let cancelled = cancel_everywhere(move || Box::pin(program(counts.clone()))).await;
    assert!(cancelled > 5, "it suspended {cancelled} times only");
    t.log("ended", ended.load(SeqCst) >= 1);
}

/// Leaves a mark if it comes to its end.
async fn program(ended: Arc<AtomicUsize>) {
    let limiter = CapacityLimiter::new(1);
    let outcome = try_task_group(async |outer: TryTaskGroup<&'static str>| {
        for _ in 0..2 {
            let limiter = limiter.clone();
            outer.spawn(async move {
                let inner = task_group(async |inner: TaskGroup| {
                    inner.spawn(async move {
                        let _token = limiter.acquire().await;
                        shield(to_thread(|| ())).await;
                    });
                    scope(async |s| {
                        both(shield(yield_now()), async { s.cancel() }).await;
                        forever().await;
                    })
                    .await
                });
                assert!(inner.await.is_err());
                Ok(())
            });
        }
        let timed = fail_after(Duration::from_secs(3600), async {
            for _ in 0..5 {
                yield_now().await;
                to_thread(|| ()).await;
            }
            shield(sleep(Duration::from_millis(1))).await;
        });
        timed.await.map_err(|_| "timed-out")
    });
    outcome.await.first_err().unwrap();
    ended.fetch_add(1, SeqCst);
}

/// A body that is cancelled together with a child is dropped, and does not take the child's end for news; one that
/// something holds hears of it.
pub async fn t303_a_cancelled_body_does_not_hear_of_its_children(t: Trace) {
    for which in ["bare", "shielded", "held"] {
        let handles: Arc<Mutex<Option<(CancelScope, TaskGroup)>>> = Arc::default();
        let (handed, trace) = (handles.clone(), t.clone());
        let mut outer = Box::pin(scope(async move |s| {
            task_group(async move |tg: TaskGroup| {
                let (child, heard) = (tg.spawn_value(forever()), Gate::new());
                *handed.lock().unwrap() = Some((s, tg));
                let news = async {
                    trace.log(which, format!("{:?}", child.await.unwrap_err()));
                    heard.open();
                };
                match which {
                    "bare" => news.await,
                    "shielded" => shield(news).await,
                    _ => {
                        both(news, shield(heard.wait())).await;
                    }
                }
                forever().await;
            })
            .await;
        }));
        assert!(peek(&mut outer).await.is_pending());
        let (s, tg) = handles.lock().unwrap().take().unwrap();
        s.cancel();
        // The child is gone before the body is polled again.
        until(|| tg.statistics().alive == 0).await;
        t.log(which, format!("{:?}", outer.await.unwrap_err().reason()));
    }
}

/// A wait for a token, dropped wherever it suspends, takes none along.
pub async fn s301_no_token_is_lost_wherever_a_wait_is_dropped(t: Trace) {
    let limiter = CapacityLimiter::new(2);
    let shared = limiter.clone();
    let dropped = drop_everywhere(move || {
        let limiter = shared.clone();
        Box::pin(async move {
            task_group(async |tg: TaskGroup| {
                for _ in 0..4 {
                    let limiter = limiter.clone();
                    tg.spawn(async move {
                        let _token = limiter.acquire().await;
                        yield_now().await;
                    });
                }
                yield_now().await;
                let key = limiter.acquire_for("key").await;
                if key.is_ok() {
                    let _ = limiter.release_for("key");
                }
            })
            .await;
        })
    })
    .await;
    assert!(dropped > 0);
    let statistics = limiter.statistics();
    t.log("borrowed", statistics.borrowed);
    t.log("waiting", statistics.waiting);
}
