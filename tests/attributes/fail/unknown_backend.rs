#[anyrt::main(backend = "tokyo")]
async fn start() {}

fn main() {}
