//! Constructs that have lost a part to a cancel, and what is complete in spite of one (rules C6, T6, T7, T12).

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Wake, Waker},
};

use anyrt::{
    cancel::CancelScope,
    debug::{HolderKind, overdue},
    gather, scope, shield,
    task::{
        FirstError, LocalTaskGroup, TaskError, TaskGroup, TryTaskGroup, as_completed,
        for_each_concurrent, local_task_group, map_concurrent, try_for_each_concurrent,
    },
    task_group, try_task_group,
};
use futures::stream;

use super::cut_groups::{boxed, ends_with};
use crate::{
    Trace,
    tools::{Gate, caught, foreign_yield, forever, peek},
};

/// What a body makes of the branches that a cancel has left is not taken for what all have given.
pub async fn t579_some_of_the_results_are_not_all(t: Trace) {
    let outcome = scope(async |s| {
        let quick = boxed(async {});
        as_completed([quick, boxed(forever())], async move |mut values| {
            shield(async move {
                s.cancel();
                let mut sum = 0;
                while let Some(()) = values.next().await {
                    sum += 1;
                }
                sum
            })
            .await
        })
        .await
    });
    t.log("main", format!("{:?}", outcome.await.ok()));
}

/// What is complete is returned, whatever the limit: the last item cancels the scope around all.
pub async fn t572_the_last_item_cancels(t: Trace) {
    for limit in [1, 2] {
        let outcome = scope(async |s| {
            map_concurrent([1, 2], limit, async |item| {
                if item == 2 {
                    s.cancel();
                }
                item
            })
            .await
        });
        t.log("iterator", format!("{:?}", outcome.await.ok()));
        let outcome = scope(async |s| {
            map_concurrent(stream::iter([1, 2]), limit, async |item| {
                if item == 2 {
                    s.cancel();
                }
                item
            })
            .await
        });
        t.log("stream", format!("{:?}", outcome.await.ok()));
    }
}

/// What was pulled is polled once after a cancel, and not at all after an error.
pub async fn t574_what_was_pulled_already(t: Trace) {
    let gate = Gate::new();
    let waits = gate.clone();
    let source = stream::once(async move {
        waits.wait().await;
        "item"
    });
    let trace = t.clone();
    let outcome = scope(async move |s| {
        let mut run = Box::pin(for_each_concurrent(source, 2, move |item| {
            let trace = trace.clone();
            async move {
                trace.log("cancel", item);
                forever().await;
            }
        }));
        assert!(peek(&mut run).await.is_pending());
        gate.open();
        s.cancel();
        run.await;
    });
    t.log(
        "cancel",
        if outcome.await.is_err() {
            "reported"
        } else {
            "value"
        },
    );
    let outcome = try_for_each_concurrent(0..3, 3, |item| {
        let trace = t.clone();
        async move {
            trace.log("error", item);
            Err::<(), _>(item)
        }
    });
    t.log("error", outcome.await.first_err().unwrap_err());
}

/// A local group is a hold until it has ended; a `gather` is none.
pub async fn t575_a_local_group_holds(t: Trace) {
    fn holders() -> usize {
        let scopes = overdue().unwrap();
        let holders = scopes.iter().flat_map(|scope| &scope.holders);
        let groups = holders.filter(|holder| holder.kind == HolderKind::TaskGroup);
        groups.count()
    }
    let shielded = |s: CancelScope, name| {
        let trace = t.clone();
        shield(async move {
            s.cancel();
            foreign_yield().await;
            trace.log(name, holders());
        })
    };
    let local = scope(async |s| {
        let child = shielded(s, "local");
        local_task_group(async move |lg| drop(lg.spawn(child))).await;
    });
    local.await.unwrap();
    let gathered = scope(async |s| gather([shielded(s, "gather")]).await);
    gathered.await.unwrap();
}

/// A body that awaits a child which fails hears so before it is dropped, on every thread.
pub async fn t576_a_body_hears_of_a_failing_child(t: Trace) {
    let rounds = if t.has_virtual_clock() { 5 } else { 200 };
    for panics in [false, true] {
        let heard = Arc::new(AtomicUsize::new(0));
        for _ in 0..rounds {
            let hears = Arc::clone(&heard);
            let group = caught(try_task_group(move |tg: TryTaskGroup<u8>| async move {
                let child = tg.spawn(async move {
                    assert!(!panics, "on-purpose");
                    Err(7)
                });
                if matches!(child.await, Err(TaskError::Failed | TaskError::Panicked)) {
                    hears.fetch_add(1, SeqCst);
                }
                Ok(())
            }));
            assert!(!matches!(group.await, Ok(Ok(()))));
        }
        let name = if panics { "panic" } else { "error" };
        t.log(name, heard.load(SeqCst) == rounds);
    }
}

/// A handle of a child that has ended is ready in a cancelled scope, unless the child was cancelled.
pub async fn t577_a_ready_handle_in_a_cancelled_scope(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let gone = Gate::new();
        let ended = tg.spawn_value(async { 5 });
        let cancelled = tg.spawn(ends_with(&gone));
        crate::tools::until(|| ended.is_finished()).await;
        cancelled.cancel();
        crate::tools::until(|| cancelled.is_finished()).await;
        let outcome = scope(async move |s| {
            let (mut ended, mut cancelled) = (ended, cancelled);
            s.cancel();
            let ended = peek(&mut ended).await;
            (
                ended,
                peek(&mut cancelled).await,
                peek(&mut cancelled).await,
            )
        });
        let (ended, first, second) = outcome.await.unwrap();
        t.log("ended", format!("{ended:?}"));
        t.log("cancelled", format!("{first:?} {second:?}"));
    })
    .await;
}

/// Panics when it is woken.
struct Bomb;

impl Wake for Bomb {
    fn wake(self: Arc<Self>) {
        panic!("a waker panics, on purpose");
    }
}

fn with_a_bomb<F: Future + Unpin>(future: &mut F) {
    let waker = Waker::from(Arc::new(Bomb));
    let polled = Pin::new(future).poll(&mut Context::from_waker(&waker));
    assert!(polled.is_pending());
}

/// A waker that panics harms neither who wakes it nor what it waits for.
pub async fn t578_a_waker_that_panics_harms_nobody(t: Trace) {
    let release = Gate::new();
    let mut handle = task_group(async |tg: TaskGroup| {
        let waits = release.wait();
        let mut handle = tg.spawn_value(async move {
            waits.await;
            5
        });
        with_a_bomb(&mut handle);
        release.open();
        Some(handle)
    })
    .await;
    t.log(
        "handle",
        format!("{:?}", peek(handle.as_mut().unwrap()).await),
    );

    let (one, other) = (Gate::new(), Gate::new());
    let mut all = Box::pin(gather((one.wait(), other.wait())));
    with_a_bomb(&mut all);
    one.open();
    other.open();
    t.log("gather", format!("{:?}", all.await));

    let (send, receive) = std::sync::mpsc::channel();
    let end = Gate::new();
    let body = end.clone();
    let mut group = Box::pin(local_task_group(
        async move |lg: LocalTaskGroup<'static>| {
            send.send(lg).unwrap();
            body.wait().await;
        },
    ));
    with_a_bomb(&mut group);
    let child = receive.recv().unwrap().spawn_value(async { 6 });
    end.open();
    group.await;
    t.log("local", format!("{:?}", child.await));

    let give = Gate::new();
    let given = async {
        give.wait().await;
        7
    };
    let value = as_completed((given,), async |mut values| {
        with_a_bomb(&mut values.next());
        give.open();
        values.next().await
    });
    t.log("completed", format!("{:?}", value.await));
}
