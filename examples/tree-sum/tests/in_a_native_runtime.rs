//! The library inside programs that know nothing of anyrt: no `anyrt::run`, nothing to set up.
#![cfg(any(feature = "tokio", feature = "smol"))]

mod support;

use std::path::PathBuf;

use support::Tree;
use tree_sum::{Report, Scan};

#[track_caller]
fn assert_summed(program: impl FnOnce(PathBuf) -> (Report, &'static str), backend: &str) {
    let tree = Tree::new();
    tree.file("a/b", "x\n").file("c", "x");
    let (report, used) = program(tree.root().to_owned());
    assert_eq!(used, backend);
    assert!(report.complete);
    assert_eq!(tree.lines(&report), ["1 2 46ea081f a/b", "0 1 8cdc1683 c"]);
    assert_eq!(report.statistics.spawned, 2);
}

#[cfg(feature = "tokio")]
#[test]
fn inside_a_plain_tokio_main() {
    #[tokio::main]
    async fn program(root: PathBuf) -> (Report, &'static str) {
        let scan = tokio::spawn(Scan::new([root]).run());
        let report = tokio::time::timeout(std::time::Duration::from_secs(60), scan).await;
        (report.unwrap().unwrap(), anyrt::runtime::current_backend())
    }

    assert_summed(program, "tokio");
}

#[cfg(feature = "tokio")]
#[test]
fn inside_a_tokio_main_of_one_thread() {
    #[tokio::main(flavor = "current_thread")]
    async fn program(root: PathBuf) -> (Report, &'static str) {
        let report = Scan::new([root]).run().await;
        (report, anyrt::runtime::current_backend())
    }

    assert_summed(program, "tokio");
}

#[cfg(feature = "smol")]
#[test]
fn inside_a_plain_smol_block_on() {
    fn program(root: PathBuf) -> (Report, &'static str) {
        // Nobody can see smol around a caller: where there are other backends, the program says so.
        let inside = anyrt::runtime::Handle::native("smol").unwrap();
        smol::block_on(inside.around(async {
            let report = smol::spawn(inside.around(Scan::new([root]).run())).await;
            (report, anyrt::runtime::current_backend())
        }))
    }

    assert_summed(program, "smol");
}
