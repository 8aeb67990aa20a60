//! An application that has its own `smol::block_on`. The library just works inside it.
//!
//! ```text
//! cargo run -p tree-sum --example inside_smol --features smol
//! ```

use tree_sum::Scan;

fn main() {
    smol::block_on(async {
        let scan = Scan::new(["."]).exclude("target").exclude(".git");
        let report = smol::spawn(scan.run()).await;
        println!("{}", report.total());
        eprintln!("backend: {}", anyrt::runtime::current_backend());
    });
}
