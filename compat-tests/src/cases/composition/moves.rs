//! Futures that are polled by one task first and by another later, or by an executor that nobody has heard of.

use std::{
    future::Future,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

use anyrt::{
    fail_after, shield, sleep,
    sync::CapacityLimiter,
    task::{TaskGroup, TaskHandle},
    task_group, to_thread, yield_now,
};
use futures::FutureExt;

use super::operations::OPERATIONS;
use crate::{
    BoxFuture, Trace,
    tools::{Gate, peek},
};

/// Begun in one child, ended in another, when the first has long gone.
pub async fn r301_a_future_moves_between_tasks(t: Trace) {
    for (name, make) in OPERATIONS {
        task_group(async |tg: TaskGroup| {
            let first: TaskHandle<Option<BoxFuture>> = tg.spawn_value(async move {
                let mut future = make();
                assert!(peek(&mut future).await.is_pending());
                Some(future)
            });
            let begun = first.await.unwrap();
            tg.spawn(begun.unwrap());
        })
        .await;
        t.log("moved", name);
    }
}

/// An executor of three lines.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

/// Begins `future` here, and ends it on a thread that knows of no runtime. In between it is released.
async fn on_a_foreign_thread(mut future: BoxFuture, release: impl FnOnce()) {
    assert!(peek(&mut future).await.is_pending());
    release();
    let done = Gate::new();
    let opened = done.clone();
    let thread = thread::spawn(move || {
        block_on(future);
        opened.open();
    });
    done.wait().await;
    thread.join().unwrap();
}

/// After its first poll an operation keeps its runtime, and can be ended by any executor. Rule R1.
pub async fn r302_a_future_moves_to_a_foreign_executor(t: Trace) {
    let short = Duration::from_millis(1);
    on_a_foreign_thread(Box::pin(sleep(short)), || ()).await;
    t.log("ended", "sleep");
    on_a_foreign_thread(Box::pin(yield_now()), || ()).await;
    t.log("ended", "yield");
    on_a_foreign_thread(Box::pin(shield(sleep(short))), || ()).await;
    t.log("ended", "shield");
    let failed = fail_after(short, sleep(Duration::MAX)).map(|failed| assert!(failed.is_err()));
    on_a_foreign_thread(Box::pin(failed), || ()).await;
    t.log("ended", "deadline");
    let release = Gate::new();
    let wait = release.clone();
    let call = to_thread(move || wait.wait_blocking());
    on_a_foreign_thread(Box::pin(call), || release.open()).await;
    t.log("ended", "thread");
    let limiter = CapacityLimiter::new(1);
    let token = limiter.try_acquire().unwrap();
    let acquire = limiter.acquire().map(drop);
    on_a_foreign_thread(Box::pin(acquire), || drop(token)).await;
    t.log("ended", "acquire");
    let group = task_group(async move |tg: TaskGroup| {
        tg.spawn(sleep(short));
        tg.spawn_value(async move { sleep(short).await })
            .await
            .unwrap();
    });
    on_a_foreign_thread(Box::pin(group), || ()).await;
    t.log("ended", "group");
}
