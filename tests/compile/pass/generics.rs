//! Functions that are generic over what they run.

use std::{future::Future, time::Duration};

use anyrt::{
    cancel::{CancelScope, Cancelled, TimedOut},
    fail_after, scope, sleep,
    task::{Errors, TaskGroup, TaskHandle, TryTaskGroup},
    task_group, to_thread, try_task_group,
};

use super::{Error, spawned};

async fn with_group<F, Fut, T>(body: F) -> T
where
    F: FnOnce(TaskGroup) -> Fut,
    Fut: Future<Output = T>,
{
    task_group(body).await
}

async fn with_failing_group<F, Fut, T, E>(body: F) -> Result<T, Errors<E>>
where
    F: FnOnce(TryTaskGroup<E>) -> Fut,
    Fut: Future<Output = Result<T, E>>,
{
    try_task_group(body).await
}

async fn with_scope<F, Fut, T>(body: F) -> Result<T, Cancelled>
where
    F: FnOnce(CancelScope) -> Fut,
    Fut: Future<Output = T>,
{
    scope(body).await
}

async fn in_time<Fut: Future>(body: Fut) -> Result<Fut::Output, TimedOut> {
    fail_after(Duration::from_secs(1), body).await
}

/// A bound on the function alone, as for other combinators of std.
async fn all<T, F, Fut>(count: usize, make: F) -> Vec<T>
where
    F: Fn(usize) -> Fut,
    Fut: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    task_group(|tg| async move {
        let handles: Vec<TaskHandle<T>> = (0..count)
            .map(|index| tg.spawn_value(make(index)))
            .collect();
        let mut values = Vec::new();
        for handle in handles {
            values.extend(handle.await.ok());
        }
        values
    })
    .await
}

async fn on_a_thread<T, F>(function: F) -> T
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    to_thread(function).await
}

#[test]
fn callers() {
    spawned(with_group(async |_: TaskGroup| 1));
    spawned(with_group(|tg| async move {
        tg.spawn(async {});
        1
    }));
    spawned(with_failing_group(async |_: TryTaskGroup<Error>| Ok(1)));
    spawned(with_scope(|_| async { sleep(Duration::ZERO).await }));
    spawned(in_time(async { 1 }));
    spawned(all(3, async |index| index));
    spawned(on_a_thread(|| 1));
}
