//! Not from the body either: the children may still run when it has ended.

use anyrt::{task::TaskGroup, task_group};

fn main() {
    drop(task_group(async |tg: TaskGroup| {
        let name = String::from("world");
        tg.spawn(async {
            println!("hello {name}");
        });
    }));
}
