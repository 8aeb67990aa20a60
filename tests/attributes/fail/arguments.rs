#[anyrt::main]
async fn start(_path: &str) {}

fn main() {}
