//! The examples as a user runs them: built with the same features, in processes of their own.

use std::{
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{self, Command, Output},
    sync::atomic::{AtomicUsize, Ordering},
};

/// The backends that are compiled in, here and in the examples.
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

/// The path of an example, built if it is not up to date: `cargo test --test NAME` builds none.
pub(crate) fn build(example: &str) -> PathBuf {
    let backends = backends();
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).args([
        "build",
        "--example",
        example,
        "--message-format",
        "json",
    ]);
    // As the whole workspace is tested, so that nothing has to be compiled again.
    if backends.len() == 4 {
        cargo.args(["--workspace", "--all-features"]);
    } else {
        cargo.args(["--package", "anyrt", "--no-default-features"]);
        cargo.args(["--features", &backends.join(",")]);
    }
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    // target/PROFILE/deps/TEST
    let test = env::current_exe().unwrap();
    cargo
        .arg("--target-dir")
        .arg(test.ancestors().nth(3).unwrap());
    let output = cargo.output().expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let messages = String::from_utf8(output.stdout).unwrap();
    let (_, path) = messages
        .rsplit_once("\"executable\":\"")
        .expect("an example is executable");
    path.split('"').next().unwrap().into()
}

/// How a program ended, and what it said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) errors: String,
}

impl Ending {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            errors: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The message of a program that did nothing else.
    #[track_caller]
    pub(crate) fn refusal(&self) -> &str {
        assert_eq!((self.code, self.out.as_str()), (Some(2), ""), "{self:?}");
        assert_eq!(self.errors.lines().count(), 1, "{self:?}");
        &self.errors
    }
}

/// A command for a program, on a backend by its name in the environment.
pub(crate) fn command(program: &Path, backend: Option<&str>) -> Command {
    let mut command = Command::new(program);
    command.env_remove("ANYRT_SIM_SEED");
    match backend {
        Some(backend) => command.env("ANYRT_BACKEND", backend),
        None => command.env_remove("ANYRT_BACKEND"),
    };
    command
}

/// A directory that is removed with this.
#[derive(Debug)]
pub(crate) struct Tree {
    root: PathBuf,
}

impl Tree {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("tree-{}-{count}", process::id());
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&root).unwrap();
        Self { root }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Adds a file, and the directories on the way to it.
    pub(crate) fn file(&self, path: impl AsRef<OsStr>, content: impl AsRef<[u8]>) -> &Self {
        let path = self.root.join(path.as_ref());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}
