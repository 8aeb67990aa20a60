#[anyrt::test(backends = [])]
async fn nowhere() {}

fn main() {}
