//! The limiter: one token a borrower, first come first served.

use std::time::Duration;

use anyrt::{
    move_on_after, scope,
    sync::{AcquireError, Borrower, CapacityLimiter},
    task::TaskGroup,
    task_group, yield_now,
};

use crate::{
    Trace,
    rig::Rig,
    tools::{Gate, forever, peek},
};

/// `available/borrowed/waiting`.
fn state(limiter: &CapacityLimiter) -> String {
    let now = limiter.statistics();
    let available = limiter
        .available_tokens()
        .map_or("-".into(), |n| n.to_string());
    format!("{available}/{}/{}", now.borrowed, now.waiting)
}

/// Borrowing and giving back show in the numbers. Catalogue H.110.
pub async fn s001_borrowing_counts(t: Trace) {
    let limiter = CapacityLimiter::new(2);
    t.log("limiter", state(&limiter));
    let token = limiter.acquire().await;
    t.log("limiter", state(&limiter));
    limiter.acquire_for("key").await.unwrap();
    t.log("limiter", state(&limiter));
    drop(token);
    limiter.release_for("key").unwrap();
    t.log("limiter", state(&limiter));
    t.log("peak", limiter.statistics().peak);
}

/// A key has at most one token, and only who has one gives it back. Catalogue H.111.
pub async fn s002_a_key_has_at_most_one_token(t: Trace) {
    let limiter = CapacityLimiter::new(5);
    limiter.acquire_for("key").await.unwrap();
    t.log("key", limiter.acquire_for("key").await.is_err());
    let again = limiter.try_acquire_for("key");
    t.log(
        "key",
        matches!(again, Err(AcquireError::AlreadyBorrowed(_))),
    );
    t.log("other", limiter.release_for("other").is_err());
    t.log("other", limiter.acquire_for("other").await.is_ok());
    let borrowers = ["key", "other"].map(Borrower::from);
    t.log("listed", limiter.statistics().borrowers == borrowers);
    limiter.release_for("key").unwrap();
    t.log("key", limiter.release_for("key").is_err());
    t.log("limiter", state(&limiter));
}

/// Whoever waits is served in the order of arrival. Catalogue H.112.
pub async fn s003_waiters_are_served_in_order(t: Trace) {
    let limiter = CapacityLimiter::new(1);
    let first = limiter.try_acquire().unwrap();
    let mut waiting: Vec<_> = (0..3).map(|_| Box::pin(limiter.acquire())).collect();
    for waiter in &mut waiting {
        assert!(peek(waiter).await.is_pending());
    }
    drop(first);
    for number in 0..3 {
        // Only the first of those that are left has been granted.
        for late in waiting.iter_mut().skip(1) {
            assert!(peek(late).await.is_pending());
        }
        drop(waiting.remove(0).await);
        t.log("served", number);
    }
}

/// Raising the total serves exactly as many as were added, in order. Catalogue H.113.
pub async fn s004_raising_serves_exactly_so_many(t: Trace) {
    let limiter = CapacityLimiter::new(2);
    let mut waiting: Vec<_> = (0..5).map(|_| Box::pin(limiter.acquire())).collect();
    let mut tokens = Vec::new();
    for waiter in &mut waiting {
        if let std::task::Poll::Ready(token) = peek(waiter).await {
            tokens.push(token);
        }
    }
    t.log("limiter", state(&limiter));
    limiter.set_total_tokens(4);
    t.log("limiter", state(&limiter));
    for number in [2, 3] {
        tokens.push(waiting[number].as_mut().await);
    }
    t.log(
        "last",
        if peek(&mut waiting[4]).await.is_pending() {
            "waits"
        } else {
            "served"
        },
    );
}

/// Lowering the total revokes nothing, and lets nobody in until enough came back. Catalogue H.114.
pub async fn s005_lowering_revokes_nothing(t: Trace) {
    let limiter = CapacityLimiter::new(4);
    let mut tokens: Vec<_> = (0..4).map(|_| limiter.try_acquire().unwrap()).collect();
    let mut waiter = Box::pin(limiter.acquire());
    assert!(peek(&mut waiter).await.is_pending());
    limiter.set_total_tokens(1);
    t.log("limiter", state(&limiter));
    while let Some(token) = tokens.pop() {
        drop(token);
        t.log("limiter", state(&limiter));
    }
    drop(waiter.await);
    t.log("limiter", state(&limiter));
}

/// Nobody gets in at zero; raised to one, exactly one does. No total lets everybody in. Catalogue H.116.
pub async fn s006_zero_and_unbounded_are_legal(t: Trace) {
    let limiter = CapacityLimiter::new(0);
    let mut waiting = [Box::pin(limiter.acquire()), Box::pin(limiter.acquire())];
    for waiter in &mut waiting {
        assert!(peek(waiter).await.is_pending());
    }
    limiter.set_total_tokens(1);
    t.log("limiter", state(&limiter));
    let token = waiting[0].as_mut().await;
    limiter.set_total_tokens(0);
    drop(token);
    t.log("limiter", state(&limiter));
    limiter.set_total_tokens(None);
    drop(waiting[1].as_mut().await);
    t.log("unbounded", state(&CapacityLimiter::unbounded()));
}

/// A token that comes back belongs to who waits; an attempt in between fails. Catalogue F.95.
pub async fn s007_a_returned_token_belongs_to_the_waiter(t: Trace) {
    let limiter = CapacityLimiter::new(1);
    let token = limiter.try_acquire().unwrap();
    let mut waiter = Box::pin(limiter.acquire());
    assert!(peek(&mut waiter).await.is_pending());
    drop(token);
    t.log(
        "third",
        if limiter.try_acquire().is_err() {
            "would-block"
        } else {
            "served"
        },
    );
    drop(waiter.await);
    t.log(
        "third",
        if limiter.try_acquire().is_err() {
            "would-block"
        } else {
            "served"
        },
    );
}

/// A waiter that is dropped leaves no trace. Catalogue M.163.
pub async fn s008_a_dropped_waiter_leaves_no_trace(t: Trace) {
    let limiter = CapacityLimiter::new(1);
    let token = limiter.try_acquire().unwrap();
    let (mut first, mut second) = (Box::pin(limiter.acquire()), Box::pin(limiter.acquire()));
    assert!(peek(&mut first).await.is_pending() && peek(&mut second).await.is_pending());
    drop(first);
    t.log("limiter", state(&limiter));
    drop(token);
    drop(second.await);
    t.log("limiter", state(&limiter));
}

/// A waiter that is dropped after it was served, and before it knew, passes the token on. Catalogue M.164.
pub async fn s009_a_granted_token_is_passed_on(t: Trace) {
    let limiter = CapacityLimiter::new(1);
    for _ in 0..2 {
        let token = limiter.try_acquire().unwrap();
        let (mut first, mut second) = (Box::pin(limiter.acquire()), Box::pin(limiter.acquire()));
        assert!(peek(&mut first).await.is_pending() && peek(&mut second).await.is_pending());
        drop(token);
        drop(first);
        drop(second.await);
        t.log("limiter", state(&limiter));
    }
}

/// A cancelled wait borrows nothing, for a guard and for a key. Catalogue F.96, H.120.
pub async fn s010_a_cancelled_wait_borrows_nothing(t: Trace) {
    let limiter = CapacityLimiter::new(1);
    let token = limiter.try_acquire().unwrap();
    let brief = Duration::from_millis(5);
    t.log(
        "guard",
        move_on_after(brief, limiter.acquire()).await.is_none(),
    );
    t.log(
        "key",
        move_on_after(brief, limiter.acquire_for("key"))
            .await
            .is_none(),
    );
    t.log("limiter", state(&limiter));
    drop(token);
    t.log("limiter", state(&limiter));
    t.log("key", limiter.try_acquire_for("key").is_ok());
}

/// Never more at once than the total, however many want to. Catalogue F.92.
pub async fn s011_never_more_than_the_total(t: Trace) {
    let limiter = CapacityLimiter::new(3);
    task_group(async |tg: TaskGroup| {
        for _ in 0..20 {
            let limiter = limiter.clone();
            tg.spawn(async move {
                for _ in 0..5 {
                    let _token = limiter.acquire().await;
                    yield_now().await;
                }
            });
        }
    })
    .await;
    let peak = limiter.statistics().peak;
    t.log("peak", if peak <= 3 { "within" } else { "above" });
    t.log("limiter", state(&limiter));
}

/// A task that ends, is cancelled or panics gives its token back. Catalogue F.101.
pub async fn s012_a_token_comes_back_with_its_task(t: Trace) {
    let limiter = CapacityLimiter::new(1);
    let outcome = scope(async |s| {
        let _token = limiter.acquire().await;
        s.cancel();
        forever().await;
    })
    .await;
    t.log(
        "cancelled",
        format!("{}-{}", outcome.is_err(), state(&limiter)),
    );
    let held = limiter.clone();
    let outcome = crate::tools::caught(task_group(async |tg: TaskGroup| {
        tg.spawn(async move {
            let _token = held.acquire().await;
            panic!("on-purpose");
        });
    }))
    .await;
    t.log(
        "panicked",
        format!("{}-{}", outcome.is_err(), state(&limiter)),
    );
}

/// A limiter is usable before there is a runtime, and across several at once. Catalogue F.91.
pub fn s013_a_limiter_belongs_to_no_runtime(rig: &Rig, t: &Trace) {
    let limiter = CapacityLimiter::new(1);
    let token = limiter.try_acquire().unwrap();
    let waiting = Gate::new();
    let (theirs, opened, rig) = (limiter.clone(), waiting.clone(), *rig);
    let other = std::thread::spawn(move || {
        rig.run(async move {
            let mut waiter = Box::pin(theirs.acquire());
            assert!(peek(&mut waiter).await.is_pending());
            opened.open();
            drop(waiter.await);
        })
    });
    rig.run(async move {
        waiting.wait().await;
        drop(token);
    })
    .unwrap();
    other.join().unwrap().unwrap();
    t.log("limiter", state(&limiter));
}
