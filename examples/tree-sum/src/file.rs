//! Summing one file, a stretch at a time.

use std::{
    fs::File,
    io::{self, Read},
    path::PathBuf,
};

use anyrt::sync::CapacityLimiter;
use crc32fast::Hasher;

use crate::report::FileSum;

/// What one read may bring. It lies on the worker's stack.
const BUFFER: usize = 64 * 1024;

/// How many reads make one call to a worker thread: a cancel waits for nothing longer, and a file of
/// ordinary size needs one call.
const READS: usize = 64;

/// The sums of a file that is not a symbolic link.
pub(crate) async fn sum(path: PathBuf, threads: &CapacityLimiter) -> io::Result<FileSum> {
    let mut reading = on_thread(threads, move || Reading::open(path)?.read_on()).await?;
    while !reading.ended {
        reading = on_thread(threads, move || reading.read_on()).await?;
    }
    Ok(reading.finish())
}

/// Runs `f` on a worker thread behind the limiter.
///
/// Reading changes nothing, so a call that a cancelled scope finds running may be left behind: a
/// device that never answers does not keep a deadline waiting.
pub(crate) async fn on_thread<T: Send + 'static>(
    threads: &CapacityLimiter,
    f: impl FnOnce() -> T + Send + 'static,
) -> T {
    anyrt::to_thread(f)
        .limiter(threads)
        .abandon_on_cancel()
        .await
}

/// A file on its way to its end.
struct Reading {
    path: PathBuf,
    file: File,
    lines: u64,
    bytes: u64,
    crc32: Hasher,
    ended: bool,
}

impl Reading {
    fn open(path: PathBuf) -> io::Result<Self> {
        Ok(Self {
            file: File::open(&path)?,
            path,
            lines: 0,
            bytes: 0,
            crc32: Hasher::new(),
            ended: false,
        })
    }

    /// Reads the next stretch.
    fn read_on(mut self) -> io::Result<Self> {
        let mut buffer = [0; BUFFER];
        for _ in 0..READS {
            let chunk = match self.file.read(&mut buffer) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(length) => &buffer[..length],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            self.lines += chunk.iter().filter(|byte| **byte == b'\n').count() as u64;
            self.bytes += chunk.len() as u64;
            self.crc32.update(chunk);
        }
        Ok(self)
    }

    fn finish(self) -> FileSum {
        FileSum {
            path: self.path,
            lines: self.lines,
            bytes: self.bytes,
            crc32: self.crc32.finalize(),
        }
    }
}
