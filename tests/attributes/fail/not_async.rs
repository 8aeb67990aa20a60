#[anyrt::main]
fn start() {}

fn main() {}
