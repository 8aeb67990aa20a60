//! What the tests share; each file of tests uses its part.
#![allow(dead_code)]

use std::{
    io::Write,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Wake, Waker},
    time::{Duration, Instant},
};

use anyrt_core::BorrowedIo;

/// Counts its wakes, and lets a test wait for one.
#[derive(Default)]
pub(crate) struct Wakes {
    count: AtomicUsize,
    lock: Mutex<()>,
    woken: Condvar,
}

impl Wakes {
    pub(crate) fn new() -> (Arc<Self>, Waker) {
        let wakes = Arc::new(Self::default());
        (Arc::clone(&wakes), Waker::from(wakes))
    }

    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    /// Waits for a wake after the first `seen`; panics after half a minute.
    #[track_caller]
    pub(crate) fn wait_beyond(&self, seen: usize) {
        let until = Instant::now() + Duration::from_secs(30);
        let mut lock = self.lock.lock().unwrap();
        while self.count() <= seen {
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "nobody was woken");
            lock = self.woken.wait_timeout(lock, left).unwrap().0;
        }
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.count.fetch_add(1, Ordering::SeqCst);
        drop(self.lock.lock());
        self.woken.notify_all();
    }
}

/// Writes until the stream takes no more.
pub(crate) fn fill(io: BorrowedIo<'_>) {
    let BorrowedIo::UnixStream(mut stream) = io else {
        panic!("not the stream that was registered: {io:?}");
    };
    while stream.write(&[0; 4096]).is_ok() {}
}
