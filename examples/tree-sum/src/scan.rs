//! The scan itself: a walk that admits, and children that read.

use std::{
    ffi::OsString,
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};

use anyrt::{
    sync::{CapacityLimiter, Token},
    task::TryTaskGroup,
};

use crate::{
    file::{on_thread, sum},
    ledger::{Ledger, Progress},
    report::{Report, Statistics, Unreadable},
    walk::{Found, Walk},
};

/// A scan of some directory trees: what to sum, and how much of it at once.
#[derive(Debug)]
#[must_use = "a scan does nothing until `run` is awaited"]
pub struct Scan {
    roots: Vec<PathBuf>,
    excluded: Vec<OsString>,
    threads: Option<CapacityLimiter>,
    children: usize,
    timeout: Duration,
    strict: bool,
    ledger: Arc<Ledger>,
}

impl Scan {
    /// Scans these files and directories. One that is given twice is summed twice.
    pub fn new<P: Into<PathBuf>>(roots: impl IntoIterator<Item = P>) -> Self {
        Self {
            roots: roots.into_iter().map(Into::into).collect(),
            excluded: Vec::new(),
            threads: None,
            children: 64,
            timeout: Duration::MAX,
            strict: false,
            ledger: Arc::default(),
        }
    }

    /// Leaves out files and directories of this name, wherever they are found. What was given to
    /// [`new`](Self::new) is scanned, whatever its name.
    pub fn exclude(mut self, name: impl Into<OsString>) -> Self {
        self.excluded.push(name.into());
        self
    }

    /// Makes every blocking call behind this limiter. Default:
    /// [`default_thread_limiter`](anyrt::thread::default_thread_limiter).
    pub fn threads(mut self, threads: &CapacityLimiter) -> Self {
        self.threads = Some(threads.clone());
        self
    }

    /// Has at most so many children alive at once. Default: 64.
    ///
    /// # Panics
    ///
    /// When `most` is zero.
    #[track_caller]
    pub fn children(mut self, most: usize) -> Self {
        assert!(most > 0, "a scan needs at least one child at a time");
        self.children = most;
        self
    }

    /// Stops after this long, and reports what was done by then. Default: never.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Ends the scan at the first file that can not be read. Default: it is reported, and the rest is
    /// scanned.
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// A view on the scan, to look at while it runs.
    pub fn progress(&self) -> Progress {
        Progress::of(&self.ledger)
    }

    /// Scans.
    ///
    /// # Cancel safety
    ///
    /// If dropped before completion, nothing has changed on disk; at most one stretch of 4 MiB per
    /// worker thread is still read.
    ///
    /// # Panics
    ///
    /// Where there is no runtime that anyrt can use.
    pub async fn run(self) -> Report {
        let threads = self
            .threads
            .unwrap_or_else(anyrt::thread::default_thread_limiter);
        let (children, strict, ledger) = (self.children, self.strict, self.ledger);
        let mut walk = Walk::new(self.roots, self.excluded);
        let group = OnceLock::new();

        let walked = anyrt::move_on_after(
            self.timeout,
            anyrt::try_task_group(async |tg: TryTaskGroup<Unreadable>| {
                let tg = group.get_or_init(|| tg);
                let admission = CapacityLimiter::new(children);
                while !walk.is_done() {
                    let batch;
                    (walk, batch) = on_thread(&threads, move || walk.next_batch()).await;
                    for found in batch {
                        match found {
                            Found::File(path) => {
                                let admitted = admit(&admission, tg, children).await;
                                let (threads, ledger) = (threads.clone(), Arc::clone(&ledger));
                                ledger.expect();
                                tg.spawn(enter(path, threads, ledger, strict, admitted));
                            }
                            Found::Unreadable(unreadable) => ledger.unreadable(unreadable),
                        }
                    }
                }
                Ok(())
            }),
        )
        .await;
        let walked = match walked {
            Some(Err(unreadable)) => {
                // The first, and what else went wrong while the others were being cancelled.
                unreadable
                    .into_iter()
                    .for_each(|unreadable| ledger.enter(Err(unreadable)));
                false
            }
            walked => walked.is_some(),
        };

        let mut statistics = Statistics {
            most_in_threads: threads.statistics().peak,
            ..Statistics::default()
        };
        if let Some(tg) = group.get() {
            let group = tg.statistics();
            (statistics.spawned, statistics.most_alive) = (group.spawned, group.peak);
        }
        // A group that a cancel reaches after its body has ended is ready all the same, so that the walk
        // being done does not mean that its children are.
        ledger.close(walked, statistics)
    }
}

/// Waits until one more child may be spawned. A child that waited for its turn itself would be in
/// memory meanwhile, and so would a task for every file of the tree.
async fn admit(admission: &CapacityLimiter, tg: &TryTaskGroup<Unreadable>, most: usize) -> Token {
    let admitted = admission.acquire().await;
    // A child gives back its token a moment before the group has seen the last of it.
    while tg.statistics().alive >= most {
        anyrt::yield_now().await;
    }
    admitted
}

/// The child: sums one file, and enters it in the ledger. Unless the scan is strict, an error is an entry
/// like any other, so that it stops nothing else.
async fn enter(
    path: PathBuf,
    threads: CapacityLimiter,
    ledger: Arc<Ledger>,
    strict: bool,
    _admitted: Token,
) -> Result<(), Unreadable> {
    match sum(path.clone(), &threads).await {
        Err(error) if strict => return Err(Unreadable { path, error }),
        result => ledger.enter(result.map_err(|error| Unreadable { path, error })),
    }
    Ok(())
}
