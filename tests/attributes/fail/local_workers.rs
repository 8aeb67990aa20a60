#[anyrt::main(local, worker_threads = 2)]
async fn start() {}

fn main() {}
