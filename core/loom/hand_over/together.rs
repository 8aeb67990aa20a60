//! What a task meets in life: it waits for a token and then for a channel, while its scope is cancelled, the
//! total changes, and the channel closes.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::Poll,
};

use anyrt_core::tree::{self, Deadline, Kind, Node, NodeRef, Reason};
use loom::thread;

use super::{drop_in_thread, poll, queued, wait};
use crate::{
    channel::{SendError, channel},
    explore_crowd,
    sync::CapacityLimiter,
};

/// Runs the body as a scope does: polls it first, then looks whether it has to be dropped.
async fn run_in<T>(
    scope: &NodeRef,
    mut body: Pin<Box<dyn Future<Output = T> + Send>>,
) -> Option<T> {
    poll_fn(|cx| {
        if let Poll::Ready(value) = body.as_mut().poll(cx) {
            return Poll::Ready(Some(value));
        }
        match scope.node().look_again(cx.waker()) {
            Some(look) if look.must_drop() => Poll::Ready(None),
            _ => Poll::Pending,
        }
    })
    .await
}

/// Whatever comes first: the token is back, the item is nowhere else, and the next in line is served.
#[test]
fn task_against_cancel_and_resize_and_close() {
    explore_crowd(|| {
        let limiter = CapacityLimiter::new(1);
        let token = limiter.try_acquire().unwrap();
        let (sender, receiver) = channel(0);
        let item = Arc::new(());
        let body = {
            let (limiter, item) = (limiter.clone(), Arc::clone(&item));
            Box::pin(async move {
                let _token = limiter.acquire().await;
                sender.send(item).await
            })
        };
        let body = queued(body);
        let mut behind = queued(limiter.acquire());

        let scope: NodeRef = Arc::new(Node::new(Kind::Scope, Deadline::Never));
        let canceller = {
            let scope = Arc::clone(&scope);
            thread::spawn(move || tree::cancel(&scope, Reason::Explicit))
        };
        let resizer = {
            let limiter = limiter.clone();
            thread::spawn(move || {
                drop(token);
                limiter.set_total_tokens(Some(0));
            })
        };
        let closer = drop_in_thread(receiver);
        let outcome = wait(run_in(&scope, body));
        assert!(canceller.join().unwrap());
        resizer.join().unwrap();
        closer.join().unwrap();

        // The item came back, or was dropped with the body.
        match outcome {
            Some(Err(SendError::Broken(back))) => drop(back),
            other => assert!(other.is_none(), "{other:?}"),
        }
        assert_eq!(Arc::strong_count(&item), 1);
        limiter.set_total_tokens(Some(1));
        assert!(poll(&mut behind).is_ready());
        let statistics = limiter.statistics();
        assert_eq!((statistics.borrowed, statistics.waiting), (0, 0));
    });
}
