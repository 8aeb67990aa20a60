//! Async closures inside generic wrappers, and what to do where the compiler loses track of them.

use std::{future::Future, time::Duration};

use anyrt::{
    cancel::CancelScope,
    fail_after, scope, shield,
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

/// As `join!` and most other combinators are written: generic over the future alone.
async fn passed_through<F: Future>(future: F) -> F::Output {
    let future = future;
    future.await
}

/// A body that borrows stays bound to its future when a combinator takes both over.
#[test]
fn take_over_bodies_that_borrow() {
    spawned(async {
        let mut word = String::from("word");
        let length = passed_through(scope(async |_| {
            yield_now().await;
            word.len()
        }))
        .await;
        passed_through(task_group(async |_| {
            yield_now().await;
            word.push('s');
        }))
        .await;
        // The error is a type parameter of its own here, which takes one `async` block more.
        let borrowed = passed_through(async {
            try_task_group(async |_: TryTaskGroup<&'static str>| {
                yield_now().await;
                Ok(word.as_str())
            })
            .await
        })
        .await;
        passed_through(shield(passed_through(fail_after(
            Duration::from_secs(1),
            scope(|_| async { (length, borrowed.is_ok()) }),
        ))))
        .await
        .is_ok()
    });
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
