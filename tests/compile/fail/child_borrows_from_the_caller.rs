//! A child may outlive the place where it was spawned: it owns what it uses.

use anyrt::{task::TaskGroup, task_group};

async fn greet(name: &str) {
    task_group(async |tg: TaskGroup| {
        tg.spawn(async {
            println!("hello {name}");
        });
    })
    .await;
}

fn main() {
    drop(greet("world"));
}
