#[anyrt::main(backend = "smol")]
async fn start() {}

fn main() {}
