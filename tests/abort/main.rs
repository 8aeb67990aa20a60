//! Programs that abort on a panic: everything but panics works as ever, and a panic ends the process.
#![cfg(all(
    unix,
    any(
        feature = "tokio",
        feature = "smol",
        feature = "async-std",
        feature = "sim"
    )
))]

mod library;

use std::{
    env,
    ffi::OsString,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use library::{backends, library};

const WORK: &str = "\
group: 3
errors: [\"an error\"]
shield: done
scope: Explicit
timeout: true
in time: Some(7)
ended
";

const SIGABRT: i32 = 6;

/// Only the program itself is compiled for it: std brings its own panic runtime, and the libraries fit either.
fn build() -> PathBuf {
    let (library, dependencies) = library();
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!(
        "abort-{}{}",
        backends().join("-"),
        env::consts::EXE_SUFFIX
    ));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/abort/program.rs");
    let named = |name: &str, path: PathBuf| {
        let mut argument = OsString::from(name);
        argument.push(path);
        argument
    };
    let output = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args(["--edition", "2024", "-C", "panic=abort", "--extern"])
        .arg(named("anyrt=", library))
        .arg("-L")
        .arg(named("dependency=", dependencies))
        .arg("-o")
        .arg(&program)
        .arg(source)
        .output()
        .expect("rustc runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    program
}

fn run(program: &Path, backend: &str, what: &str) -> Output {
    Command::new(program)
        .arg(what)
        .env("ANYRT_BACKEND", backend)
        .env_remove("ANYRT_SIM_SEED")
        .output()
        .expect("the program runs")
}

#[test]
fn everything_works_but_a_panic_ends_the_process() {
    let program = build();
    for backend in backends() {
        let output = run(&program, backend, "work");
        assert_eq!(output.status.code(), Some(0), "{backend}: {output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), WORK, "{backend}");
        for what in ["panic-in-main", "panic-in-a-child", "panic-on-a-thread"] {
            let output = run(&program, backend, what);
            let errors = String::from_utf8_lossy(&output.stderr);
            assert_eq!(
                output.status.signal(),
                Some(SIGABRT),
                "{backend}: {output:?}"
            );
            assert!(errors.contains("on purpose"), "{backend}: {errors}");
            assert!(output.stdout.is_empty(), "{backend}: {output:?}");
        }
    }
}
