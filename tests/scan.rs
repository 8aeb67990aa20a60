//! What the example `scan` promises, on every backend.
#![cfg(any(
    feature = "tokio",
    feature = "smol",
    feature = "async-std",
    feature = "sim"
))]

#[expect(dead_code, reason = "what scan refuses is in another file")]
mod support;

use std::{
    ffi::OsStr,
    os::unix::{ffi::OsStrExt, fs::symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use support::{Ending, Tree, backends, build, command};

fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| build("scan"))
}

/// A scan of the tree, from inside it.
fn scan(backend: &str, tree: &Tree) -> Command {
    let mut scan = command(program(), Some(backend));
    scan.current_dir(tree.root());
    scan
}

#[track_caller]
fn ending(command: &mut Command) -> Ending {
    Ending::of(command.output().unwrap())
}

/// What `--stats` says: children spawned, most alive, most in threads.
fn numbers(errors: &str) -> [usize; 3] {
    let line = errors
        .lines()
        .find(|line| line.starts_with("children: "))
        .unwrap();
    let numbers: Vec<_> = line
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect();
    numbers.try_into().unwrap()
}

#[test]
fn every_backend_prints_the_same_sorted_lines() {
    let tree = Tree::new();
    tree.file("b/two", "1\n2\nno end")
        .file("a", "123456789")
        .file("a-b", "")
        .file("b/binary", [0, 255, b'\n'])
        .file("target/a", "")
        .file(".git", "")
        .file("b/left out", "");
    symlink(tree.root(), tree.root().join("link")).unwrap();
    for backend in backends() {
        let ending = ending(scan(backend, &tree).args([".", "--exclude", "left out"]));
        let out = "\
            0 9 cbf43926 ./a\n\
            0 0 00000000 ./a-b\n\
            1 3 8cb0cd7e ./b/binary\n\
            2 10 e41ecb8b ./b/two\n\
            total: 4 files, 3 lines, 22 bytes\n";
        let expected = Ending {
            code: Some(0),
            out: out.to_owned(),
            errors: format!("backend: {backend}\n"),
        };
        assert_eq!(ending, expected);
    }
}

#[test]
fn what_is_left_out_is_scanned_when_it_is_asked_for() {
    let tree = Tree::new();
    tree.file("target/a", "").file("-b", "");
    for backend in backends() {
        let ending = ending(scan(backend, &tree).args(["target", "--", "-b"]));
        assert_eq!(ending.code, Some(0));
        let lines = "0 0 00000000 -b\n0 0 00000000 target/a\n";
        assert!(ending.out.starts_with(lines), "{ending:?}");
    }
}

#[test]
fn names_that_are_not_text_keep_to_their_lines() {
    let tree = Tree::new();
    tree.file(OsStr::from_bytes(b"\xff\xfe"), "x")
        .file("new\nline", "x")
        .file("back\\n", "x");
    for backend in backends() {
        let ending = ending(scan(backend, &tree).arg("."));
        let out = "\
            0 1 8cdc1683 ./back\\\\n\n\
            0 1 8cdc1683 ./new\\nline\n\
            0 1 8cdc1683 ./\\xff\\xfe\n\
            total: 3 files, 0 lines, 3 bytes\n";
        assert_eq!((ending.code, ending.out.as_str()), (Some(0), out));
    }
}

#[test]
fn children_and_threads_are_bounded_in_a_big_tree() {
    let tree = Tree::new();
    for number in 0..5000 {
        tree.file(format!("{}/{number}", number % 7), "x\n");
    }
    for backend in backends() {
        let ending = ending(scan(backend, &tree).args([".", "--stats", "--threads", "3"]));
        assert_eq!(ending.code, Some(0), "{ending:?}");
        assert!(
            ending
                .out
                .ends_with("total: 5000 files, 5000 lines, 10000 bytes\n")
        );
        let [spawned, alive, in_threads] = numbers(&ending.errors);
        assert_eq!(spawned, 5000);
        assert!((1..=64).contains(&alive), "{}", ending.errors);
        assert!((1..=3).contains(&in_threads), "{}", ending.errors);
    }
}

#[test]
fn what_can_not_be_read_is_reported_at_the_end() {
    let tree = Tree::new();
    tree.file("a", "").file("z", "");
    for backend in backends() {
        // Nothing is mapped at address 0, even for root.
        let ending = ending(scan(backend, &tree).args(["/proc/self/mem", "."]));
        assert_eq!(ending.code, Some(1));
        let out = "0 0 00000000 ./a\n0 0 00000000 ./z\ntotal: 2 files, 0 lines, 0 bytes\n";
        assert_eq!(ending.out, out);
        let last = ending.errors.lines().last().unwrap();
        assert!(last.contains("/proc/self/mem"), "{last}");
    }
}

#[cfg(any(feature = "tokio", feature = "smol", feature = "async-std"))]
#[test]
fn a_timeout_lists_what_was_done() {
    let tree = Tree::new();
    tree.file("a", "").file("b", "");
    let endless = std::fs::File::create(tree.root().join("endless")).unwrap();
    endless.set_len(1 << 38).unwrap();
    // On the simulation, seconds pass only while nobody has anything to do.
    let real = backends().into_iter().filter(|name| *name != "sim");
    let scans: Vec<_> = real
        .map(|backend| {
            let mut command = scan(backend, &tree);
            command.args([".", "--timeout", "2.5"]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    for scan in scans {
        let ending = Ending::of(scan.wait_with_output().unwrap());
        assert_eq!(ending.code, Some(124), "{ending:?}");
        let out = "0 0 00000000 ./a\n0 0 00000000 ./b\ntotal: 2 files, 0 lines, 0 bytes\n";
        assert_eq!(ending.out, out);
        assert!(ending.errors.contains("timeout"), "{ending:?}");
    }
}

/// More files than a task reads without suspending, and it is ended where it first suspends.
#[test]
fn no_time_at_all_is_a_timeout_everywhere() {
    let tree = Tree::new();
    for number in 0..2000 {
        tree.file(number.to_string(), "");
    }
    for backend in backends() {
        let ending = ending(scan(backend, &tree).args([".", "--timeout", "0"]));
        assert_eq!(ending.code, Some(124), "{ending:?}");
        assert!(ending.out.lines().count() < 2000, "{ending:?}");
        assert!(ending.errors.contains("timeout"), "{ending:?}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let tree = Tree::new();
    tree.file("a", "");
    for backend in backends() {
        let mut command = scan(backend, &tree);
        command
            .arg(".")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut scan = command.spawn().unwrap();
        drop(scan.stdout.take());
        let ending = Ending::of(scan.wait_with_output().unwrap());
        assert_eq!(ending.code, Some(0), "{ending:?}");
        assert_eq!(ending.errors, format!("backend: {backend}\n"));
    }
}
