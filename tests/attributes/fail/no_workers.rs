#[anyrt::main(worker_threads = 0)]
async fn start() {}

fn main() {}
