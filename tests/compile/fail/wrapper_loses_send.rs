//! `AsyncFnOnce` can not say that its future is `Send`: a wrapper that spawns takes `F: FnOnce(G) -> Fut, Fut: Future +
//! Send`, as the facade does.

use std::future::Future;

use anyrt::{task::TaskGroup, task_group};

fn spawned(_: impl Future + Send + 'static) {}

fn lost(body: impl AsyncFnOnce(TaskGroup) + Send + 'static) {
    spawned(task_group(async move |tg| body(tg).await));
}

fn kept<F, Fut>(body: F)
where
    F: FnOnce(TaskGroup) -> Fut + Send + 'static,
    Fut: Future + Send + 'static,
    Fut::Output: Send,
{
    spawned(task_group(body));
}

fn main() {
    lost(async |_| ());
    kept(async |_| ());
}
