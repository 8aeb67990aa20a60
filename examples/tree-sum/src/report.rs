//! What a scan came to.

use std::{fmt, io, path::PathBuf};

use crate::path::Escaped;

/// The sums of one file.
///
/// Printed as `lines bytes crc32 path`, in one line whatever the file is called: a backslash is doubled; a
/// control character, and each byte that is not UTF-8, becomes `\n`, `\r`, `\t` or `\xNN`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileSum {
    /// Where it was found.
    pub path: PathBuf,
    /// How many line feeds it has.
    pub lines: u64,
    /// Its length, as read.
    pub bytes: u64,
    /// The CRC-32 of its content, as in gzip and PNG.
    pub crc32: u32,
}

impl fmt::Display for FileSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            lines,
            bytes,
            crc32,
        } = self;
        write!(f, "{lines} {bytes} {crc32:08x} {}", Escaped(path))
    }
}

/// A file or directory that could not be read.
#[derive(Debug)]
#[non_exhaustive]
pub struct Unreadable {
    /// Where it is.
    pub path: PathBuf,
    /// Why.
    pub error: io::Error,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", Escaped(&self.path), self.error)
    }
}

impl std::error::Error for Unreadable {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// What a scan came to; both lists are sorted by the bytes of the paths.
#[derive(Debug)]
#[non_exhaustive]
pub struct Report {
    /// The files that were read to their end.
    pub files: Vec<FileSum>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// Everything is listed. `false` if the timeout, or a scope around the scan, cut it short.
    pub complete: bool,
    /// How much was going on at once.
    pub statistics: Statistics,
}

impl Report {
    /// The files taken together.
    pub fn total(&self) -> Total {
        Total {
            files: self.files.len(),
            lines: self.files.iter().map(|file| file.lines).sum(),
            bytes: self.files.iter().map(|file| file.bytes).sum(),
        }
    }
}

/// Several files taken together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Total {
    /// How many.
    pub files: usize,
    /// The sum of their lines.
    pub lines: u64,
    /// The sum of their lengths.
    pub bytes: u64,
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            files,
            lines,
            bytes,
        } = self;
        write!(f, "total: {files} files, {lines} lines, {bytes} bytes")
    }
}

/// How much was going on at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// Child tasks, one for each file.
    pub spawned: usize,
    /// The most children that were alive at once.
    pub most_alive: usize,
    /// The most calls that were in worker threads at once, in everything that shares the limiter.
    pub most_in_threads: usize,
}

impl fmt::Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            spawned,
            most_alive,
            most_in_threads,
        } = self;
        write!(
            f,
            "children: {spawned} spawned, at most {most_alive} alive at once, at most {most_in_threads} in threads \
             at once"
        )
    }
}
