//! An error would go unnoticed: such a child belongs in `try_task_group`.

use anyrt::{task::TaskGroup, task_group};

async fn store() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {
    drop(task_group(async |tg: TaskGroup| {
        tg.spawn(store());
    }));
}
