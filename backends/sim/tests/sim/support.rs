//! What every test needs: a sleep, a yield, a trace, the text of a panic.

use std::{
    env,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    process::{Command, Output},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::{Poll, Wake},
    time::Duration,
};

use anyrt_core::{Backend, Launch, RawTimer};
use anyrt_sim::{Order, Sim, SimRuntime};

/// Far longer than any test takes, far shorter than a person waits.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// A simulation without foreign threads, so that a hang need not wait for them.
pub(crate) fn fifo() -> SimRuntime {
    SimRuntime::new(Order::Fifo).with_hang_grace(Duration::ZERO)
}

pub(crate) fn run(runtime: &SimRuntime, main: impl Future<Output = ()>) {
    runtime.block_on(pin!(main));
}

pub(crate) const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) async fn sleep(sim: &Sim, duration: Duration) {
    let mut timer = pin!(sim.timer(sim.now().checked_add(duration)));
    poll_fn(|cx| timer.as_mut().poll_elapsed(cx))
        .await
        .expect("the simulation runs");
}

pub(crate) async fn yield_now() {
    let mut yielded = false;
    poll_fn(|cx| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// What happened, in order.
#[derive(Clone, Debug)]
pub(crate) struct Trace<T>(Arc<Mutex<Vec<T>>>);

impl<T> Trace<T> {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Vec::new())))
    }

    pub(crate) fn push(&self, event: T) {
        self.0.lock().unwrap().push(event);
    }

    pub(crate) fn take(&self) -> Vec<T> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// Reports that it was dropped.
pub(crate) struct Dropped<T: Clone>(pub(crate) Trace<T>, pub(crate) T);

impl<T: Clone> Drop for Dropped<T> {
    fn drop(&mut self) {
        self.0.push(self.1.clone());
    }
}

/// A waker that counts.
#[derive(Default)]
pub(crate) struct Wakes(AtomicUsize);

impl Wakes {
    pub(crate) fn count(&self) -> usize {
        self.0.load(SeqCst)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

/// The message that `f` panics with.
#[track_caller]
pub(crate) fn panic_text(f: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(f)).expect_err("this must panic");
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => (*payload.downcast::<&str>().expect("a panic with a text")).to_owned(),
    }
}

const CHILD: &str = "ANYRT_SIM_TEST_CHILD";

/// Whether this process was started by [`child`]: the tests that it runs do nothing otherwise, since
/// the environment of a process that has threads can not be changed.
pub(crate) fn is_child() -> bool {
    env::var_os(CHILD).is_some()
}

/// Runs one test of this program in a process of its own, with `ANYRT_SIM_SEED` as given.
pub(crate) fn child(test: &str, seed: Option<&str>) -> Output {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", "--nocapture", "--test-threads=1", test])
        .env(CHILD, "1")
        .env_remove("ANYRT_SIM_SEED");
    if let Some(seed) = seed {
        command.env("ANYRT_SIM_SEED", seed);
    }
    let output = command.output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains("running 1 test"), "no such test: {stdout}");
    output
}
