//! What both sides of a row share: the clock around the work, and futures that belong to no runtime.

use std::{
    collections::HashMap,
    ffi::OsString,
    fs,
    future::{Future, poll_fn},
    hint::black_box,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

/// What some operations took.
#[derive(Clone, Copy, Default)]
pub(crate) struct Sample {
    /// By the clock on the wall.
    pub(crate) time: Duration,
    /// Of all processors, by this process.
    pub(crate) processor: Duration,
    /// How many bytes of memory more this process has.
    pub(crate) resident: f64,
}

/// An hour: longer than any row.
pub(crate) const LONG: Duration = Duration::from_secs(3600);

/// How many items fit into a channel.
pub(crate) const ROOM: usize = 64;

/// How many tasks send into a channel with room for one item.
pub(crate) const SENDERS: usize = 16;

/// How many tasks want a lock at once.
pub(crate) const CONTENDERS: usize = 8;

/// How many of them a semaphore lets in.
pub(crate) const PERMITS: usize = 2;

/// How many jobs there are when few of them may run at once.
pub(crate) const JOBS: usize = 1000;

/// How many of them may.
pub(crate) const AT_ONCE: usize = 8;

/// Takes the time of `work`.
pub(crate) async fn timed(work: impl Future<Output = ()>) -> Sample {
    let start = Start::now();
    work.await;
    start.sample()
}

/// The moment before the work.
pub(crate) struct Start {
    time: Instant,
    processor: HashMap<OsString, u64>,
    resident: f64,
}

impl Start {
    pub(crate) fn now() -> Self {
        Self {
            resident: resident(),
            processor: processor(),
            time: Instant::now(),
        }
    }

    pub(crate) fn sample(&self) -> Sample {
        Sample {
            time: self.time.elapsed(),
            processor: self.processor(),
            resident: resident() - self.resident,
        }
    }

    /// What the threads that are there have run since.
    fn processor(&self) -> Duration {
        let spent = processor().into_iter().map(|(thread, now)| {
            let before = self.processor.get(&thread).copied().unwrap_or(0);
            now.saturating_sub(before)
        });
        Duration::from_nanos(spent.sum())
    }
}

/// How many nanoseconds each thread of this process has run so far.
fn processor() -> HashMap<OsString, u64> {
    let threads = fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten();
    let spent = threads.filter_map(|thread| {
        let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        Some((thread.file_name(), text.split(' ').next()?.parse().ok()?))
    });
    spent.collect()
}

/// The memory of this process that is in use, in bytes.
fn resident() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    kilobytes.unwrap_or(f64::NAN) * 1024.0
}

/// Ready in its first poll, which the compiler can not see into.
pub(crate) struct Ready;

impl Future for Ready {
    type Output = usize;

    #[inline(never)]
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<usize> {
        Poll::Ready(black_box(1))
    }
}

/// Pending for ever, which the compiler can not see.
pub(crate) struct Stuck;

impl Future for Stuck {
    type Output = ();

    #[inline(never)]
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        black_box(Poll::Pending)
    }
}

/// Polls `future`, which is never ready, so many times within one poll of the task.
pub(crate) async fn poll_often(mut future: Pin<&mut impl Future>, times: usize) {
    poll_fn(|cx| {
        for _ in 0..times {
            assert!(black_box(future.as_mut()).poll(cx).is_pending());
        }
        Poll::Ready(())
    })
    .await;
}

/// Polls `future` once.
pub(crate) async fn poll_once(mut future: Pin<&mut impl Future>) {
    poll_fn(|cx| {
        assert!(future.as_mut().poll(cx).is_pending());
        Poll::Ready(())
    })
    .await;
}

/// Suspends so many times, each time woken at once.
pub(crate) async fn suspend(mut times: usize) {
    poll_fn(|cx| {
        if times == 0 {
            return Poll::Ready(());
        }
        times -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// How long the sleep with this number is, between 1 and 50 ms.
pub(crate) fn nap(number: usize) -> Duration {
    Duration::from_micros(1000 + (number as u64 * 7919) % 49_000)
}
