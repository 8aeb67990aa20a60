//! Workers that wait lend their tokens on.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use anyrt::{
    scope,
    sync::CapacityLimiter,
    task::{OwnedTaskGroup, TaskGroup},
    task_group,
    thread::{Portal, default_thread_limiter, from_thread, portal},
    to_thread, yield_now,
};

use crate::{
    Trace,
    tools::{Gate, both, peek, until},
};

/// As many functions as there are tokens, each of which waits for a call of its own: all of them end.
pub async fn h710_nested_calls_do_not_use_up_the_limiter(t: Trace) {
    let calls = default_thread_limiter().total_tokens().unwrap();
    let sum = Arc::new(AtomicUsize::new(0));
    task_group(async |tg: TaskGroup| {
        for _ in 0..calls {
            let sum = sum.clone();
            tg.spawn(async move {
                let nested = to_thread(|| from_thread::run(async { to_thread(|| 5).await }));
                sum.fetch_add(nested.await.unwrap(), SeqCst);
            });
        }
    })
    .await;
    t.log("main", sum.load(SeqCst));
    // What was lent counts once, with the token that it is of.
    let peak = default_thread_limiter().statistics().peak;
    t.log("main", if peak <= calls { "bounded" } else { "too-many" });
}

/// A call, in what a function on a worker thread waits for, and so on, so deep.
fn nest(limiter: CapacityLimiter, depth: usize) -> usize {
    if depth == 0 {
        return limiter.statistics().borrowed;
    }
    let (again, of) = (limiter.clone(), limiter);
    let call = async move { to_thread(move || nest(again, depth - 1)).limiter(&of).await };
    from_thread::run(call).unwrap()
}

/// What was lent is lent on, at any depth, and counts once.
pub async fn h711_what_was_lent_is_lent_on(t: Trace) {
    let limiter = CapacityLimiter::new(1);
    let inner = limiter.clone();
    let borrowed = to_thread(move || nest(inner, 6)).limiter(&limiter).await;
    t.log("borrowed", borrowed);
    t.log("borrowed", limiter.statistics().borrowed);
    t.log("peak", limiter.statistics().peak);
}

/// What a token is lent to is one at a time, also of tasks that the future has started, wherever they belong to.
pub async fn h712_one_at_a_time_of_what_the_future_starts(t: Trace) {
    let limiter = CapacityLimiter::new(1);
    let inner = limiter.clone();
    let (now, peak) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let most = peak.clone();
    let ran = to_thread(move || {
        from_thread::run(async move {
            let call = || {
                let (now, peak) = (now.clone(), peak.clone());
                let call = to_thread(move || {
                    peak.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
                    std::thread::yield_now();
                    now.fetch_sub(1, SeqCst);
                    1
                });
                call.limiter(&inner)
            };
            let (owned, apart) = (OwnedTaskGroup::new(), call());
            let apart = owned.spawn_value(apart);
            let (here, child) = task_group(async |tg: TaskGroup| {
                let child = tg.spawn_value(call());
                (both(call(), call()).await, child.await.unwrap())
            })
            .await;
            let apart = apart.await.unwrap();
            here.0 + here.1 + child + apart
        })
    });
    t.log("ran", ran.limiter(&limiter).await.unwrap());
    t.log("at-once", most.load(SeqCst));
    t.log("tokens", limiter.statistics().peak);
}

/// One that waits while what was lent is out takes a token, if that comes first.
pub async fn h713_whichever_comes_first(t: Trace) {
    let limiter = CapacityLimiter::new(1);
    let (inner, trace) = (limiter.clone(), t.clone());
    let call = to_thread(move || {
        from_thread::run(async move {
            let (begun, end) = (Gate::new(), Gate::new());
            let (tell, wait) = (begun.clone(), end.clone());
            let first = to_thread(move || {
                from_thread::run(async move {
                    tell.open();
                    wait.wait().await;
                })
            });
            let (first, of) = (first.limiter(&inner), inner.clone());
            let second = async move {
                begun.wait().await;
                let mut second = Box::pin(to_thread(|| "token".to_owned()).limiter(&of));
                let waits = peek(&mut second).await.is_pending();
                let waiting = of.statistics().waiting;
                trace.log("second", format!("{waits}-{waiting}"));
                of.set_total_tokens(2);
                trace.log("second", second.await);
                end.open();
            };
            both(first, second).await.0.unwrap();
        })
    });
    call.limiter(&limiter).await.unwrap();
    t.log("borrowed", limiter.statistics().borrowed);
}

/// A total that is lowered to nothing takes neither the token away nor what is lent of it.
pub async fn h714_a_lowered_total_revokes_nothing(t: Trace) {
    let limiter = CapacityLimiter::new(1);
    let inner = limiter.clone();
    let call = to_thread(move || {
        from_thread::run(async move {
            inner.set_total_tokens(0);
            to_thread(|| "ran").limiter(&inner).await
        })
    });
    t.log("nested", call.limiter(&limiter).await.unwrap());
    t.log("borrowed", limiter.statistics().borrowed);
}

/// An abandoned function that still has what was lent when `run` returns keeps a token above the total, and nobody waits
/// for it.
pub async fn h715_an_abandoned_function_keeps_a_token_above_the_total(t: Trace) {
    let limiter = CapacityLimiter::new(1);
    let (inner, trace, release) = (limiter.clone(), t.clone(), Gate::new());
    let wait = release.clone();
    let call = to_thread(move || {
        let of = inner.clone();
        let ended = from_thread::run(async move {
            let begun = Gate::new();
            let tell = begun.clone();
            let call = to_thread(move || {
                tell.open();
                wait.wait_blocking();
            });
            let abandoned = scope(async |s| {
                both(call.limiter(&of).abandon_on_cancel(), async {
                    begun.wait().await;
                    s.cancel();
                })
                .await;
            })
            .await;
            abandoned.is_err()
        });
        trace.log("run", ended.unwrap());
        trace.log("borrowed", inner.statistics().borrowed);
    });
    call.limiter(&limiter).await;
    t.log("borrowed", limiter.statistics().borrowed);
    t.log("free", limiter.try_acquire().is_ok());
    release.open();
    until(|| limiter.statistics().borrowed == 0).await;
    t.log("free", limiter.try_acquire().is_ok());
}

/// A call through a portal blocks its thread, and lends nothing.
pub async fn h716_a_portals_call_lends_nothing(t: Trace) {
    let limiter = CapacityLimiter::new(1);
    portal(async |portal: Portal| {
        let inner = limiter.clone();
        let call = to_thread(move || {
            portal.call(async move {
                let mut nested = Box::pin(to_thread(|| ()).limiter(&inner));
                yield_now().await;
                let pending = peek(&mut nested).await.is_pending();
                (pending, inner.statistics().waiting)
            })
        });
        let (pending, waiting) = call.limiter(&limiter).await.unwrap();
        t.log("nested", if pending { "waits" } else { "ran" });
        t.log("nested", waiting);
    })
    .await;
}

/// A call finds what is lent of its limiter also where another limiter is in between.
pub async fn h717_another_limiter_in_between(t: Trace) {
    let (outer, between) = (CapacityLimiter::new(1), CapacityLimiter::new(1));
    let (of, middle) = (outer.clone(), between.clone());
    let call = to_thread(move || {
        from_thread::run(async move {
            let call = to_thread(move || {
                from_thread::run(async move { to_thread(|| "ran").limiter(&of).await })
            });
            call.limiter(&middle).await
        })
    });
    let value = call.limiter(&outer).await;
    t.log("nested", value.unwrap().unwrap());
    t.log(
        "borrowed",
        outer.statistics().borrowed + between.statistics().borrowed,
    );
}
