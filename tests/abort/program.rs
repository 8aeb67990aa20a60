//! Built with `-C panic=abort`, and run on each backend.

use std::{env, time::Duration};

use anyrt::{
    fail_after, move_on_after, scope, shield, sleep,
    task::{TaskGroup, TryTaskGroup},
    task_group, to_thread, try_task_group,
};

const SHORT: Duration = Duration::from_millis(5);
const LONG: Duration = Duration::from_secs(3600);

fn main() {
    let what = env::args().nth(1).expect("what to do");
    anyrt::run(async move {
        match what.as_str() {
            "work" => work().await,
            "panic-in-main" => panic!("on purpose"),
            "panic-in-a-child" => {
                task_group(async |tg: TaskGroup| {
                    tg.spawn(async { panic!("on purpose") });
                    sleep(LONG).await;
                })
                .await;
            }
            "panic-on-a-thread" => to_thread(|| panic!("on purpose")).await,
            other => unreachable!("{other}"),
        }
    });
    println!("ended");
}

async fn work() {
    let sum = task_group(async |tg: TaskGroup| {
        let (one, two) = (tg.spawn_value(async { 1 }), tg.spawn_value(to_thread(|| 2)));
        tg.spawn(sleep(SHORT));
        one.await.unwrap() + two.await.unwrap()
    });
    println!("group: {}", sum.await);
    let failed = try_task_group(async |tg: TryTaskGroup<&str>| -> Result<(), _> {
        tg.spawn(async { Err("an error") });
        sleep(LONG).await;
        Ok(())
    });
    println!("errors: {:?}", failed.await.unwrap_err().into_vec());
    let cancelled = scope(async |s| {
        s.cancel();
        shield(sleep(SHORT)).await;
        println!("shield: done");
        sleep(LONG).await;
    });
    println!("scope: {:?}", cancelled.await.unwrap_err().reason());
    println!("timeout: {:?}", fail_after(SHORT, sleep(LONG)).await.is_err());
    println!("in time: {:?}", move_on_after(LONG, async { 7 }).await);
}
