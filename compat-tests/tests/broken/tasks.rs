//! Tasks handled wrongly.

use std::{
    future::Future,
    mem,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll, Wake, Waker},
};

use anyrt_core::{Backend, Gone};
use anyrt_smol::Smol;

use crate::{
    assert_caught,
    wrapper::{Fault, Task},
};

/// Polls a task with a waker that `wrong` has its hands on.
struct Rewoken<W> {
    task: Task,
    wrap: W,
}

impl<W: Fn(Waker) -> Waker + Unpin> Future for Rewoken<W> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let waker = (self.wrap)(cx.waker().clone());
        self.task.as_mut().poll(&mut Context::from_waker(&waker))
    }
}

/// Wakes only if `allowed` says so.
struct Gated<P> {
    waker: Waker,
    allowed: P,
}

impl<P: Fn() -> bool + Send + Sync + 'static> Wake for Gated<P> {
    fn wake(self: Arc<Self>) {
        if (self.allowed)() {
            self.waker.wake_by_ref();
        }
    }
}

struct LosesWakes(Arc<AtomicUsize>);

impl Fault for LosesWakes {
    const NAME: &'static str = "every 50th wake is lost";

    fn new() -> Self {
        Self(Arc::default())
    }

    fn spawn(&self, smol: &Smol, task: Task) -> Result<(), Gone> {
        let wakes = Arc::clone(&self.0);
        let wrap = move |waker| {
            let wakes = Arc::clone(&wakes);
            let allowed = move || wakes.fetch_add(1, SeqCst) % 50 != 49;
            Waker::from(Arc::new(Gated { waker, allowed }))
        };
        smol.spawn(Rewoken { task, wrap })
    }
}

struct DeafToOthers;

impl Fault for DeafToOthers {
    const NAME: &'static str = "wakes from foreign threads are lost";

    fn new() -> Self {
        Self
    }

    fn spawn(&self, smol: &Smol, task: Task) -> Result<(), Gone> {
        let smol = smol.clone();
        let own = smol.clone();
        let wrap = move |waker| {
            let smol = own.clone();
            let allowed = move || smol.on_runtime_thread();
            Waker::from(Arc::new(Gated { waker, allowed }))
        };
        smol.spawn(Rewoken { task, wrap })
    }
}

struct PollsInline(AtomicUsize);

impl Fault for PollsInline {
    const NAME: &'static str = "a task is polled inside spawn";

    fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    fn spawn(&self, smol: &Smol, mut task: Task) -> Result<(), Gone> {
        let mut cx = Context::from_waker(Waker::noop());
        if task.as_mut().poll(&mut cx).is_ready() {
            return Ok(());
        }
        self.0.fetch_add(1, SeqCst);
        smol.spawn(task)
    }
}

struct PollsTheFinished(Arc<AtomicUsize>);

impl Fault for PollsTheFinished {
    const NAME: &'static str = "every 20th finished task is polled again";

    fn new() -> Self {
        Self(Arc::default())
    }

    fn spawn(&self, smol: &Smol, mut task: Task) -> Result<(), Gone> {
        let finished = Arc::clone(&self.0);
        smol.spawn(std::future::poll_fn(move |cx| {
            let polled = task.as_mut().poll(cx);
            if polled.is_ready() && finished.fetch_add(1, SeqCst) % 20 == 19 {
                let _ = task.as_mut().poll(cx);
            }
            polled
        }))
    }
}

struct Leaks;

/// Never dropped before it is ready.
struct Kept(Option<Task>);

impl Future for Kept {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(task) = &mut self.0 else {
            return Poll::Ready(());
        };
        let polled = task.as_mut().poll(cx);
        if polled.is_ready() {
            self.0 = None;
        }
        polled
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        mem::forget(self.0.take());
    }
}

impl Fault for Leaks {
    const NAME: &'static str = "tasks are leaked at shutdown";

    fn new() -> Self {
        Self
    }

    fn spawn(&self, smol: &Smol, task: Task) -> Result<(), Gone> {
        smol.spawn(Kept(Some(task)))
    }
}

struct TakesTheLate;

impl Fault for TakesTheLate {
    const NAME: &'static str = "spawning after shutdown looks like success";

    fn new() -> Self {
        Self
    }

    fn spawn(&self, smol: &Smol, task: Task) -> Result<(), Gone> {
        let _ = smol.spawn(task);
        Ok(())
    }
}

#[test]
fn a_lost_wake_is_caught() {
    assert_caught::<LosesWakes>("k005_wakes_between_tasks_are_not_lost");
}

#[test]
fn a_lost_foreign_wake_is_caught() {
    assert_caught::<DeafToOthers>("k004_wakes_from_foreign_threads_arrive");
}

#[test]
fn an_inline_poll_is_caught() {
    assert_caught::<PollsInline>("k001_spawn_never_polls_inline");
}

#[test]
fn a_late_poll_is_caught() {
    assert_caught::<PollsTheFinished>("k003_a_finished_task_is_not_polled_again");
}

#[test]
fn a_leaked_task_is_caught() {
    assert_caught::<Leaks>("k006_shutdown_drops_tasks");
}

#[test]
fn a_swallowed_task_is_caught() {
    assert_caught::<TakesTheLate>("k007_a_refused_task_is_dropped_unpolled");
}
