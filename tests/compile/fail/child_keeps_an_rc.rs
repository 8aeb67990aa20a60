//! Children move between threads.

use std::rc::Rc;

use anyrt::{task::TaskGroup, task_group, yield_now};

fn main() {
    drop(task_group(async |tg: TaskGroup| {
        tg.spawn(async {
            let shared = Rc::new(1);
            yield_now().await;
            println!("{shared}");
        });
    }));
}
