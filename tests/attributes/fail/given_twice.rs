#[anyrt::main(backend = "smol", backend = "smol")]
async fn start() {}

fn main() {}
