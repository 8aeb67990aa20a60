//! A tree of files for one test.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicUsize, Ordering},
};

use tree_sum::Report;

/// A directory that is removed with this.
pub(crate) struct Tree {
    root: PathBuf,
}

impl Tree {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!(
            "tree-{}-{}-{count}",
            env!("CARGO_CRATE_NAME"),
            process::id()
        ));
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

    /// The lines of a report, with paths from the root on.
    pub(crate) fn lines(&self, report: &Report) -> Vec<String> {
        let prefix = format!("{}/", self.root.display());
        let lines = report.files.iter().map(ToString::to_string);
        lines.map(|line| line.replace(&prefix, "")).collect()
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}
