//! Async closures inside generic wrappers, and what to do where the compiler loses track of them.

use std::future::Future;

use anyrt::{
    cancel::CancelScope,
    scope,
    task::{TaskGroup, TryTaskGroup},
    task_group, try_task_group, yield_now,
};

use super::{Error, spawned};

/// Boxes what it is given, as middleware does.
fn boxed<F: Future + Send + 'static>(future: F) -> impl Future<Output = F::Output> + Send {
    Box::pin(future)
}

/// Passes a body through, with the bounds of the facade's own functions.
fn passed<F, Fut>(body: F) -> impl Future<Output = Fut::Output>
where
    F: FnOnce(TaskGroup) -> Fut,
    Fut: Future,
{
    task_group(body)
}

#[test]
fn pass_bodies_on() {
    spawned(boxed(task_group(async move |_: TaskGroup| {
        yield_now().await
    })));
    spawned(boxed(task_group(|_| async move { yield_now().await })));
    spawned(passed(async |tg: TaskGroup| {
        tg.spawn(async {});
        yield_now().await;
    }));
    spawned(passed(|tg| async move {
        tg.spawn(async {});
        yield_now().await;
    }));
}

/// The argument is typed, and the closure moves: this is the form that works everywhere.
#[test]
fn in_other_bodies() {
    spawned(boxed(scope(async move |s: CancelScope| {
        let word = String::from("word");
        boxed(try_task_group(async move |tg: TryTaskGroup<Error>| {
            tg.spawn(boxed(async move {
                s.cancel();
                Ok(())
            }));
            Ok(word)
        }))
        .await
    })));
}
