//! A closure that forgot its `async`.

use anyrt::{scope, task_group};

fn main() {
    drop(task_group(|tg| {
        tg.spawn(async {});
    }));
    drop(scope(|s| s.cancel()));
}
