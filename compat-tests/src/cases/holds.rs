//! What a cancelled scope waits for ends without being polled, or is named.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Waker},
    thread,
    time::Duration,
};

use anyrt::{
    cancel::CancelScope,
    debug::{counts, overdue, task_tree},
    fail_after, scope, shield, sleep,
    task::{Ready, TaskGroup},
    task_group, to_thread,
};
use futures::{StreamExt, stream};

use crate::{
    Trace,
    tools::{CountingWaker, Gate, both, forever, peek, until},
};

const SOON: Duration = Duration::from_millis(50);

/// What a deadline made of a body that never ends.
async fn timed(body: impl Future<Output = ()>) -> &'static str {
    match fail_after(SOON, body).await {
        Ok(()) => "completed",
        Err(_) => "TimedOut",
    }
}

/// A stream that polls calls only while somebody asks it for the next value: the others end by themselves.
pub async fn c660_calls_that_nobody_polls_hold_no_longer_than_they_run(t: Trace) {
    let calls = async {
        let mut calls = stream::iter(0..8)
            .map(|number| to_thread(move || number))
            .buffer_unordered(4);
        while calls.next().await.is_some() {
            forever().await;
        }
    };
    t.log("stream", timed(calls).await);
    let parked = async {
        let mut call = Box::pin(to_thread(|| ()));
        let _ = peek(&mut call).await;
        forever().await;
    };
    t.log("parked", timed(parked).await);
}

/// A function that returns long after the deadline is waited for, by nobody who polls its call.
pub async fn h667_a_call_that_nobody_polls_holds_until_its_function_returns(t: Trace) {
    let (end, begun) = (Gate::new(), Gate::new());
    let ended = task_group(async |tg: TaskGroup| {
        let (ends, begins) = (end.clone(), begun.clone());
        let body = async move {
            let mut call = Box::pin(to_thread(move || {
                begins.open();
                ends.wait_blocking();
            }));
            assert!(peek(&mut call).await.is_pending());
            forever().await;
        };
        let (t, ends) = (t.clone(), end.clone());
        tg.spawn(async move {
            begun.wait().await;
            sleep(4 * SOON).await;
            t.log("function", "runs");
            ends.open();
        });
        timed(body).await
    });
    t.log("function", ended.await);
}

/// A group that was polled once and put aside ends with its last member.
pub async fn c661_a_group_without_a_member_holds_nothing(t: Trace) {
    let gate = Gate::new();
    let body = async {
        let waits = gate.clone();
        let mut group = Box::pin(task_group(async move |tg: TaskGroup| {
            tg.spawn(async move { waits.wait().await });
        }));
        assert!(peek(&mut group).await.is_pending());
        gate.open();
        forever().await;
    };
    t.log("parked", timed(body).await);
    // In a shield, which the cancel does not pass: the member ends long after the deadline.
    let (gate, held) = (Gate::new(), Gate::new());
    let outcome = task_group(async |tg: TaskGroup| {
        let (opens, waits) = (gate.clone(), held.clone());
        tg.spawn(async move {
            waits.wait().await;
            sleep(4 * SOON).await;
            opens.open();
        });
        let body = async {
            let (ends, holds) = (gate.clone(), held.clone());
            let mut group = Box::pin(task_group(async move |tg: TaskGroup| {
                tg.spawn(shield(async move {
                    holds.open();
                    ends.wait().await;
                }));
            }));
            assert!(peek(&mut group).await.is_pending());
            forever().await;
        };
        timed(body).await
    });
    t.log("shielded-member", outcome.await);
}

/// The last child closes the group when it goes: what is spawned later never starts.
pub async fn t662_the_last_child_closes_its_group(t: Trace) {
    let (gate, kept) = (Gate::new(), Arc::new(Mutex::new(None)));
    let (waits, keeps) = (gate.clone(), kept.clone());
    let mut group = Box::pin(task_group(async move |tg: TaskGroup| {
        let child = tg.spawn(async move { waits.wait().await });
        *keeps.lock().unwrap() = Some((tg.clone(), child));
    }));
    assert!(peek(&mut group).await.is_pending());
    let (tg, child) = kept.lock().unwrap().take().expect("the body has run");
    gate.open();
    child.await.unwrap();
    // It leaves the group a moment after its handle has told.
    until(|| tg.statistics().alive == 0).await;
    let polled = Gate::new();
    let late = polled.clone();
    let refused = tg.spawn(async move { late.open() }).await.is_err();
    t.log("late", if refused { "refused" } else { "ran" });
    t.log("polled", polled.is_open());
    group.await;
}

/// A start that was polled once and put aside holds until it has its answer.
pub async fn t663_a_start_with_its_answer_holds_nothing(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let (gate, ready) = (Gate::new(), Gate::new());
        let body = async {
            let (waits, says) = (gate.clone(), ready.clone());
            let mut start = Box::pin(tg.start(async move |ready: Ready<()>| {
                waits.wait().await;
                ready.set(());
                says.open();
            }));
            assert!(peek(&mut start).await.is_pending());
            gate.open();
            ready.wait().await;
            forever().await;
        };
        t.log("parked", timed(body).await);
    })
    .await;
}

/// A function that returns after its call was polled, and before the scope looks, has its value taken.
pub async fn h664_a_value_that_comes_between_poll_and_look_is_taken(t: Trace) {
    let before = counts().unwrap().holds;
    let (end, begun) = (Gate::new(), Gate::new());
    let outcome = scope(async |s: CancelScope| {
        let (ends, begins) = (end.clone(), begun.clone());
        let call = async {
            let value = to_thread(move || {
                begins.open();
                ends.wait_blocking();
                7
            })
            .await;
            t.log("value", value);
            forever().await;
        };
        let lets_go = async {
            begun.wait().await;
            // From here on in one poll, after that of the call.
            s.cancel();
            end.open();
            while counts().unwrap().holds > before {
                thread::yield_now();
            }
            forever().await;
        };
        both(call, lets_go).await;
    });
    t.log("main", format!("{:?}", outcome.await.unwrap_err().reason()));
}

/// A shield that a cancel has woken, and that nobody has polled in the second since then, is marked; one that is polled is not.
pub async fn c665_what_is_not_polled_since_the_cancel_is_marked(t: Trace) {
    let end = Gate::new();
    let words = || {
        let scopes = overdue().unwrap();
        let holders = scopes.iter().flat_map(|scope| &scope.holders);
        let mut words: Vec<_> = holders
            .map(|holder| {
                assert!(holder.place.file().ends_with("holds.rs"), "{holder}");
                let marked = holder
                    .to_string()
                    .ends_with(", not polled since the cancel");
                assert_eq!(marked, holder.not_polled);
                if marked { "marked" } else { "plain" }
            })
            .collect();
        words.sort_unstable();
        words
    };
    let in_the_tree = || {
        let tree = task_tree().unwrap();
        let holders = tree.iter().flat_map(|entry| &entry.holders);
        let marked = holders.filter(|holder| holder.not_polled).count();
        assert_eq!(tree.to_string().contains("not polled since"), marked > 0);
        marked
    };
    task_group(async |tg: TaskGroup| {
        let (ends, cancelled) = (end.clone(), Gate::new());
        let opens = cancelled.clone();
        tg.spawn(async move {
            let outcome = scope(async |s: CancelScope| {
                let mut parked = Box::pin(shield(forever()));
                assert!(peek(&mut parked).await.is_pending());
                s.cancel();
                opens.open();
                shield(ends.wait()).await;
                drop(parked);
            });
            // It completes, as nothing in it suspends any more.
            assert!(outcome.await.is_ok());
        });
        cancelled.wait().await;
        t.log("at-once", words().contains(&"marked"));
        sleep(Duration::from_millis(1100)).await;
        t.log("after-a-second", words().join(" "));
        t.log("in-the-tree", in_the_tree());
        end.open();
    })
    .await;
    t.log("after", words().is_empty());
}

/// A cancel wakes every operation that holds below it, as it wakes what suspends.
pub async fn c666_a_cancel_wakes_who_holds(t: Trace) {
    let outcome = scope(async |s: CancelScope| {
        let mut polls = 0;
        let mut shielded = Box::pin(shield(forever()));
        // Polls the shield only when the shield was woken, as a set of futures does.
        let woken = CountingWaker::new();
        let waker = Waker::from(woken.clone());
        let poll = |future: Pin<&mut dyn Future<Output = ()>>| {
            future.poll(&mut Context::from_waker(&waker)).is_pending()
        };
        assert!(poll(shielded.as_mut()));
        let before = woken.wakes();
        s.cancel();
        if woken.wakes() > before {
            polls += 1;
            assert!(poll(shielded.as_mut()));
        }
        t.log("shield", if polls == 1 { "woken" } else { "asleep" });
        drop(shielded);
        forever().await;
    });
    t.log("main", format!("{:?}", outcome.await.unwrap_err().reason()));
}
