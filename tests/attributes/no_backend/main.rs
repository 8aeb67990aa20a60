#[anyrt::main]
async fn start() {}

fn main() {}
