//! What compiles (`pass`, part of this test), and what does not, with a message one can read (`fail`).

mod pass;

use std::{
    env,
    io::{self, Write},
    process::Command,
};

/// The compiler that the texts in `fail` were made with; other versions word their messages differently.
///
/// To make them anew: `TRYBUILD=overwrite cargo test --test compile`, then read every one of them.
const TEXTS_OF: &str = "rustc 1.95.0 ";

/// The texts know of no backend: one look at them is enough, and one more build of every backend too much.
const BARE: bool = !cfg!(any(
    feature = "tokio",
    feature = "smol",
    feature = "async-std",
    feature = "sim"
));

/// Why the test proves nothing here, past the capture of its output, so that nobody takes it for passed.
fn skipped(reason: &str) {
    let _ = writeln!(io::stderr(), "skipped: misuse_does_not_compile: {reason}");
}

#[test]
fn misuse_does_not_compile() {
    if !BARE {
        return skipped("it runs without a backend: cargo test -p anyrt --test compile");
    }
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output();
    let version = String::from_utf8(version.expect("rustc runs").stdout).expect("UTF-8");
    if !version.starts_with(TEXTS_OF) {
        return skipped(&format!("made with {TEXTS_OF}, this is {}", version.trim()));
    }
    trybuild::TestCases::new().compile_fail("tests/compile/fail/*.rs");
}
