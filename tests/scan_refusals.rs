//! What the example `scan` refuses: one line, exit code 2, nothing on standard output.

mod support;

use std::{os::unix::fs::symlink, path::PathBuf, sync::OnceLock};

use support::{Ending, Tree, backends, build, command};

/// A scan from inside the tree.
fn scan(backend: Option<&str>, tree: &Tree, arguments: &[&str]) -> Ending {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let program = PROGRAM.get_or_init(|| build("scan"));
    let mut scan = command(program, backend);
    scan.current_dir(tree.root()).args(arguments);
    Ending::of(scan.output().unwrap())
}

#[test]
fn mistakes_are_one_clear_line() {
    let tree = Tree::new();
    tree.file("a", "");
    symlink("a", tree.root().join("link")).unwrap();
    let cases: [(&[&str], &str); 10] = [
        (&[], "no path"),
        (&["missing\nfile"], "No such file"),
        (&["link"], "symbolic link"),
        (&["/dev/null"], "neither a regular file nor a directory"),
        (&[".", "--fast"], "--fast"),
        (&[".", "--threads"], "--threads"),
        (&[".", "--threads", "0"], "--threads"),
        (&[".", "--timeout", "-1"], "--timeout"),
        (&[".", "--timeout", "soon"], "--timeout"),
        (&[".", "--exclude"], "--exclude"),
    ];
    for (arguments, word) in cases {
        let ending = scan(backends().first().copied(), &tree, arguments);
        assert!(ending.refusal().contains(word), "{ending:?}");
    }
}

#[test]
fn a_backend_that_is_not_there_is_one_clear_line() {
    let tree = Tree::new();
    let unknown = scan(Some("nope"), &tree, &["."]);
    assert!(unknown.refusal().contains("`nope`"));
    let backends = backends();
    for missing in ["tokio", "smol", "async-std", "sim"] {
        if !backends.contains(&missing) {
            let ending = scan(Some(missing), &tree, &["."]);
            assert!(ending.refusal().contains("feature"), "{ending:?}");
        }
    }
}

#[test]
fn none_named_works_when_there_is_only_one() {
    let tree = Tree::new();
    let ending = scan(None, &tree, &["."]);
    let backends = backends();
    let real: Vec<_> = backends
        .iter()
        .copied()
        .filter(|name| *name != "sim")
        .collect();
    match (real.as_slice(), backends.as_slice()) {
        ([only], _) | ([], [only]) => {
            assert_eq!(ending.code, Some(0));
            assert_eq!(ending.errors, format!("backend: {only}\n"));
        }
        ([], _) => assert!(ending.refusal().contains("--features"), "{ending:?}"),
        (several, _) => {
            assert!(several.iter().all(|name| ending.refusal().contains(*name)));
            assert!(ending.refusal().contains("ANYRT_BACKEND"));
        }
    }
}
