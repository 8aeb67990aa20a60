//! Finding the files, a batch at a time.

use std::{
    ffi::OsString,
    fs::{self, FileType, ReadDir},
    io,
    path::{Path, PathBuf},
};

use crate::report::Unreadable;

/// How many directory entries make one batch, and so one call to a worker thread.
const BATCH: usize = 256;

/// A walk through some trees. It remembers directories that it has yet to read, not their entries, and has
/// one of them open: neither a wide nor a deep tree costs memory or descriptors.
pub(crate) struct Walk {
    excluded: Vec<OsString>,
    /// As given, last first; not looked at yet.
    roots: Vec<PathBuf>,
    directories: Vec<PathBuf>,
    open: Option<(PathBuf, ReadDir)>,
}

/// What a walk comes across.
pub(crate) enum Found {
    File(PathBuf),
    Unreadable(Unreadable),
}

impl Walk {
    pub(crate) fn new(mut roots: Vec<PathBuf>, excluded: Vec<OsString>) -> Self {
        roots.reverse();
        Self {
            excluded,
            roots,
            directories: Vec::new(),
            open: None,
        }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.roots.is_empty() && self.directories.is_empty() && self.open.is_none()
    }

    /// Walks on, and returns what was found; that may be nothing although the walk is not done.
    pub(crate) fn next_batch(mut self) -> (Self, Vec<Found>) {
        let mut found = Vec::new();
        for _ in 0..BATCH {
            if self.is_done() {
                break;
            }
            if let Err(unreadable) = self.step(&mut found) {
                found.push(Found::Unreadable(unreadable));
            }
        }
        (self, found)
    }

    /// The next entry, else the next directory, else the next root.
    fn step(&mut self, found: &mut Vec<Found>) -> Result<(), Unreadable> {
        if let Some((directory, entries)) = &mut self.open {
            match entries.next() {
                Some(Ok(entry)) => {
                    if self.excluded.contains(&entry.file_name()) {
                        return Ok(());
                    }
                    let path = entry.path();
                    match entry.file_type() {
                        Ok(kind) => self.classify(path, kind, found),
                        Err(error) => return Err(Unreadable { path, error }),
                    }
                }
                Some(Err(error)) => {
                    let path = directory.clone();
                    self.open = None;
                    return Err(Unreadable { path, error });
                }
                None => self.open = None,
            }
        } else if let Some(path) = self.directories.pop() {
            match fs::read_dir(&path) {
                Ok(entries) => self.open = Some((path, entries)),
                Err(error) => return Err(Unreadable { path, error }),
            }
        } else if let Some(path) = self.roots.pop() {
            match kind_of(&path) {
                Ok(kind) => self.classify(path, kind, found),
                Err(error) => return Err(Unreadable { path, error }),
            }
        }
        Ok(())
    }

    fn classify(&mut self, path: PathBuf, kind: FileType, found: &mut Vec<Found>) {
        if kind.is_dir() {
            self.directories.push(path);
        } else if kind.is_file() {
            found.push(Found::File(path));
        }
    }
}

fn kind_of(path: &Path) -> io::Result<FileType> {
    fs::symlink_metadata(path).map(|metadata| metadata.file_type())
}
