//! The children may still run when the body has ended: they borrow from outside the group only.

use anyrt::task::{LocalTaskGroup, local_task_group};

fn main() {
    drop(local_task_group(async |lg: LocalTaskGroup<'_>| {
        let name = String::from("world");
        lg.spawn(async {
            println!("hello {name}");
        });
    }));
}
