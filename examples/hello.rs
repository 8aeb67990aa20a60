//! The program in the README: two children, a deadline, a worker thread.
//!
//! An application names its backend, by `#[anyrt::main(backend = "smol")]`; this one runs on whichever is on.
//!
//! ```text
//! cargo run --example hello --features smol
//! ```

use anyrt::{move_on_after, runtime::current_backend, sleep, task_group, to_thread};
use std::time::Duration;

fn main() {
    anyrt::run(async {
        let work = task_group(async |tg| {
            let nap = tg.spawn_value(async { sleep(Duration::from_millis(20)).await });
            let sum = tg.spawn_value(to_thread(|| (1..=1000).sum::<u64>()));
            (nap.await, sum.await)
        });
        let outcome = move_on_after(Duration::from_secs(5), work).await;
        println!("{outcome:?} on {}", current_backend());
    });
}
