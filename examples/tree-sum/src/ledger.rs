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
    /// Of the files; it stays when they have been taken out.
    total: Total,
    /// Files that somebody is to read, and has not.
    open: usize,
}

impl Ledger {
    /// Announces that the result of a file will be entered.
    pub(crate) fn expect(&self) {
        self.pages().open += 1;
    }

    /// Enters the result of a file that was announced.
    pub(crate) fn enter(&self, result: Result<FileSum, Unreadable>) {
        let mut pages = self.pages();
        pages.open -= 1;
        match result {
            Ok(file) => {
                pages.total.files += 1;
                pages.total.lines += file.lines;
                pages.total.bytes += file.bytes;
                pages.files.push(file);
            }
            Err(unreadable) => pages.unreadable.push(unreadable),
        }
    }

    /// Enters something that was not announced.
    pub(crate) fn unreadable(&self, unreadable: Unreadable) {
        self.pages().unreadable.push(unreadable);
    }

    /// Takes everything out, in order. It is all there is if everything was announced, and entered.
    pub(crate) fn close(&self, all_announced: bool, statistics: Statistics) -> Report {
        let mut pages = self.pages();
        let mut files = mem::take(&mut pages.files);
        let mut unreadable = mem::take(&mut pages.unreadable);
        let open = pages.open;
        drop(pages);
        files.sort_unstable_by(|a, b| a.path.as_os_str().cmp(b.path.as_os_str()));
        unreadable.sort_by(|a, b| a.path.as_os_str().cmp(b.path.as_os_str()));
        Report {
            files,
            unreadable,
            complete: all_announced && open == 0,
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

    /// The files that have been read by now.
    pub fn so_far(&self) -> Total {
        self.ledger.pages().total
    }
}
