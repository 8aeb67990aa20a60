#[anyrt::main(flavor = "tokio")]
async fn start() {}

fn main() {}
