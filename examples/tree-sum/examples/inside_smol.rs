//! An application that has its own `smol::block_on`.
//!
//! Where smol is the only backend of the program, the library works there as it is. The application says that it lives in
//! smol all the same, so that a backend which another crate turns on changes nothing.
//!
//! ```text
//! cargo run -p tree-sum --example inside_smol --features smol
//! ```

use anyrt::runtime::{Handle, NoRuntime};
use tree_sum::Scan;

fn main() -> Result<(), NoRuntime> {
    let runtime = Handle::native("smol")?;
    smol::block_on(runtime.around(async {
        let scan = Scan::new(["."]).exclude("target").exclude(".git");
        // A task of smol's own is outside again.
        let report = smol::spawn(runtime.around(scan.run())).await;
        println!("{}", report.total());
        eprintln!("backend: {}", anyrt::runtime::current_backend());
    }));
    Ok(())
}
