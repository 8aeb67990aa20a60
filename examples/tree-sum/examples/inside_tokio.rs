//! An application that keeps its own `#[tokio::main]`. The library just works inside it.
//!
//! ```text
//! cargo run -p tree-sum --example inside_tokio --features tokio
//! ```

use std::time::Duration;

use tree_sum::Scan;

#[tokio::main]
async fn main() {
    // A task of tokio's beside the library, and tokio's own timeout around it.
    let tick = tokio::spawn(tokio::time::sleep(Duration::from_millis(1)));
    let scan = Scan::new(["."]).exclude("target").exclude(".git");
    let report = tokio::time::timeout(Duration::from_secs(60), scan.run())
        .await
        .expect("a minute is enough for this folder");
    tick.await.expect("the task does not panic");
    println!("{}", report.total());
    eprintln!("backend: {}", anyrt::runtime::current_backend());
}
