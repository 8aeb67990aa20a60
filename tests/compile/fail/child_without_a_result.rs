//! The other way round: a child of `try_task_group` returns a result.

use anyrt::{task::TryTaskGroup, try_task_group};

async fn tick() {}

fn main() {
    drop(try_task_group(async |tg: TryTaskGroup<std::io::Error>| {
        tg.spawn(tick());
        Ok(())
    }));
}
