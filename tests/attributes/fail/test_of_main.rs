#[anyrt::test(worker_threads = 2)]
async fn workers() {}

fn main() {}
