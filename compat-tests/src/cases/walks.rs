//! What a cancel does on its way down, and what keeps it from arriving.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Wake, Waker},
    time::Duration,
};

use anyrt::{
    cancel::{cancelled, fail_at, is_cancelled, move_on_at},
    scope,
    sync::Mutex,
    task::TaskGroup,
    task_group,
    time::Instant,
    yield_now,
};

use crate::{
    Trace,
    tools::{CountingWaker, forever, until},
};

/// How often a race is run that only some schedules lose.
const ROUNDS: usize = 20;

/// A cancel reaches everybody before anybody hears of it: a child that awaits another one is dropped there.
pub async fn c600_nobody_runs_on_in_a_cancelled_group(t: Trace) {
    for _ in 0..ROUNDS {
        task_group(async |tg: TaskGroup| {
            let begun = Arc::new(AtomicUsize::new(0));
            let sleeper = || {
                let begun = Arc::clone(&begun);
                async move {
                    begun.fetch_add(1, SeqCst);
                    forever().await;
                }
            };
            let first = tg.spawn(sleeper());
            for _ in 0..9 {
                tg.spawn(sleeper());
            }
            let (awaiting, t) = (Arc::clone(&begun), t.clone());
            tg.spawn(async move {
                awaiting.fetch_add(1, SeqCst);
                let heard = first.await;
                t.log("awaiter", format!("{heard:?} {}", is_cancelled()));
            });
            until(|| begun.load(SeqCst) == 11).await;
            tg.cancel();
        })
        .await;
    }
    t.log("main", "returned");
}

/// Panics when it is woken.
struct Panics;

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        panic!("of the waker");
    }
}

/// A waker that panics harms neither the one who cancels nor the others that are to be woken.
pub async fn c601_a_waker_that_panics_harms_nobody(t: Trace) {
    let outcome = scope(async |s| {
        let mut watches = [Box::pin(cancelled()), Box::pin(cancelled())];
        let wakers = [Waker::from(Arc::new(Panics)), Waker::from(Arc::new(Panics))];
        for (watch, waker) in watches.iter_mut().zip(&wakers) {
            let polled = watch.as_mut().poll(&mut Context::from_waker(waker));
            assert!(polled.is_pending());
        }
        let counting = CountingWaker::new();
        let mut watch = Box::pin(cancelled());
        let waker = Waker::from(Arc::clone(&counting));
        assert!(
            watch
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
        );
        s.cancel();
        t.log("wakes", counting.wakes());
        t.log("body", "goes-on");
        yield_now().await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// Of two scopes of a task that end at one instant the inner one reports, also where a loop lets no timer be polled.
pub async fn c620_of_one_instant_the_inner_scope_reports(t: Trace) {
    for busy in [false, true] {
        let at = Instant::now() + Duration::from_millis(20);
        let outer = fail_at(at, async {
            let lock = Mutex::new(());
            // A handle makes a node, which is what a busy loop looks at.
            let inner = move_on_at(at, async {
                scope(async |_| {
                    if !busy {
                        forever().await;
                    }
                    loop {
                        drop(lock.lock().await);
                    }
                })
                .await
            });
            t.log("inner", inner.await.is_none());
        });
        t.log("outer", outer.await.is_ok());
    }
}
