//! Groups in groups, scopes in groups, in any order.

use std::time::Duration;

use anyrt::{
    cancel::Cancelled,
    fail_after, move_on_after, scope, shield, sleep,
    task::{FirstError, TaskGroup, TryTaskGroup},
    task_group, to_thread, try_task_group,
};

use super::{Error, spawned};

#[test]
fn three_levels_of_groups() {
    spawned(task_group(async |outer: TaskGroup| {
        let outermost = outer.clone();
        outer.spawn(task_group(async move |middle: TaskGroup| {
            let sibling = outermost.clone();
            middle.spawn(task_group(async move |inner: TaskGroup| {
                // A child can spawn into any group that it has the handle of.
                inner.spawn(async {});
                sibling.spawn(sleep(Duration::ZERO));
            }));
            sleep(Duration::ZERO).await;
        }));
        task_group(async |tg| {
            tg.spawn(async {});
            outer.cancel();
        })
        .await;
    }));
}

#[test]
fn groups_of_both_kinds() {
    spawned(try_task_group(async |outer: TryTaskGroup<Error>| {
        outer.spawn(async {
            task_group(async |tg| {
                tg.spawn(async {});
            })
            .await;
            try_task_group(async |inner: TryTaskGroup<Error>| {
                inner.spawn(async { Err(Error) });
                Ok(())
            })
            .await
            .first_err()
        });
        Ok(())
    }));
}

#[test]
fn everything_in_everything() {
    spawned(scope(async |s| {
        let second = Duration::from_secs(1);
        let inner = task_group(async |tg| {
            let handle = tg.spawn_value(async move {
                let _ = fail_after(second, async move {
                    shield(to_thread(|| 1)).await;
                    s.cancel();
                })
                .await;
                scope(async |inner| {
                    inner.cancel();
                    sleep(second).await;
                })
                .await
            });
            move_on_after(second, handle).await
        })
        .await;
        inner
            .and_then(Result::ok)
            .is_none_or(|end: Result<(), Cancelled>| end.is_err())
    }));
}
