//! The four ways to write a body (rule T1), for each function that takes one.

use std::time::Duration;

use anyrt::{
    cancel::CancelScope,
    fail_after, move_on_after, scope, shield, sleep,
    task::{TaskGroup, TryTaskGroup},
    task_group, try_task_group,
};

use super::{Error, spawned};

async fn child() {
    sleep(Duration::from_millis(1)).await;
}

async fn fallible_child() -> Result<(), Error> {
    sleep(Duration::from_millis(1)).await;
    Ok(())
}

#[test]
fn of_a_group() {
    async fn body(tg: TaskGroup) -> u32 {
        tg.spawn(child());
        child().await;
        1
    }
    spawned(task_group(async |tg| {
        tg.spawn(child());
        child().await;
        1
    }));
    let moved = String::from("moved");
    spawned(task_group(async move |tg| {
        tg.spawn(child());
        child().await;
        moved
    }));
    spawned(task_group(|tg| async move {
        tg.spawn(child());
        child().await;
        1
    }));
    spawned(task_group(body));
    spawned(async { task_group(body).await + task_group(async |_| 1).await });
}

#[test]
fn of_a_group_that_can_fail() {
    async fn body(tg: TryTaskGroup<Error>) -> Result<u32, Error> {
        tg.spawn(fallible_child());
        fallible_child().await?;
        Ok(1)
    }
    spawned(try_task_group(async |tg: TryTaskGroup<Error>| {
        tg.spawn(fallible_child());
        fallible_child().await?;
        Ok(1)
    }));
    let moved = String::from("moved");
    spawned(try_task_group(async move |tg: TryTaskGroup<Error>| {
        tg.spawn(fallible_child());
        fallible_child().await?;
        Ok(moved)
    }));
    spawned(try_task_group(|tg: TryTaskGroup<Error>| async move {
        tg.spawn(fallible_child());
        fallible_child().await?;
        Ok(1)
    }));
    spawned(try_task_group(body));
}

/// Where a child says it, the group's error type need not be written, as long as no `?` converts into it.
#[test]
fn of_a_group_whose_children_name_the_error() {
    spawned(try_task_group(async |tg| {
        tg.spawn(fallible_child());
        child().await;
        Ok(1)
    }));
}

#[test]
fn of_a_scope() {
    async fn body(s: CancelScope) -> u32 {
        s.cancel();
        child().await;
        1
    }
    spawned(scope(async |s| {
        s.cancel();
        child().await;
        1
    }));
    let moved = String::from("moved");
    spawned(scope(async move |s| {
        s.cancel();
        child().await;
        moved
    }));
    spawned(scope(|s| async move {
        s.cancel();
        child().await;
        1
    }));
    spawned(scope(body));
}

#[test]
fn of_what_takes_a_future() {
    let second = Duration::from_secs(1);
    spawned(shield(child()));
    spawned(move_on_after(second, async { child().await }));
    spawned(fail_after(second, async move { child().await }));
    spawned(move_on_after(second, shield(fail_after(second, child()))));
}
