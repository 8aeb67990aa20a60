//! Many items, a few at a time: `map_concurrent` and its relatives.

use std::{
    future::Future,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    time::Duration,
};

use anyrt::{
    channel::channel,
    gather, move_on_after, scope, shield,
    sync::Barrier,
    task::{
        Errors, TaskGroup, for_each_concurrent, map_concurrent, try_for_each_concurrent,
        try_map_concurrent,
    },
    task_group, yield_now,
};
use futures::stream;

use crate::{
    Trace,
    tools::{Defer, Gate, OnDrop, caught, forever, peek},
};

/// Values come in the order of the items, in whichever order the work ends; from an iterator and from a stream.
pub async fn t270_values_are_in_the_order_of_the_items(t: Trace) {
    for from_stream in [false, true] {
        // Each opens the one before it: they end backwards.
        let gates = [Gate::new(), Gate::new(), Gate::new()];
        gates[2].open();
        let work = async |item: usize| {
            gates[item].wait().await;
            t.log("ended", item);
            if item > 0 {
                gates[item - 1].open();
            }
            10 * item
        };
        let values = if from_stream {
            map_concurrent(stream::iter(0..3), 3, work).await
        } else {
            map_concurrent(0..3, 3, work).await
        };
        assert_eq!(values, [0, 10, 20]);
        t.log("main", values.len());
    }
    let none = map_concurrent(Vec::<u8>::new(), 2, async |item| item).await;
    t.log("main", none.len());
}

/// Polls a run of five items, two at a time, whose first ends, and then all: how many were pulled each time.
async fn pulls<Fut: Future<Output = ()>>(
    run: impl FnOnce(Vec<Gate>) -> Fut,
    pulled: &AtomicUsize,
    log: impl Fn(usize),
) {
    let gates: Vec<_> = (0..5).map(|_| Gate::new()).collect();
    let mut run = Box::pin(run(gates.clone()));
    assert!(peek(&mut run).await.is_pending());
    log(pulled.load(SeqCst));
    gates[0].open();
    assert!(peek(&mut run).await.is_pending());
    log(pulled.load(SeqCst));
    gates.iter().for_each(Gate::open);
    run.await;
    log(pulled.load(SeqCst));
}

/// An item is pulled when there is a place for it, and not before.
pub async fn t271_an_item_is_admitted_before_it_is_started(t: Trace) {
    let pulled = AtomicUsize::new(0);
    let counted = || {
        pulled.store(0, SeqCst);
        (0..5_usize).inspect(|_| {
            pulled.fetch_add(1, SeqCst);
        })
    };
    let run =
        |gates: Vec<Gate>| for_each_concurrent(counted(), 2, move |item: usize| gates[item].wait());
    pulls(run, &pulled, |now| t.log("iterator", now)).await;
    let run = |gates: Vec<Gate>| {
        for_each_concurrent(stream::iter(counted()), 2, move |item: usize| {
            gates[item].wait()
        })
    };
    pulls(run, &pulled, |now| t.log("stream", now)).await;
}

/// A stream that has nothing yet is waited for, and one that has more than there are places feels it.
pub async fn t272_a_stream_feels_the_limit(t: Trace) {
    let (sender, receiver) = channel(0);
    let (begun, release) = (Gate::new(), Gate::new());
    let (sent, sum) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let counts = &sent;
    let send = async move {
        for item in 1..=3 {
            sender.send(item).await.unwrap();
            counts.fetch_add(1, SeqCst);
        }
    };
    let receive = for_each_concurrent(receiver, 1, async |item| {
        begun.open();
        release.wait().await;
        sum.fetch_add(item, SeqCst);
    });
    let watch = async {
        begun.wait().await;
        for _ in 0..10 {
            yield_now().await;
        }
        t.log("sent", sent.load(SeqCst));
        release.open();
    };
    gather((send, receive, watch)).await;
    t.log("sent", sent.load(SeqCst));
    t.log("sum", sum.load(SeqCst));
}

/// Fifty items on tasks of their own: never more than three at once, and all are done.
pub async fn t273_never_more_than_the_limit(t: Trace) {
    let (now, peak) = (AtomicUsize::new(0), AtomicUsize::new(0));
    // The first three meet: a child may have ended before the next item is begun.
    let meeting = Barrier::new(3);
    let sum: usize = task_group(async |tg: TaskGroup| {
        let doubled = map_concurrent(0..50_usize, 3, async |item| {
            peak.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
            if item < 3 {
                meeting.wait().await;
            }
            let child = tg.spawn_value(async move {
                yield_now().await;
                2 * item
            });
            let value = child.await.unwrap();
            now.fetch_sub(1, SeqCst);
            value
        });
        doubled.await.into_iter().sum()
    })
    .await;
    t.log("peak", peak.load(SeqCst));
    t.log("sum", sum);
}

/// The first error cancels the rest, and no item is pulled any more; errors raised meanwhile come second.
pub async fn t274_an_error_ends_the_run(t: Trace) {
    for held in [false, true] {
        let pulled = AtomicUsize::new(0);
        let items = (0..9).inspect(|_| {
            pulled.fetch_add(1, SeqCst);
        });
        let outcome = try_map_concurrent(items, 2, async |item| {
            let _probe = Defer(|| t.log("work", item));
            if item == 0 && held {
                shield(async {
                    yield_now().await;
                    yield_now().await;
                })
                .await;
                return Err("held");
            } else if item == 0 {
                forever().await;
            }
            yield_now().await;
            Err::<(), _>("first")
        })
        .await;
        let errors = outcome.map_err(Errors::into_vec).unwrap_err();
        t.log("main", errors.join("-"));
        t.log("pulled", pulled.load(SeqCst));
    }
    let fine = try_for_each_concurrent(0..3, 2, async |_| Ok::<_, ()>(())).await;
    t.log("main", fine.is_ok());
}

/// A panic of the work cancels the rest, awaits what holds, and resumes; so does one of the source.
pub async fn t275_a_panic_awaits_the_rest(t: Trace) {
    for of_the_source in [false, true] {
        let inside = AtomicBool::new(false);
        let shielded = || of_the_source && inside.load(SeqCst);
        let items = (0..).inspect(|_| assert!(!shielded(), "source"));
        let outcome = caught(for_each_concurrent(items, 2, async |item| {
            if item == 0 {
                shield(async {
                    inside.store(true, SeqCst);
                    yield_now().await;
                    yield_now().await;
                    t.log("order", "shield-done");
                })
                .await;
                forever().await;
            }
            assert!(of_the_source, "work");
        }))
        .await;
        t.log("order", "resumes");
        t.log("main", outcome.unwrap_err());
    }
}

/// A cancel from outside drops the work where it is suspended, and nothing is pulled any more.
pub async fn t276_a_cancel_ends_the_run(t: Trace) {
    let pulled = AtomicUsize::new(0);
    let items = (0..9).inspect(|_| {
        pulled.fetch_add(1, SeqCst);
    });
    let outcome = scope(async |s| {
        let work = async |item| {
            if item == 0 {
                let held = shield(async {
                    yield_now().await;
                    s.cancel();
                    for _ in 0..5 {
                        yield_now().await;
                    }
                    t.log("order", "shield-done");
                });
                return held.await;
            }
            let _probe = OnDrop::new(&t, "order", "dropped");
            forever().await;
        };
        for_each_concurrent(items, 2, work).await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
    t.log("pulled", pulled.load(SeqCst));
}

/// A source without end, and work that is always ready: neighbours run, and the deadline ends it. Rule C8.
pub async fn t277_an_endless_source_starves_nobody(t: Trace) {
    let seen = Gate::new();
    task_group(async |tg: TaskGroup| {
        let opens = seen.clone();
        tg.spawn(async move { opens.open() });
        let endless = for_each_concurrent(0_u64.., 4, async |_| ());
        let outcome = move_on_after(Duration::from_millis(2), endless).await;
        t.log("main", if outcome.is_none() { "ended" } else { "value" });
        seen.wait().await;
    })
    .await;
    t.log("neighbour", "ran");
}

/// With a limit of zero nothing would ever start: it panics at once, and says so.
pub async fn t278_a_limit_of_zero_is_refused(t: Trace) {
    let made = std::panic::catch_unwind(|| drop(map_concurrent(0..3, 0, async |item| item)));
    let text = crate::watchdog::text_of(&*made.unwrap_err());
    t.log("text", text.contains("at least one"));
}
