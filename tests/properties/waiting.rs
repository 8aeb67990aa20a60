//! Futures that are polled by hand, and the wakes they get.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use proptest::test_runner::Config;

/// Ten thousand sequences, or as many as the environment says.
pub(crate) fn config() -> Config {
    let cases = std::env::var_os("PROPTEST_CASES").map_or(10_000, |_| Config::default().cases);
    Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    }
}

/// How often a future was woken.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A future that has been polled once at least, and is pending.
pub(crate) struct Waiting<'a, T> {
    future: Pin<Box<dyn Future<Output = T> + 'a>>,
    wakes: Arc<Wakes>,
}

impl<'a, T> Waiting<'a, T> {
    /// Polls `future`: what it gives, or the wait.
    pub(crate) fn start(future: impl Future<Output = T> + 'a) -> Result<T, Self> {
        let mut this = Self {
            future: Box::pin(future),
            wakes: Arc::default(),
        };
        let mut polled = this.poll();
        if polled.is_none() && this.is_woken() {
            // The budget was spent (rule C8): the operation has yielded, and has not begun.
            this.wakes = Arc::default();
            polled = this.poll();
        }
        polled.ok_or(this)
    }

    pub(crate) fn poll(&mut self) -> Option<T> {
        let waker = Waker::from(Arc::clone(&self.wakes));
        match self.future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        }
    }

    /// Polls it at the next of its stages: what woke it for the last one is forgotten.
    pub(crate) fn poll_stage(&mut self) -> Option<T> {
        self.wakes = Arc::default();
        let mut polled = self.poll();
        if polled.is_none() && self.is_woken() {
            // The budget again.
            self.wakes = Arc::default();
            polled = self.poll();
        }
        polled
    }

    /// Whether it was woken, which happens once at most.
    pub(crate) fn is_woken(&self) -> bool {
        match self.wakes.0.load(Ordering::Relaxed) {
            0 => false,
            1 => true,
            more => panic!("woken {more} times"),
        }
    }
}
