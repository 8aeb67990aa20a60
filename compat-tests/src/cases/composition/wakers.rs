//! Wakers that come and go, polls that nobody asked for, and polls of nobody but who was woken.

use std::{
    future::poll_fn,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll, Waker},
};

use anyrt::{cancel::CancelScope, scope, task::TaskGroup, task_group};
use futures::{StreamExt, stream::FuturesUnordered};

use super::operations::{OPERATIONS, names};
use crate::{
    BoxFuture, Trace,
    tools::{CountingWaker, counted, forever},
};

/// One poll with this waker, in the context of the task around.
async fn poll_with(future: &mut BoxFuture, waker: &Arc<CountingWaker>) -> Poll<()> {
    let waker = Waker::from(Arc::clone(waker));
    poll_fn(|_| {
        let mut cx = Context::from_waker(&waker);
        Poll::Ready(future.as_mut().poll(&mut cx))
    })
    .await
}

/// Every poll brings a new waker, and the last one is woken: no operation clings to an earlier one.
pub async fn c310_the_last_waker_is_woken(t: Trace) {
    for (name, make) in OPERATIONS {
        // What begins at the second suspension is to see two wakers, too.
        for alone in [0, 1] {
            let mut future = make();
            for suspension in 0.. {
                let (stale, last) = (CountingWaker::new(), CountingWaker::new());
                if suspension >= alone && poll_with(&mut future, &stale).await.is_ready() {
                    break;
                }
                if poll_with(&mut future, &last).await.is_ready() {
                    break;
                }
                let before = stale.wakes();
                last.woken().wait().await;
                // Elsewhere a wake may have been on its way to the first when the second came.
                if t.has_virtual_clock() {
                    assert_eq!(stale.wakes(), before, "{name} woke a waker of the past");
                }
            }
        }
        t.log("woken", name);
    }
}

/// Polls that nobody asked for change nothing.
pub async fn c311_spurious_polls_are_harmless(t: Trace) {
    for (name, make) in OPERATIONS {
        let mut future = make();
        poll_fn(|cx| {
            for _ in 0..5 {
                if future.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(());
                }
            }
            Poll::Pending
        })
        .await;
        t.log("ended", name);
    }
}

/// `FuturesUnordered` polls only who was woken by its own waker: each operation wakes that one.
pub async fn c312_each_operation_wakes_its_own_waker(t: Trace) {
    let mut all = FuturesUnordered::new();
    for round in 0..3 {
        for (index, (_, make)) in OPERATIONS.iter().enumerate() {
            let operation = make();
            all.push(async move {
                operation.await;
                (round, index)
            });
        }
    }
    let mut ended = Vec::new();
    while let Some(which) = all.next().await {
        ended.push(which);
    }
    ended.sort_unstable();
    assert_eq!(ended.len(), 3 * OPERATIONS.len());
    for (name, _) in names().zip(ended) {
        t.log("ended", name);
    }
}

/// A cancel wakes the scope that it means, and no other.
pub async fn c313_a_cancel_wakes_one_scope(t: Trace) {
    const SCOPES: usize = 50;
    let polls: Arc<AtomicUsize> = Arc::default();
    let handles: Arc<Mutex<Vec<CancelScope>>> = Arc::default();
    let mut all: FuturesUnordered<_> = (0..SCOPES)
        .map(|_| {
            let handles = handles.clone();
            let body = async move |s| {
                handles.lock().unwrap().push(s);
                forever().await;
            };
            counted(polls.clone(), scope(body))
        })
        .collect();
    // Everybody's first poll.
    assert!(futures::poll!(all.next()).is_pending());
    task_group(async |tg: TaskGroup| {
        tg.spawn(async move {
            let handles = std::mem::take(&mut *handles.lock().unwrap());
            for handle in handles.iter().rev() {
                handle.cancel();
            }
        });
        let mut cancelled = 0;
        while let Some(outcome) = all.next().await {
            cancelled += usize::from(outcome.is_err());
        }
        t.log("cancelled", cancelled);
    })
    .await;
    t.log("polls", polls.load(SeqCst));
}
