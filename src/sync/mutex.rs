//! One at a time.

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

/// A value that one at a time may use, first come, first served.
///
/// ```
/// # async fn shown() {
/// let total = anyrt::sync::Mutex::new(1);
/// *total.lock().await += 1;
/// assert_eq!(total.into_inner(), 2);
/// # }
/// ```
///
/// The guard may be held across an `.await`; where it never is, `std::sync::Mutex` is cheaper. A lock
/// that is released belongs to the first who waits (rule S2), so that no task can keep it for itself.
///
/// **No poisoning.** A task that panics or is cancelled while it holds the guard unlocks, and the next
/// one sees the value as it was left.
#[doc(alias = "Lock")]
pub struct Mutex<T: ?Sized> {
    state: Queued<State<T>>,
}

/// The value travels: it is here while nobody has the lock, otherwise with whoever has it.
struct State<T: ?Sized> {
    value: Option<Box<T>>,
    /// A waiter that is granted carries the value until it is polled.
    queue: WaitQueue<Option<Box<T>>>,
}

/// What a [`Mutex`] looks like at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MutexStatistics {
    /// Whether somebody has it.
    pub locked: bool,
    /// How many wait for it.
    pub waiting: usize,
    /// Whether it is on its way to a waiter that has not been polled since: 1, or 0.
    pub granted: usize,
}

impl<T> Mutex<T> {
    /// A mutex that nobody has.
    pub fn new(value: T) -> Self {
        Self::from(Box::new(value))
    }

    /// The value.
    pub fn into_inner(self) -> T {
        let value = self.state.into_inner().value;
        *value.expect("no guard borrows a mutex that is consumed, and none was leaked")
    }
}

impl<T: ?Sized> From<Box<T>> for Mutex<T> {
    fn from(value: Box<T>) -> Self {
        Self {
            state: Queued::new(State {
                value: Some(value),
                queue: WaitQueue::new(),
            }),
        }
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Waits for the lock; dropping the guard releases it. Rules S2, S3, S7.
    ///
    /// If dropped before completion, the place in the queue is given up, and a lock that was granted
    /// meanwhile goes to the next in line.
    #[inline]
    pub fn lock(&self) -> LockMutex<'_, T> {
        LockMutex {
            wait: Wait::new(&self.state, None),
        }
    }

    /// The lock at once.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`] if somebody has it, or it is on its way to somebody.
    pub fn try_lock(&self) -> Result<MutexGuard<'_, T>, WouldBlock> {
        let value = self.state.with(|state, _| state.value.take());
        Ok(MutexGuard {
            mutex: &self.state,
            value: Some(value.ok_or(WouldBlock)?),
        })
    }

    /// Waits for the lock; the guard may be moved anywhere. Rules S2, S3, S7.
    ///
    /// Cancel safety is that of [`lock`](Self::lock).
    pub fn lock_owned(self: &Arc<Self>) -> LockOwnedMutex<T> {
        LockOwnedMutex {
            wait: Wait::new(Shared(Arc::clone(self)), None),
        }
    }

    /// [`try_lock`](Self::try_lock), for a guard that may be moved anywhere.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`] if somebody has it, or it is on its way to somebody.
    pub fn try_lock_owned(self: &Arc<Self>) -> Result<OwnedMutexGuard<T>, WouldBlock> {
        let value = self.state.with(|state, _| state.value.take());
        Ok(OwnedMutexGuard {
            mutex: Shared(Arc::clone(self)),
            value: Some(value.ok_or(WouldBlock)?),
        })
    }

    /// The value, when nobody else can see the mutex.
    pub fn get_mut(&mut self) -> &mut T {
        let value = self.state.get_mut().value.as_deref_mut();
        value.expect("no guard borrows a mutex that is borrowed as mutable, and none was leaked")
    }

    /// Whether somebody has it, or it is on its way to somebody.
    pub fn is_locked(&self) -> bool {
        self.statistics().locked
    }

    /// Whether somebody has it, and how many wait.
    pub fn statistics(&self) -> MutexStatistics {
        self.state.with(|state, _| MutexStatistics {
            locked: state.value.is_none(),
            waiting: state.queue.len(),
            granted: state.queue.granted(),
        })
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: ?Sized> fmt::Debug for Mutex<T> {
    /// Never waits, and so never shows the value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MutexStatistics {
            locked, waiting, ..
        } = self.statistics();
        f.debug_struct("Mutex")
            .field("locked", &locked)
            .field("waiting", &waiting)
            .finish_non_exhaustive()
    }
}

impl<T: ?Sized> State<T> {
    /// The value comes back, and goes to whoever is first.
    #[inline]
    fn put_back(&mut self, value: Box<T>, wake: &mut WakeList) {
        if self.queue.is_empty() {
            self.value = Some(value);
        } else {
            self.hand_on(value, wake);
        }
    }

    #[cold]
    fn hand_on(&mut self, value: Box<T>, wake: &mut WakeList) {
        if let Some(first) = self.queue.first_mut() {
            *first = Some(value);
        }
        wake.extend(self.queue.grant_first());
    }
}

impl<T: ?Sized> HandOver for State<T> {
    type Request = Option<Box<T>>;
    type Output = Box<T>;

    fn queue(&mut self) -> &mut WaitQueue<Option<Box<T>>> {
        &mut self.queue
    }

    #[inline]
    fn enter(&mut self, _request: &mut Option<Box<T>>, _wake: &mut WakeList) -> Option<Box<T>> {
        // Somebody waits only while somebody else has the value.
        self.value.take()
    }

    fn collect(&mut self, request: Option<Box<T>>, _wake: &mut WakeList) -> Box<T> {
        request.expect("a granted waiter carries the value")
    }

    fn abandon(&mut self, request: &mut Option<Box<T>>, _granted: bool, wake: &mut WakeList) {
        if let Some(value) = request.take() {
            self.put_back(value, wake);
        }
    }
}

/// A shared mutex, as the primitive that a wait needs.
struct Shared<T: ?Sized>(Arc<Mutex<T>>);

impl<T: ?Sized> Deref for Shared<T> {
    type Target = Queued<State<T>>;

    fn deref(&self) -> &Self::Target {
        &self.0.state
    }
}

macro_rules! guard {
    ($guard:ty) => {
        impl<T: ?Sized> Deref for $guard {
            type Target = T;

            fn deref(&self) -> &T {
                self.value.as_deref().expect("a guard has the value")
            }
        }

        impl<T: ?Sized> DerefMut for $guard {
            fn deref_mut(&mut self) -> &mut T {
                self.value.as_deref_mut().expect("a guard has the value")
            }
        }

        impl<T: ?Sized> Drop for $guard {
            #[inline(always)]
            fn drop(&mut self) {
                if let Some(value) = self.value.take() {
                    self.mutex.with(|state, wake| state.put_back(value, wake));
                }
            }
        }

        impl<T: ?Sized + fmt::Debug> fmt::Debug for $guard {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(f)
            }
        }

        impl<T: ?Sized + fmt::Display> fmt::Display for $guard {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(f)
            }
        }
    };
}

/// The lock of a [`Mutex`]; dropping it releases.
#[must_use = "the lock is released as soon as the guard is dropped"]
pub struct MutexGuard<'a, T: ?Sized> {
    mutex: &'a Queued<State<T>>,
    value: Option<Box<T>>,
}

/// The lock of a shared [`Mutex`]; dropping it releases.
#[must_use = "the lock is released as soon as the guard is dropped"]
pub struct OwnedMutexGuard<T: ?Sized> {
    mutex: Shared<T>,
    value: Option<Box<T>>,
}

guard!(MutexGuard<'_, T>);
guard!(OwnedMutexGuard<T>);

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    /// The lock that this guard is of, to be taken again.
    pub(super) fn relock(&self) -> LockMutex<'a, T> {
        LockMutex {
            wait: Wait::new(self.mutex, None),
        }
    }
}

/// The future of [`Mutex::lock`].
#[must_use = "futures do nothing until they are awaited"]
pub struct LockMutex<'a, T: ?Sized> {
    wait: Wait<&'a Queued<State<T>>, State<T>>,
}

/// The future of [`Mutex::lock_owned`].
#[must_use = "futures do nothing until they are awaited"]
pub struct LockOwnedMutex<T: ?Sized> {
    wait: Wait<Shared<T>, State<T>>,
}

impl<'a, T: ?Sized> Future for LockMutex<'a, T> {
    type Output = MutexGuard<'a, T>;

    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.wait.poll(cx).map(|value| MutexGuard {
            mutex: self.wait.primitive(),
            value: Some(value),
        })
    }
}

impl<T: ?Sized> Future for LockOwnedMutex<T> {
    type Output = OwnedMutexGuard<T>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.wait.poll(cx).map(|value| OwnedMutexGuard {
            mutex: Shared(Arc::clone(&self.wait.primitive().0)),
            value: Some(value),
        })
    }
}

impl<T: ?Sized> fmt::Debug for LockMutex<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LockMutex").finish_non_exhaustive()
    }
}

impl<T: ?Sized> fmt::Debug for LockOwnedMutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LockOwnedMutex").finish_non_exhaustive()
    }
}
