//! A place where so many meet before any goes on.

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

/// A place where so many tasks meet before any of them goes on; it can be used again and again.
///
/// ```
/// # async fn shown() {
/// # use std::sync::Arc;
/// let barrier = Arc::new(anyrt::sync::Barrier::new(2));
/// anyrt::task_group(async |tg| {
///     let theirs = barrier.clone();
///     let other = tg.spawn_value(async move { theirs.wait().await });
///     let one = barrier.wait().await;
///     assert!(one.is_leader() != other.await.unwrap().is_leader());
/// })
/// .await;
/// # }
/// ```
///
/// Rules S1, S3.
pub struct Barrier {
    state: Queued<State>,
}

#[derive(Debug)]
struct State {
    parties: usize,
    queue: WaitQueue,
}

/// What a [`Barrier`] looks like at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BarrierStatistics {
    /// How many have to meet.
    pub parties: usize,
    /// How many are there already.
    pub waiting: usize,
}

/// What [`Barrier::wait`] returns: exactly one of those who met is the leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BarrierOutcome {
    leader: bool,
}

impl BarrierOutcome {
    /// Whether this is the one who came last, and opened the barrier.
    pub fn is_leader(self) -> bool {
        self.leader
    }
}

impl Barrier {
    /// A barrier for so many. With zero or one nobody waits.
    pub fn new(parties: usize) -> Self {
        Self {
            state: Queued::new(State {
                parties,
                queue: WaitQueue::new(),
            }),
        }
    }

    /// Waits until so many are there. Rule S12.
    ///
    /// If dropped before completion, this one does not count any more; those who were let through
    /// go on without it.
    pub fn wait(&self) -> BarrierWait<'_> {
        BarrierWait {
            wait: Wait::new(&self.state, ()),
        }
    }

    /// How many have to meet, and how many are there already.
    pub fn statistics(&self) -> BarrierStatistics {
        self.state.with(|state, _| BarrierStatistics {
            parties: state.parties,
            waiting: state.queue.len(),
        })
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BarrierStatistics { parties, waiting } = self.statistics();
        f.debug_struct("Barrier")
            .field("parties", &parties)
            .field("waiting", &waiting)
            .finish()
    }
}

impl HandOver for State {
    type Request = ();
    type Output = BarrierOutcome;

    fn queue(&mut self) -> &mut WaitQueue {
        &mut self.queue
    }

    fn enter(&mut self, (): &mut (), wake: &mut WakeList) -> Option<BarrierOutcome> {
        if self.queue.len() + 1 < self.parties {
            return None;
        }
        wake.extend(std::iter::from_fn(|| self.queue.grant_first()));
        Some(BarrierOutcome { leader: true })
    }

    fn collect(&mut self, (): (), _wake: &mut WakeList) -> BarrierOutcome {
        BarrierOutcome { leader: false }
    }

    // The others have been let through: there is nothing to pass on.
    fn abandon(&mut self, (): &mut (), _granted: bool, _wake: &mut WakeList) {}
}

/// The future of [`Barrier::wait`].
#[derive(Debug)]
#[must_use = "futures do nothing until they are awaited"]
pub struct BarrierWait<'a> {
    wait: Wait<&'a Queued<State>, State>,
}

impl Future for BarrierWait<'_> {
    type Output = BarrierOutcome;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<BarrierOutcome> {
        self.wait.poll(cx)
    }
}
