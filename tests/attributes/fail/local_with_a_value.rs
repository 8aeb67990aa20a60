#[anyrt::main(local = "yes")]
async fn start() {}

fn main() {}
