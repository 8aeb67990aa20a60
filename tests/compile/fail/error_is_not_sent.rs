//! So do their errors.

use std::rc::Rc;

use anyrt::{task::TryTaskGroup, try_task_group};

fn main() {
    drop(try_task_group(async |tg: TryTaskGroup<Rc<str>>| {
        tg.spawn(async { Ok(()) });
        Ok(())
    }));
}
