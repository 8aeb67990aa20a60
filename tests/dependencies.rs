//! What a feature pulls into a user's tree: the runtime it names, and no other.

use std::{env, process::Command};

/// The packages in the normal dependency tree of `package` with `features`.
fn tree(package: &str, features: &str) -> Vec<String> {
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["tree", "--package", package, "--edges", "normal"])
        .args(["--no-default-features", "--features", features])
        .args(["--prefix", "none", "--format", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout)
        .expect("cargo prints UTF-8")
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

/// Crates that are a runtime, or a reactor or an executor of one.
const RUNTIMES: [&str; 8] = [
    "tokio",
    "mio",
    "smol",
    "async-std",
    "async-io",
    "async-executor",
    "async-global-executor",
    "blocking",
];

#[track_caller]
fn assert_runtimes(package: &str, features: &str, allowed: &[&str]) {
    let tree = tree(package, features);
    assert!(tree.iter().any(|name| name == "anyrt-core"), "{tree:?}");
    for name in allowed {
        assert!(
            tree.iter().any(|found| found == name),
            "{name} is missing in {tree:?}"
        );
    }
    let foreign: Vec<_> = tree
        .iter()
        .filter(|name| RUNTIMES.contains(&name.as_str()) && !allowed.contains(&name.as_str()))
        .collect();
    assert!(foreign.is_empty(), "`{features}` pulls in {foreign:?}");
}

#[test]
fn tokio_brings_no_other_runtime() {
    assert_runtimes("anyrt", "tokio", &["tokio", "mio"]);
}

#[test]
fn smol_brings_no_tokio_and_no_async_std() {
    assert_runtimes(
        "anyrt",
        "smol",
        &["smol", "async-io", "async-executor", "blocking"],
    );
}

#[test]
fn async_std_brings_no_tokio() {
    let tree = tree("anyrt", "async-std");
    assert!(tree.iter().any(|name| name == "async-std"), "{tree:?}");
    assert!(
        !tree.iter().any(|name| name == "tokio" || name == "mio"),
        "{tree:?}"
    );
}

#[test]
fn the_simulation_and_a_bare_library_bring_none() {
    assert_runtimes("anyrt", "sim", &[]);
    assert_runtimes("anyrt", "", &[]);
}

#[test]
fn the_suite_without_its_default_features_brings_none() {
    assert_runtimes("anyrt-compat-tests", "", &[]);
}
