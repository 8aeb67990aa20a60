//! A local group can be spawned as a whole, so its children are `Send`.

use std::rc::Rc;

use anyrt::task::local_task_group;

fn main() {
    drop(local_task_group(async |lg| {
        let shared = Rc::new(1);
        lg.spawn(async move {
            println!("{shared}");
        });
    }));
}
