//! Nothing happens before the first poll.
#![deny(unused_must_use)]

use std::time::Duration;

use anyrt::{
    fail_after, move_on_after, scope, shield, sleep, sync::CapacityLimiter, task_group, to_thread,
    try_task_group, yield_now,
};

async fn forgets() {
    let second = Duration::from_secs(1);
    sleep(second);
    yield_now();
    scope(async |_| ());
    shield(async {});
    move_on_after(second, async {});
    fail_after(second, async {});
    task_group(async |_| ());
    try_task_group(async |_| Ok::<(), ()>(()));
    to_thread(|| ());
    CapacityLimiter::new(1).acquire();
    // A child runs without being waited for: its handle may go.
    task_group(async |tg| {
        tg.spawn(async {});
    })
    .await;
}

fn main() {
    drop(forgets());
}
