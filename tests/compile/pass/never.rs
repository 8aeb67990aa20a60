//! Children that never end by themselves have the never type.

use std::time::Duration;

use anyrt::{
    move_on_after, scope, shield, sleep,
    task::{TaskGroup, TryTaskGroup},
    task_group, try_task_group, yield_now,
};

use super::{Error, spawned};

async fn tick() -> Result<(), Error> {
    sleep(Duration::from_secs(1)).await;
    Ok(())
}

#[test]
fn children() {
    spawned(task_group(async |tg: TaskGroup| {
        tg.spawn(async {
            loop {
                yield_now().await;
            }
        });
        tg.cancel();
    }));
    spawned(try_task_group(async |tg: TryTaskGroup<Error>| {
        tg.spawn(async {
            loop {
                tick().await?;
            }
        });
        tg.spawn(async {
            loop {
                yield_now().await;
            }
        });
        Ok(())
    }));
}

#[test]
fn bodies() {
    let second = Duration::from_secs(1);
    spawned(async move {
        let _: Option<()> = move_on_after(second, async {
            loop {
                yield_now().await;
            }
        })
        .await;
        let _ = scope(async |s| -> () {
            loop {
                shield(yield_now()).await;
                s.cancel();
            }
        })
        .await;
    });
}
