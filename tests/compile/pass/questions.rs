//! `?` in bodies and children, where the group's error type is written.

use std::time::Duration;

use anyrt::{
    cancel::{Cancelled, TimedOut},
    fail_after, scope,
    task::{Errors, FirstError, TaskError, TryTaskGroup},
    try_task_group,
};

use super::{Error, spawned};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

async fn parsed(text: &'static str) -> Result<u32, Error> {
    try_task_group(async |tg: TryTaskGroup<Error>| {
        // Each `?` converts, in the child and in the body.
        tg.spawn(async move {
            text.parse::<u32>()?;
            Ok(())
        });
        let doubled = tg.spawn_value(async move { Ok(2 * text.parse::<u32>()?) });
        let own: u32 = text.parse()?;
        Ok(own + doubled.await.map_err(|_| Error)?)
    })
    .await
    .first_err()
}

async fn every_error_is_one(text: &'static str) -> Result<u32, BoxError> {
    let value = fail_after(Duration::from_secs(1), async { text.parse::<u32>() }).await??;
    let value = scope(async |_| value).await? + value;
    let sum = try_task_group(async |tg: TryTaskGroup<BoxError>| {
        let child = tg.spawn_value(async move { Ok(text.parse::<u32>()? + value) });
        Ok(child.await?)
    })
    .await
    .first_err()?;
    Ok(sum)
}

/// A whole list of errors is an error, too.
async fn with_all_errors() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    try_task_group(async |tg: TryTaskGroup<std::fmt::Error>| {
        tg.spawn(async { Err(std::fmt::Error) });
        Ok(())
    })
    .await?;
    Ok(())
}

#[test]
fn marks() {
    spawned(parsed("1"));
    spawned(every_error_is_one("1"));
    spawned(with_all_errors());
    fn is_error<E: std::error::Error + Send + Sync + 'static>() {}
    is_error::<TaskError>();
    is_error::<TimedOut>();
    is_error::<Cancelled>();
    is_error::<Errors<TaskError>>();
}
