//! A body borrows from its caller, also where the caller is spawned.

use std::time::Duration;

use anyrt::{
    fail_after, move_on_after, scope, shield, sleep,
    task::{FirstError, TryTaskGroup},
    task_group, try_task_group,
};

use super::{Error, spawned};

async fn lengths(words: &[String], total: &mut usize) {
    task_group(async |tg| {
        for word in words {
            let word = word.clone();
            let length = tg.spawn_value(async move { word.len() });
            *total += length.await.unwrap_or(0);
        }
    })
    .await;
}

async fn first(words: &[String]) -> Result<&str, Error> {
    try_task_group(async |tg: TryTaskGroup<Error>| {
        tg.spawn(async { Ok(()) });
        sleep(Duration::from_millis(1)).await;
        words.first().map(String::as_str).ok_or(Error)
    })
    .await
    .first_err()
}

async fn in_scopes(words: &mut Vec<String>) -> usize {
    let second = Duration::from_secs(1);
    let _ = scope(async |s| {
        words.push("one".into());
        sleep(second).await;
        s.cancel();
    })
    .await;
    let _ = move_on_after(second, async { words.push("two".into()) }).await;
    let _ = fail_after(second, async { words.push("three".into()) }).await;
    shield(async { words.push("four".into()) }).await;
    words.len()
}

#[test]
fn from_the_caller() {
    spawned(async {
        let mut words = vec![String::from("word")];
        let mut total = 0;
        lengths(&words, &mut total).await;
        let found = first(&words).await.map(str::len);
        total + found.unwrap_or(0) + in_scopes(&mut words).await
    });
}
