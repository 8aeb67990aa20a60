//! Polls that take too long: code that blocks a thread which others need.

use std::{
    fmt,
    panic::{self, AssertUnwindSafe, Location},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use super::{label::TaskLabel, members::forget_panic};

/// A poll that took longer than [`Builder::slow_poll`](crate::Builder::slow_poll) allows.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SlowPoll<'a> {
    /// The name of the task, if it was given one.
    pub name: Option<&'a str>,
    /// Where the task was spawned.
    pub place: &'static Location<'static>,
    /// How long the poll took, in real time.
    pub duration: Duration,
}

impl fmt::Display for SlowPoll<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the task")?;
        if let Some(name) = self.name {
            write!(f, " `{name}`")?;
        }
        write!(
            f,
            " spawned at {} blocked its thread for {:?}: await instead, or call `to_thread`",
            self.place, self.duration
        )
    }
}

type Hook = Arc<dyn Fn(&SlowPoll<'_>) + Send + Sync>;

static HOOK: RwLock<Option<Hook>> = RwLock::new(None);

/// Calls `hook` with every poll that took too long; one hook for the process, the last one set.
///
/// What is too long a run says by [`Builder::slow_poll`](crate::Builder::slow_poll); without that nothing is measured.
/// Without a hook, one line on stderr says which task it was. The hook runs on the thread that was blocked, right
/// after the poll. If it panics, that is printed and otherwise ignored.
///
/// ```
/// anyrt::debug::on_slow_poll(|slow| {
///     eprintln!("{} took {:?}", slow.name.unwrap_or("a task"), slow.duration);
/// });
/// ```
pub fn on_slow_poll(hook: impl Fn(&SlowPoll<'_>) + Send + Sync + 'static) {
    let former = HOOK
        .write()
        .unwrap_or_else(PoisonError::into_inner)
        .replace(Arc::new(hook));
    drop(former);
}

/// Polls, and reports that if it took `limit` or longer.
pub(super) fn measured<R>(limit: Duration, task: &TaskLabel, poll: impl FnOnce() -> R) -> R {
    let began = Instant::now();
    let polled = poll();
    let duration = began.elapsed();
    if duration >= limit {
        let label = task.get();
        report(&SlowPoll {
            name: label.name,
            place: label.place,
            duration,
        });
    }
    polled
}

fn report(slow: &SlowPoll<'_>) {
    let hook = HOOK.read().unwrap_or_else(PoisonError::into_inner).clone();
    let told = panic::catch_unwind(AssertUnwindSafe(|| match hook {
        Some(hook) => hook(slow),
        None => eprintln!("anyrt: {slow}"),
    }));
    forget_panic(told);
}
