//! Barriers, values made once, and resources with one user.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use anyrt::{
    scope,
    sync::{Barrier, OnceCell, ResourceGuard},
    task::TaskGroup,
    task_group, yield_now,
};

use crate::{
    Trace,
    tools::{forever, peek},
};

/// All meet, and one of them leads; then it can be used again.
pub async fn s130_all_meet_and_one_leads(t: Trace) {
    let (barrier, leaders) = (Arc::new(Barrier::new(3)), Arc::new(AtomicUsize::new(0)));
    task_group(async |tg: TaskGroup| {
        for _ in 0..3 {
            let (barrier, leaders) = (barrier.clone(), leaders.clone());
            tg.spawn(async move {
                for _ in 0..5 {
                    if barrier.wait().await.is_leader() {
                        leaders.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    })
    .await;
    t.log("leaders", leaders.load(Ordering::Relaxed));
    t.log("waiting", barrier.statistics().waiting);
}

/// One that gives up does not count.
pub async fn s131_one_that_gives_up_does_not_count(t: Trace) {
    let barrier = Barrier::new(2);
    let mut gone = Box::pin(barrier.wait());
    assert!(peek(&mut gone).await.is_pending());
    drop(gone);
    let mut one = Box::pin(barrier.wait());
    t.log("one", peek(&mut one).await.is_ready());
    let leader = barrier.wait().await.is_leader();
    t.log("two", leader);
    t.log("one", one.await.is_leader());
}

/// A value is made once, whoever asks.
pub async fn s132_a_value_is_made_once(t: Trace) {
    let (cell, made) = (Arc::new(OnceCell::new()), Arc::new(AtomicUsize::new(0)));
    task_group(async |tg: TaskGroup| {
        for number in 0..5 {
            let (cell, made) = (cell.clone(), made.clone());
            tg.spawn(async move {
                cell.get_or_init(|| async {
                    made.fetch_add(1, Ordering::Relaxed);
                    yield_now().await;
                    number
                })
                .await;
            });
        }
    })
    .await;
    t.log("made", made.load(Ordering::Relaxed));
    t.log("there", cell.get().is_some() && cell.set(9).is_err());
}

/// Whoever fails, or is cancelled, while making it leaves it to the next.
pub async fn s133_the_next_one_makes_it(t: Trace) {
    let cell = OnceCell::new();
    let failed = cell.get_or_try_init(|| async { Err("no") }).await;
    t.log("failed", failed.unwrap_err());
    let outcome = scope(async |s| {
        cell.get_or_init(|| async {
            s.cancel();
            forever().await;
            1
        })
        .await;
    })
    .await;
    t.log("cancelled", outcome.is_err());
    t.log("made", cell.get_or_init(|| async { 2 }).await);
}

/// A second user is refused, until the first has gone, however. Catalogue G.109.
pub async fn s134_a_second_user_is_refused(t: Trace) {
    let reading = ResourceGuard::new("reading from");
    let first = reading.enter().unwrap();
    let text = reading.enter().unwrap_err().to_string();
    let says = text.contains("already reading from");
    t.log("second", if says { "reading-from" } else { "another" });
    drop(first);
    let outcome = scope(async |s| {
        let _first = reading.enter().unwrap();
        s.cancel();
        forever().await;
    })
    .await;
    t.log("cancelled", outcome.is_err());
    t.log("third", reading.enter().is_ok());
}
