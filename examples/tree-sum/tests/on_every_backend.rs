//! The same tests on each backend whose feature is on.
#![cfg(any(
    feature = "tokio",
    feature = "smol",
    feature = "async-std",
    feature = "sim"
))]

mod support;

use std::{
    fs,
    future::Future,
    io::{self, Write},
    os::unix::ffi::OsStrExt,
    path::Path,
    time::Duration,
};

use anyrt::{Builder, sync::CapacityLimiter};
use support::Tree;
use tree_sum::{Report, Scan};

/// Gives each test, a function of the backend's name, to each backend.
macro_rules! tests {
    ($($test:ident),* $(,)?) => {
        tests!(@on "tokio", tokio, "tokio": $($test)*);
        tests!(@on "smol", smol, "smol": $($test)*);
        tests!(@on "async-std", async_std, "async-std": $($test)*);
        tests!(@on "sim", sim, "sim": $($test)*);
    };
    (@on $feature:literal, $module:ident, $backend:literal: $($test:ident)*) => {
        #[cfg(feature = $feature)]
        mod $module {
            $(
                #[test]
                fn $test() {
                    super::$test($backend);
                }
            )*
        }
    };
}

tests!(
    sums_each_file,
    an_empty_tree_is_complete,
    names_are_left_out_where_they_are_found,
    links_are_not_followed,
    what_can_not_be_read_stops_nothing,
    what_can_not_be_read_ends_a_strict_scan,
    names_of_any_bytes_work,
    children_and_threads_are_bounded,
    a_file_of_several_stretches_is_summed,
    a_timeout_before_the_walk_is_noticed,
    a_timeout_that_does_not_pass_changes_nothing,
    a_timeout_after_the_walk_is_noticed,
    a_scope_around_the_scan_ends_it,
    progress_is_seen_while_it_runs,
);

#[track_caller]
fn run<F>(backend: &str, main: F) -> F::Output
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    Builder::new().backend(backend).run(main).unwrap()
}

#[track_caller]
fn scan(backend: &str, tree: &Tree) -> Report {
    let report = run(backend, Scan::new([tree.root()]).run());
    assert!(report.complete);
    report
}

fn sums_each_file(backend: &str) {
    let tree = Tree::new();
    tree.file("b/two", "1\n2\nno end")
        .file("a", "123456789")
        .file("a-b", "")
        .file("b-/c", [0, 255, b'\n']);
    let report = scan(backend, &tree);
    // The first is the check value that every description of CRC-32 gives. `-` comes before `/`.
    assert_eq!(
        tree.lines(&report),
        [
            "0 9 cbf43926 a",
            "0 0 00000000 a-b",
            "1 3 8cb0cd7e b-/c",
            "2 10 e41ecb8b b/two"
        ]
    );
    let total = report.total();
    assert_eq!((total.files, total.lines, total.bytes), (4, 3, 22));
    assert_eq!((report.statistics.spawned, report.unreadable.len()), (4, 0));
}

fn an_empty_tree_is_complete(backend: &str) {
    let report = scan(backend, &Tree::new());
    assert_eq!((report.files.len(), report.statistics.spawned), (0, 0));
}

fn names_are_left_out_where_they_are_found(backend: &str) {
    let tree = Tree::new();
    tree.file("target/a", "")
        .file("b/target/c", "")
        .file("b/target.c", "")
        .file("d/target", "");
    let root = tree.root();
    let excluding = |root: &Path| run(backend, Scan::new([root]).exclude("target").run());
    assert_eq!(tree.lines(&excluding(root)), ["0 0 00000000 b/target.c"]);
    // But not where it was asked for.
    let asked = excluding(&root.join("target"));
    assert_eq!(tree.lines(&asked), ["0 0 00000000 target/a"]);
}

fn links_are_not_followed(backend: &str) {
    use std::os::unix::fs::symlink;

    let tree = Tree::new();
    tree.file("d/a", "");
    symlink(tree.root(), tree.root().join("d/up")).unwrap();
    symlink(tree.root().join("d/a"), tree.root().join("link")).unwrap();
    symlink("nowhere", tree.root().join("dangling")).unwrap();
    let report = scan(backend, &tree);
    assert_eq!(tree.lines(&report), ["0 0 00000000 d/a"]);
    assert!(report.unreadable.is_empty());
}

fn what_can_not_be_read_stops_nothing(backend: &str) {
    let tree = Tree::new();
    tree.file("a", "").file("b", "");
    let missing = tree.root().join("missing");
    // Nothing is mapped at address 0, even for root.
    let roots = [Path::new("/proc/self/mem"), &missing, tree.root()].map(Path::to_owned);
    let report = run(backend, Scan::new(roots).run());
    assert!(report.complete);
    assert_eq!(report.files.len(), 2);
    assert_eq!(report.unreadable.len(), 2, "{:?}", report.unreadable);
    // Sorted by path, and where the tree lies differs from machine to machine.
    let of = |path: &Path| report.unreadable.iter().find(|one| one.path == path);
    assert!(of(Path::new("/proc/self/mem")).is_some());
    let nothing = of(&missing).expect("the missing root is reported");
    assert_eq!(nothing.error.kind(), io::ErrorKind::NotFound);
}

fn what_can_not_be_read_ends_a_strict_scan(backend: &str) {
    let tree = Tree::new();
    for number in 0..500 {
        tree.file(format!("{number}"), "");
    }
    let roots = [Path::new("/proc/self/mem"), tree.root()].map(Path::to_owned);
    // One child at a time: the failing one is alone, and the rest of the tree is never reached.
    let report = run(backend, Scan::new(roots).children(1).strict().run());
    assert!(!report.complete);
    assert!(report.files.len() < 500, "{}", report.files.len());
    assert_eq!(report.unreadable.len(), 1);
    assert_eq!(report.unreadable[0].path, Path::new("/proc/self/mem"));
}

fn names_of_any_bytes_work(backend: &str) {
    let tree = Tree::new();
    tree.file(std::ffi::OsStr::from_bytes(b"\xff\xfe"), "x")
        .file("new\nline", "x")
        .file("back\\n", "x");
    assert_eq!(
        tree.lines(&scan(backend, &tree)),
        [
            "0 1 8cdc1683 back\\\\n",
            "0 1 8cdc1683 new\\nline",
            "0 1 8cdc1683 \\xff\\xfe"
        ]
    );
}

fn children_and_threads_are_bounded(backend: &str) {
    let tree = Tree::new();
    for number in 0..600 {
        tree.file(format!("{}/{number}", number % 3), "x\n");
    }
    let threads = CapacityLimiter::new(3);
    let bounded = Scan::new([tree.root()]).children(5).threads(&threads);
    let report = run(backend, bounded.run());
    assert_eq!(report.files.len(), 600);
    let statistics = report.statistics;
    assert_eq!(statistics.spawned, 600);
    assert!((2..=5).contains(&statistics.most_alive), "{statistics}");
    assert!(
        (1..=3).contains(&statistics.most_in_threads),
        "{statistics}"
    );
    assert_eq!(threads.statistics().borrowed, 0);
}

/// Longer than one call to a worker thread reads.
fn a_file_of_several_stretches_is_summed(backend: &str) {
    let tree = Tree::new();
    let mut file = fs::File::create(tree.root().join("long")).unwrap();
    file.set_len(9_000_000).unwrap();
    file.write_all(b"\n").unwrap();
    drop(file);
    let report = scan(backend, &tree);
    assert_eq!(tree.lines(&report), ["1 9000000 c6ade69e long"]);
}

/// The limiter lends nothing, so that the walk can not begin.
fn a_timeout_before_the_walk_is_noticed(backend: &str) {
    let tree = Tree::new();
    tree.file("a", "");
    let threads = CapacityLimiter::new(0);
    let scan = Scan::new([tree.root()])
        .threads(&threads)
        .timeout(Duration::from_millis(10));
    let report = run(backend, scan.run());
    assert!(!report.complete);
    assert_eq!((report.files.len(), report.statistics.spawned), (0, 0));
    assert_eq!(threads.statistics().waiting, 0);
}

fn a_timeout_that_does_not_pass_changes_nothing(backend: &str) {
    let tree = Tree::new();
    tree.file("a", "");
    let scan = Scan::new([tree.root()]).timeout(Duration::from_secs(3600));
    let report = run(backend, scan.run());
    assert!(report.complete);
    assert_eq!(report.files.len(), 1);
}

/// When the timeout passes, every child has been spawned and one has not read its file.
fn a_timeout_after_the_walk_is_noticed(backend: &str) {
    let tree = Tree::new();
    tree.file("a", "");
    let threads = CapacityLimiter::new(1);
    let scan = Scan::new([tree.root()])
        .threads(&threads)
        .timeout(Duration::from_secs(1));
    let report = run(backend, async move {
        anyrt::task_group(async |tg| {
            // First come, first served: the walk, then this group, then the child.
            let first = threads.try_acquire().unwrap();
            let scan = tg.spawn_value(scan.run());
            while threads.statistics().waiting < 1 && !scan.is_finished() {
                anyrt::yield_now().await;
            }
            let acquire = threads.acquire();
            let second = tg.spawn_value(acquire);
            while threads.statistics().waiting < 2 && !scan.is_finished() {
                anyrt::yield_now().await;
            }
            drop(first);
            let report = scan.await.unwrap();
            drop(second);
            report
        })
        .await
    });
    assert!(!report.complete);
    assert_eq!(report.files.len(), 0);
}

/// The limiter lends nothing, so that the scan can not end by itself.
fn a_scope_around_the_scan_ends_it(backend: &str) {
    let tree = Tree::new();
    tree.file("a", "");
    let threads = CapacityLimiter::new(0);
    let scan = Scan::new([tree.root()]).threads(&threads);
    let moved_on = anyrt::move_on_after(Duration::from_millis(10), scan.run());
    assert!(run(backend, moved_on).is_none());
    assert_eq!(threads.statistics().waiting, 0);
}

fn progress_is_seen_while_it_runs(backend: &str) {
    let tree = Tree::new();
    tree.file("a", "1\n").file("b", "2\n");
    let threads = CapacityLimiter::new(1);
    let scan = Scan::new([tree.root()]).threads(&threads).children(1);
    let progress = scan.progress();
    assert_eq!(progress.so_far().files, 0);
    let seen = run(backend, async move {
        anyrt::task_group(async |tg| {
            let scan = tg.spawn_value(scan.run());
            while progress.so_far().files == 0 {
                anyrt::yield_now().await;
            }
            scan.await.unwrap().files.len()
        })
        .await
    });
    assert_eq!(seen, 2);
}
