//! Where the library lies that this test was built with.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

/// The backends that are compiled in.
pub(crate) fn backends() -> Vec<&'static str> {
    let all = [
        ("tokio", cfg!(feature = "tokio")),
        ("smol", cfg!(feature = "smol")),
        ("async-std", cfg!(feature = "async-std")),
        ("sim", cfg!(feature = "sim")),
    ];
    all.into_iter()
        .filter_map(|(name, is_on)| is_on.then_some(name))
        .collect()
}

/// The library, and the folder of what it depends on. Cargo is asked for it as it was for this test, so that it has
/// nothing to compile.
pub(crate) fn library() -> (PathBuf, PathBuf) {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo.args(["build", "--offline", "--lib", "--message-format", "json"]);
    if backends().len() == 4 {
        cargo.args(["--workspace", "--all-features"]);
    } else {
        cargo.args(["--package", "anyrt", "--no-default-features", "--features"]);
        cargo.arg(backends().join(","));
    }
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    // target/PROFILE/deps/TEST
    let test = env::current_exe().expect("a test has a path");
    let target = test
        .ancestors()
        .nth(3)
        .expect("a test lies in the target folder");
    let output = cargo
        .arg("--target-dir")
        .arg(target)
        .output()
        .expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let messages = String::from_utf8(output.stdout).expect("cargo prints UTF-8");
    let library = messages
        .lines()
        .filter(|line| line.contains("\"name\":\"anyrt\","))
        .flat_map(|line| line.split('"'))
        .find(|path| path.ends_with(".rlib"))
        .map(PathBuf::from)
        .expect("the library is one of what was built");
    let folder = library.parent().expect("it lies in a folder");
    let dependencies = if folder.ends_with("deps") {
        folder.to_owned()
    } else {
        folder.join("deps")
    };
    assert!(Path::new(&dependencies).is_dir(), "{dependencies:?}");
    (library, dependencies)
}
