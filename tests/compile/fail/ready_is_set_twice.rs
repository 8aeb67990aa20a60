//! A child is ready once.

use anyrt::{task::TaskGroup, task_group};

fn main() {
    drop(task_group(async |tg: TaskGroup| {
        let value = tg.start(async |ready| {
            ready.set(1);
            ready.set(2);
        });
        value.await
    }));
}
