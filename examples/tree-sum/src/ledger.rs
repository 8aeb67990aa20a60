//! What a scan has found so far.

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::report::{FileSum, Report, Statistics, Total, Unreadable};

/// Where the children write; it outlives them, so that a timeout loses nothing that was done.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pages: Mutex<Pages>,
}

#[derive(Debug, Default)]
struct Pages {
    files: Vec<FileSum>,
    unreadable: Vec<Unreadable>,
    lines: u64,
    bytes: u64,
}

impl Ledger {
    pub(crate) fn file(&self, file: FileSum) {
        let mut pages = self.pages();
        pages.lines += file.lines;
        pages.bytes += file.bytes;
        pages.files.push(file);
    }

    pub(crate) fn unreadable(&self, unreadable: Unreadable) {
        self.pages().unreadable.push(unreadable);
    }

    /// Takes everything out, in order.
    pub(crate) fn close(&self, timed_out: bool, statistics: Statistics) -> Report {
        let Pages {
            mut files,
            mut unreadable,
            ..
        } = mem::take(&mut *self.pages());
        files.sort_unstable_by(|a, b| a.path.as_os_str().cmp(b.path.as_os_str()));
        unreadable.sort_by(|a, b| a.path.as_os_str().cmp(b.path.as_os_str()));
        Report {
            files,
            unreadable,
            timed_out,
            statistics,
        }
    }

    /// Nothing that panics runs under the lock.
    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A view on a scan that is under way, from any task or thread.
#[derive(Clone, Debug)]
pub struct Progress {
    ledger: Arc<Ledger>,
}

impl Progress {
    pub(crate) fn of(ledger: &Arc<Ledger>) -> Self {
        Self {
            ledger: Arc::clone(ledger),
        }
    }

    /// The files that have been read; nothing again once the scan has reported.
    pub fn so_far(&self) -> Total {
        let pages = self.ledger.pages();
        Total {
            files: pages.files.len(),
            lines: pages.lines,
            bytes: pages.bytes,
        }
    }
}
