//! The function may be abandoned, and run on when its caller is gone.

use anyrt::to_thread;

async fn length(name: &str) -> usize {
    to_thread(|| name.len()).await
}

fn main() {
    drop(length("name"));
}
