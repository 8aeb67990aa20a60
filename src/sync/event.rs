//! Something that happens once.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use anyrt_core::{
    hand_over::{HandOver, Queued, WakeList},
    wait_queue::WaitQueue,
};

use super::wait::Wait;

/// Something that happens once: those who wait for it go on, and whoever comes later does not wait.
///
/// ```
/// # async fn shown() {
/// # use std::sync::Arc;
/// let ready = Arc::new(anyrt::sync::Event::new());
/// anyrt::task_group(async |tg| {
///     let theirs = ready.clone();
///     tg.spawn(async move { theirs.set() });
///     ready.wait().await;
/// })
/// .await;
/// # }
/// ```
///
/// It can not be taken back: make a new one, or use a [`Condition`](super::Condition). Rules S1, S3.
pub struct Event {
    state: Queued<State>,
}

#[derive(Debug)]
struct State {
    set: bool,
    queue: WaitQueue,
}

/// What an [`Event`] looks like at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventStatistics {
    /// Whether it has happened.
    pub set: bool,
    /// How many wait for it.
    pub waiting: usize,
}

impl Event {
    /// An event that has not happened.
    pub fn new() -> Self {
        Self {
            state: Queued::new(State {
                set: false,
                queue: WaitQueue::new(),
            }),
        }
    }

    /// It happens: everybody who waits is woken, in order. Setting it again does nothing.
    pub fn set(&self) {
        self.state.with(|state, wake| {
            state.set = true;
            wake.extend(std::iter::from_fn(|| state.queue.grant_first()));
        });
    }

    /// Whether it has happened.
    pub fn is_set(&self) -> bool {
        self.state.with(|state, _| state.set)
    }

    /// Waits until it happens. A cancel point also if it has happened already (rule C4). Rule S10.
    ///
    /// If dropped before completion, nothing has changed.
    pub fn wait(&self) -> EventWait<'_> {
        EventWait {
            wait: Wait::new(&self.state, ()),
        }
    }

    /// Whether it has happened, and how many wait.
    pub fn statistics(&self) -> EventStatistics {
        self.state.with(|state, _| EventStatistics {
            set: state.set,
            waiting: state.queue.len(),
        })
    }
}

impl Default for Event {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let EventStatistics { set, waiting } = self.statistics();
        f.debug_struct("Event")
            .field("set", &set)
            .field("waiting", &waiting)
            .finish()
    }
}

impl HandOver for State {
    type Request = ();
    type Output = ();

    fn queue(&mut self) -> &mut WaitQueue {
        &mut self.queue
    }

    fn enter(&mut self, (): &mut (), _wake: &mut WakeList) -> Option<()> {
        self.set.then_some(())
    }

    fn collect(&mut self, (): (), _wake: &mut WakeList) {}

    // That it has happened can not be used up: there is nothing to pass on.
    fn abandon(&mut self, (): &mut (), _granted: bool, _wake: &mut WakeList) {}
}

/// The future of [`Event::wait`].
#[derive(Debug)]
#[must_use = "futures do nothing until they are awaited"]
pub struct EventWait<'a> {
    wait: Wait<&'a Queued<State>, State>,
}

impl Future for EventWait<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.wait.poll(cx)
    }
}
