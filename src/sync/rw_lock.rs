//! Many may read, or one may write.

use std::{
    fmt,
    future::Future,
    ops::{Deref, DerefMut},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use anyrt_core::{
    hand_over::{HandOver, Queued, WakeList},
    limiter::WouldBlock,
    wait_queue::WaitQueue,
};

use super::wait::Wait;

/// A value that many may read at once, or one may write, first come, first served.
///
/// ```
/// # async fn shown() {
/// let names = anyrt::sync::RwLock::new(vec!["a"]);
/// assert_eq!(names.read().await.len(), 1);
/// names.write().await.push("b");
/// assert_eq!(names.into_inner(), ["a", "b"]);
/// # }
/// ```
///
/// Neither side can starve the other: a reader that comes after a waiting writer waits behind it. So
/// a task that reads twice at once can wait for itself; take one guard. There is no poisoning: see
/// [`Mutex`](super::Mutex).
pub struct RwLock<T> {
    state: Queued<State<T>>,
}

/// Readers share the value, a writer takes it along.
struct State<T> {
    /// `None` while a writer has it, or is being handed it.
    value: Option<Arc<T>>,
    readers: usize,
    queue: WaitQueue<Request<T>>,
}

/// What a waiter asks for, and the value once it is granted.
struct Request<T> {
    access: Access,
    value: Option<Arc<T>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

/// What an [`RwLock`] looks like at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RwLockStatistics {
    /// How many read.
    pub readers: usize,
    /// Whether somebody writes.
    pub writer: bool,
    /// How many wait, for either.
    pub waiting: usize,
    /// How many of those who have it were granted it while they waited, and have not been polled since.
    pub granted: usize,
}

impl<T> RwLock<T> {
    /// A lock that nobody has.
    pub fn new(value: T) -> Self {
        Self {
            state: Queued::new(State {
                value: Some(Arc::new(value)),
                readers: 0,
                queue: WaitQueue::new(),
            }),
        }
    }

    /// The value.
    pub fn into_inner(self) -> T {
        let value = self.state.into_inner().value.and_then(Arc::into_inner);
        value.expect("no guard borrows a lock that is consumed, and none was leaked")
    }

    /// The value, when nobody else can see the lock.
    pub fn get_mut(&mut self) -> &mut T {
        let value = self.state.get_mut().value.as_mut().and_then(Arc::get_mut);
        value.expect("no guard borrows a lock that is borrowed as mutable, and none was leaked")
    }

    /// Waits until nobody writes, and no writer waits in front. Rules S2, S3, S9.
    ///
    /// If dropped before completion, the place in the queue is given up.
    pub fn read(&self) -> ReadRwLock<'_, T> {
        ReadRwLock {
            wait: Wait::new(&self.state, Request::new(Access::Read)),
        }
    }

    /// Waits until nobody reads or writes, and nobody waits in front. Rules S2, S3, S9.
    ///
    /// If dropped before completion, the place in the queue is given up; those behind, and a lock that
    /// was granted meanwhile, do not wait for it.
    pub fn write(&self) -> WriteRwLock<'_, T> {
        WriteRwLock {
            wait: Wait::new(&self.state, Request::new(Access::Write)),
        }
    }

    /// Reads at once.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`] if somebody writes, or others wait already.
    pub fn try_read(&self) -> Result<ReadGuard<'_, T>, WouldBlock> {
        let value = self.state.with(|state, _| state.take(Access::Read));
        Ok(ReadGuard {
            lock: &self.state,
            value: Some(value.ok_or(WouldBlock)?),
        })
    }

    /// Writes at once.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`] if somebody reads or writes, or others wait already.
    pub fn try_write(&self) -> Result<WriteGuard<'_, T>, WouldBlock> {
        let value = self.state.with(|state, _| state.take(Access::Write));
        Ok(WriteGuard {
            lock: &self.state,
            value: Some(value.ok_or(WouldBlock)?),
        })
    }

    /// Who has it, and how many wait.
    pub fn statistics(&self) -> RwLockStatistics {
        self.state.with(|state, _| RwLockStatistics {
            readers: state.readers,
            writer: state.value.is_none(),
            waiting: state.queue.len(),
            granted: state.queue.granted(),
        })
    }
}

impl<T: Default> Default for RwLock<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> fmt::Debug for RwLock<T> {
    /// Never waits, and so never shows the value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let statistics = self.statistics();
        f.debug_struct("RwLock")
            .field("readers", &statistics.readers)
            .field("writer", &statistics.writer)
            .field("waiting", &statistics.waiting)
            .finish_non_exhaustive()
    }
}

impl<T> Request<T> {
    fn new(access: Access) -> Self {
        Self {
            access,
            value: None,
        }
    }
}

impl<T> State<T> {
    /// The value for a newcomer, if it may have it and nobody waits.
    fn take(&mut self, access: Access) -> Option<Arc<T>> {
        if self.queue.is_empty() {
            self.lend(access)
        } else {
            None
        }
    }

    fn lend(&mut self, access: Access) -> Option<Arc<T>> {
        match access {
            Access::Read => {
                let value = Arc::clone(self.value.as_ref()?);
                self.readers += 1;
                Some(value)
            }
            Access::Write if self.readers == 0 => self.value.take(),
            Access::Write => None,
        }
    }

    /// A reader's reference is dropped before it is counted off, so that the last one leaves the value
    /// with one owner.
    fn reader_gone(&mut self, wake: &mut WakeList) {
        self.readers -= 1;
        self.serve(wake);
    }

    fn writer_gone(&mut self, value: Arc<T>, wake: &mut WakeList) {
        self.value = Some(value);
        self.serve(wake);
    }

    /// Serves those who wait, in order, as long as the first may have it.
    fn serve(&mut self, wake: &mut WakeList) {
        while let Some(access) = self.queue.first().map(|first| first.access) {
            let Some(value) = self.lend(access) else {
                break;
            };
            if let Some(first) = self.queue.first_mut() {
                first.value = Some(value);
            }
            wake.extend(self.queue.grant_first());
        }
    }
}

impl<T> HandOver for State<T> {
    type Request = Request<T>;
    type Output = Arc<T>;

    fn queue(&mut self) -> &mut WaitQueue<Request<T>> {
        &mut self.queue
    }

    fn enter(&mut self, request: &mut Request<T>, _wake: &mut WakeList) -> Option<Arc<T>> {
        self.take(request.access)
    }

    fn collect(&mut self, request: Request<T>, _wake: &mut WakeList) -> Arc<T> {
        request.value.expect("a granted waiter carries the value")
    }

    fn abandon(&mut self, request: &mut Request<T>, _granted: bool, wake: &mut WakeList) {
        match (request.value.take(), request.access) {
            (Some(value), Access::Write) => self.writer_gone(value, wake),
            (Some(value), Access::Read) => {
                // Not the last reference: the state keeps one while somebody reads.
                drop(value);
                self.reader_gone(wake);
            }
            // It may have been a writer that kept readers waiting behind it.
            (None, _) => self.serve(wake),
        }
    }
}

/// Shared access to the value of an [`RwLock`].
#[must_use = "the lock is released as soon as the guard is dropped"]
pub struct ReadGuard<'a, T> {
    lock: &'a Queued<State<T>>,
    value: Option<Arc<T>>,
}

/// Exclusive access to the value of an [`RwLock`].
#[must_use = "the lock is released as soon as the guard is dropped"]
pub struct WriteGuard<'a, T> {
    lock: &'a Queued<State<T>>,
    value: Option<Arc<T>>,
}

impl<T> Deref for ReadGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.as_deref().expect("a guard has the value")
    }
}

impl<T> Deref for WriteGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.as_deref().expect("a guard has the value")
    }
}

impl<T> DerefMut for WriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        let value = self.value.as_mut().and_then(Arc::get_mut);
        value.expect("a writer has the only reference")
    }
}

impl<T> Drop for ReadGuard<'_, T> {
    fn drop(&mut self) {
        // Not the last reference: the state keeps one while somebody reads.
        if self.value.take().is_some() {
            self.lock.with(|state, wake| state.reader_gone(wake));
        }
    }
}

impl<T> Drop for WriteGuard<'_, T> {
    fn drop(&mut self) {
        if let Some(value) = self.value.take() {
            self.lock.with(|state, wake| state.writer_gone(value, wake));
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for ReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: fmt::Debug> fmt::Debug for WriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// The future of [`RwLock::read`].
#[must_use = "futures do nothing until they are awaited"]
pub struct ReadRwLock<'a, T> {
    wait: Wait<&'a Queued<State<T>>, State<T>>,
}

/// The future of [`RwLock::write`].
#[must_use = "futures do nothing until they are awaited"]
pub struct WriteRwLock<'a, T> {
    wait: Wait<&'a Queued<State<T>>, State<T>>,
}

impl<'a, T> Future for ReadRwLock<'a, T> {
    type Output = ReadGuard<'a, T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.wait.poll(cx).map(|value| ReadGuard {
            lock: self.wait.primitive(),
            value: Some(value),
        })
    }
}

impl<'a, T> Future for WriteRwLock<'a, T> {
    type Output = WriteGuard<'a, T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.wait.poll(cx).map(|value| WriteGuard {
            lock: self.wait.primitive(),
            value: Some(value),
        })
    }
}

impl<T> fmt::Debug for ReadRwLock<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadRwLock").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for WriteRwLock<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteRwLock").finish_non_exhaustive()
    }
}
