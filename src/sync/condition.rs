//! Waiting until something about a locked value is true.

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

use super::{
    mutex::{LockMutex, MutexGuard},
    wait::Wait,
};

/// Lets tasks that have a [`Mutex`](super::Mutex) wait until somebody has changed its value.
///
/// ```
/// # async fn shown() {
/// use anyrt::sync::{Condition, Mutex};
///
/// # use std::sync::Arc;
/// let shared = Arc::new((Mutex::new(Vec::new()), Condition::new()));
/// anyrt::task_group(async |tg| {
///     let theirs = shared.clone();
///     tg.spawn(async move {
///         let (queue, filled) = &*theirs;
///         queue.lock().await.push(1);
///         filled.notify(1);
///     });
///     let (queue, filled) = &*shared;
///     let mut queue = filled.wait_for(queue.lock().await, |queue| !queue.is_empty()).await;
///     assert_eq!(queue.pop(), Some(1));
/// })
/// .await;
/// # }
/// ```
///
/// A notification wakes those who wait at that moment, in order, and is not kept for later. One that
/// was given to a waiter which is dropped before it has the lock again goes to the next (rule S3).
#[doc(alias = "Condvar")]
pub struct Condition {
    state: Queued<State>,
}

#[derive(Debug)]
struct State {
    queue: WaitQueue,
}

/// What a [`Condition`] looks like at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConditionStatistics {
    /// How many wait for a notification; those who were notified and wait for the lock do not count.
    pub waiting: usize,
    /// How many were notified, and have not been polled since.
    pub granted: usize,
}

impl Condition {
    /// A condition that nobody waits for.
    pub fn new() -> Self {
        Self {
            state: Queued::new(State {
                queue: WaitQueue::new(),
            }),
        }
    }

    /// Releases the lock, waits for a notification, and waits for the lock again. Rule S11.
    ///
    /// Nobody can notify in between. Use [`wait_for`](Self::wait_for) where a value is waited for:
    /// another task may be first after the notification.
    ///
    /// If dropped before completion, the lock is free, and a notification that came meanwhile goes to
    /// the next who waits. The same holds where a scope is cancelled: it does not wait for the lock.
    pub fn wait<'a, T: ?Sized>(&'a self, guard: MutexGuard<'a, T>) -> ConditionWait<'a, T> {
        ConditionWait {
            condition: self,
            stage: Stage::Notified {
                wait: Wait::new(&self.state, ()),
                guard: Some(guard),
                lock: None,
            },
        }
    }

    /// Waits until `holds` says that the value is as wanted, and returns the guard. Rule S11.
    ///
    /// Does not suspend if it is so from the beginning. Cancel safety is that of [`wait`](Self::wait).
    pub async fn wait_for<'a, T: ?Sized>(
        &'a self,
        mut guard: MutexGuard<'a, T>,
        mut holds: impl FnMut(&mut T) -> bool,
    ) -> MutexGuard<'a, T> {
        while !holds(&mut guard) {
            guard = self.wait(guard).await;
        }
        guard
    }

    /// Wakes the first `count` of those who wait; they then wait for the lock.
    pub fn notify(&self, count: usize) {
        self.state.with(|state, wake| state.notify(count, wake));
    }

    /// Wakes all who wait.
    pub fn notify_all(&self) {
        self.notify(usize::MAX);
    }

    /// How many wait.
    pub fn statistics(&self) -> ConditionStatistics {
        self.state.with(|state, _| ConditionStatistics {
            waiting: state.queue.len(),
            granted: state.queue.granted(),
        })
    }
}

impl Default for Condition {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condition")
            .field("waiting", &self.statistics().waiting)
            .finish()
    }
}

impl State {
    fn notify(&mut self, count: usize, wake: &mut WakeList) {
        wake.extend(std::iter::from_fn(|| self.queue.grant_first()).take(count));
    }
}

impl HandOver for State {
    type Request = ();
    type Output = ();

    fn queue(&mut self) -> &mut WaitQueue {
        &mut self.queue
    }

    fn enter(&mut self, (): &mut (), _wake: &mut WakeList) -> Option<()> {
        None
    }

    fn collect(&mut self, (): (), _wake: &mut WakeList) {}

    fn abandon(&mut self, (): &mut (), granted: bool, wake: &mut WakeList) {
        if granted {
            self.notify(1, wake);
        }
    }
}

/// The future of [`Condition::wait`].
#[must_use = "futures do nothing until they are awaited"]
pub struct ConditionWait<'a, T: ?Sized> {
    condition: &'a Condition,
    stage: Stage<'a, T>,
}

enum Stage<'a, T: ?Sized> {
    /// Waits for the notification; the guard is let go once the place in the queue is taken.
    Notified {
        wait: Wait<&'a Queued<State>, State>,
        guard: Option<MutexGuard<'a, T>>,
        lock: Option<LockMutex<'a, T>>,
    },
    /// Was notified, and waits for the lock.
    Locked(LockMutex<'a, T>),
    Done,
}

impl<'a, T: ?Sized> Future for ConditionWait<'a, T> {
    type Output = MutexGuard<'a, T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if let Stage::Notified { wait, guard, lock } = &mut this.stage {
            let notified = wait.poll(cx).is_ready();
            if wait.is_queued() {
                // Let go only now, so that whoever gets the lock finds us in the queue.
                if let Some(guard) = guard.take() {
                    *lock = Some(guard.relock());
                }
            }
            if !notified {
                return Poll::Pending;
            }
            let lock = lock.take().expect("who was notified has queued before");
            this.stage = Stage::Locked(lock);
        }
        let Stage::Locked(lock) = &mut this.stage else {
            panic!("the wait was polled after it was ready: make a new one");
        };
        let guard = Pin::new(lock).poll(cx);
        if guard.is_ready() {
            this.stage = Stage::Done;
        }
        guard
    }
}

impl<T: ?Sized> Drop for ConditionWait<'_, T> {
    fn drop(&mut self) {
        // Notified, but gone before it could look at the value.
        if let Stage::Locked(_) = self.stage {
            self.stage = Stage::Done;
            self.condition.notify(1);
        }
    }
}

impl<T: ?Sized> fmt::Debug for ConditionWait<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConditionWait").finish_non_exhaustive()
    }
}
