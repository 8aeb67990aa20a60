//! A counted set of permits.

use std::{
    error, fmt,
    future::Future,
    mem,
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

/// A counted set of permits, given out first come, first served.
///
/// ```
/// # async fn shown() {
/// let semaphore = anyrt::sync::Semaphore::new(2);
/// let permit = semaphore.acquire().await;
/// assert_eq!(semaphore.available(), 1);
/// drop(permit);
/// assert_eq!(semaphore.available(), 2);
/// # }
/// ```
///
/// Permits that come back belong to the first who waits (rule S2): `try_acquire` fails while
/// somebody does. Whoever asks for many waits until there are so many, and those behind wait with it.
/// For a limit on how many do something at once, with one place for each and a total that can be
/// changed, see [`CapacityLimiter`](super::CapacityLimiter).
pub struct Semaphore {
    state: Arc<Queued<State>>,
    maximum: usize,
}

#[derive(Debug)]
struct State {
    available: usize,
    /// How many there are, those that are out included.
    total: usize,
    /// Each with the number of permits it waits for.
    queue: WaitQueue<usize>,
}

/// What a [`Semaphore`] looks like at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SemaphoreStatistics {
    /// How many permits are free.
    pub available: usize,
    /// The most that can be free.
    pub maximum: usize,
    /// How many wait for permits.
    pub waiting: usize,
    /// How many were granted permits while they waited, and have not been polled since.
    pub granted: usize,
}

/// There would be more permits than the semaphore's maximum; nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AboveMaximum {
    maximum: usize,
}

impl fmt::Display for AboveMaximum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the semaphore can have at most {} permits: release only what was acquired, or give it a larger maximum",
            self.maximum
        )
    }
}

impl error::Error for AboveMaximum {}

impl Semaphore {
    /// A semaphore with so many permits, and no maximum.
    pub fn new(permits: usize) -> Self {
        Self::of(permits, usize::MAX)
    }

    /// A semaphore that never has more than `maximum` permits.
    ///
    /// # Errors
    ///
    /// [`AboveMaximum`] if it were to begin with more.
    pub fn with_maximum(permits: usize, maximum: usize) -> Result<Self, AboveMaximum> {
        if permits > maximum {
            return Err(AboveMaximum { maximum });
        }
        Ok(Self::of(permits, maximum))
    }

    fn of(available: usize, maximum: usize) -> Self {
        Self {
            state: Arc::new(Queued::new(State {
                available,
                total: available,
                queue: WaitQueue::new(),
            })),
            maximum,
        }
    }

    /// Waits for a permit; dropping it gives it back. Rules S2, S3, S8.
    ///
    /// If dropped before completion, the place in the queue is given up, and a permit that was
    /// granted meanwhile goes to the next in line.
    #[inline]
    pub fn acquire(&self) -> AcquirePermits<'_> {
        self.acquire_many(1)
    }

    /// Waits for several permits at once. Rules S2, S3, S8.
    ///
    /// Cancel safety is that of [`acquire`](Self::acquire).
    ///
    /// # Panics
    ///
    /// If `count` is above the maximum: it would wait for ever.
    #[inline]
    #[track_caller]
    pub fn acquire_many(&self, count: usize) -> AcquirePermits<'_> {
        self.assert_possible(count);
        AcquirePermits {
            wait: Wait::new(&self.state, count),
        }
    }

    /// Waits for permits that know their semaphore, and may be moved anywhere. Rules S2, S3, S8.
    ///
    /// Cancel safety and panics are those of [`acquire_many`](Self::acquire_many).
    #[track_caller]
    pub fn acquire_owned(&self, count: usize) -> AcquireOwnedPermits {
        self.assert_possible(count);
        AcquireOwnedPermits {
            wait: Wait::new(Arc::clone(&self.state), count),
        }
    }

    /// A permit at once.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`] if none is free, or others wait already.
    pub fn try_acquire(&self) -> Result<Permits<'_>, WouldBlock> {
        self.try_acquire_many(1)
    }

    /// Several permits at once.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`] if so many are not free, or others wait already.
    pub fn try_acquire_many(&self, count: usize) -> Result<Permits<'_>, WouldBlock> {
        self.state.with(|state, _| state.take(count))?;
        Ok(Permits {
            semaphore: &self.state,
            count,
        })
    }

    /// [`try_acquire_many`](Self::try_acquire_many), for permits that may be moved anywhere.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`] if so many are not free, or others wait already.
    pub fn try_acquire_owned(&self, count: usize) -> Result<OwnedPermits, WouldBlock> {
        self.state.with(|state, _| state.take(count))?;
        Ok(OwnedPermits {
            semaphore: Arc::clone(&self.state),
            count,
        })
    }

    /// Adds permits that nobody acquired, or puts those back that were [forgotten](Permits::forget).
    ///
    /// # Errors
    ///
    /// [`AboveMaximum`] if there would be too many, with those that are out; none is added then.
    pub fn release(&self, count: usize) -> Result<(), AboveMaximum> {
        let maximum = self.maximum;
        self.state
            .with(|state, wake| match state.total.checked_add(count) {
                Some(total) if total <= maximum => {
                    state.total = total;
                    state.give_back(count, wake);
                    Ok(())
                }
                _ => Err(AboveMaximum { maximum }),
            })
    }

    /// How many permits are free.
    pub fn available(&self) -> usize {
        self.state.with(|state, _| state.available)
    }

    /// How many permits are free, and how many wait.
    pub fn statistics(&self) -> SemaphoreStatistics {
        self.state.with(|state, _| SemaphoreStatistics {
            available: state.available,
            maximum: self.maximum,
            waiting: state.queue.len(),
            granted: state.queue.granted(),
        })
    }

    #[inline]
    #[track_caller]
    fn assert_possible(&self, count: usize) {
        if count > self.maximum {
            refuse(count, self.maximum);
        }
    }
}

#[cold]
#[track_caller]
fn refuse(count: usize, maximum: usize) -> ! {
    panic!("the semaphore never has {count} permits, only {maximum}: ask for fewer");
}

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.statistics().fmt(f)
    }
}

impl State {
    /// So many permits, if they are free and nobody waits.
    #[inline]
    fn take(&mut self, count: usize) -> Result<(), WouldBlock> {
        if !self.queue.is_empty() {
            return Err(WouldBlock);
        }
        self.available = self.available.checked_sub(count).ok_or(WouldBlock)?;
        Ok(())
    }

    #[inline]
    fn give_back(&mut self, count: usize, wake: &mut WakeList) {
        self.available += count;
        if !self.queue.is_empty() {
            self.serve(wake);
        }
    }

    /// Serves those who wait, as long as there is enough for the first.
    #[cold]
    fn serve(&mut self, wake: &mut WakeList) {
        while let Some(&count) = self.queue.first() {
            if self.available < count {
                break;
            }
            self.available -= count;
            wake.extend(self.queue.grant_first());
        }
    }
}

impl HandOver for State {
    type Request = usize;
    type Output = usize;

    fn queue(&mut self) -> &mut WaitQueue<usize> {
        &mut self.queue
    }

    #[inline]
    fn enter(&mut self, count: &mut usize, _wake: &mut WakeList) -> Option<usize> {
        self.take(*count).is_ok().then_some(*count)
    }

    fn collect(&mut self, count: usize, _wake: &mut WakeList) -> usize {
        count
    }

    fn abandon(&mut self, count: &mut usize, granted: bool, wake: &mut WakeList) {
        // Also when it was not granted: it may have stood before some that ask for less.
        self.give_back(if granted { *count } else { 0 }, wake);
    }
}

macro_rules! permits {
    ($permits:ty) => {
        impl $permits {
            /// How many permits these are.
            pub fn count(&self) -> usize {
                self.count
            }

            /// Takes the permits out of the semaphore for good; [`Semaphore::release`] adds others.
            pub fn forget(mut self) {
                let count = mem::take(&mut self.count);
                self.semaphore.with(|state, _| state.total -= count);
            }
        }

        impl Drop for $permits {
            #[inline(always)]
            fn drop(&mut self) {
                if self.count > 0 {
                    self.semaphore
                        .with(|state, wake| state.give_back(self.count, wake));
                }
            }
        }

        impl fmt::Debug for $permits {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple("Permits").field(&self.count).finish()
            }
        }
    };
}

/// Permits of a [`Semaphore`]; they go back when this is dropped.
#[must_use = "the permits go back as soon as this is dropped"]
pub struct Permits<'a> {
    semaphore: &'a Queued<State>,
    count: usize,
}

/// Permits that know their [`Semaphore`]; they go back when this is dropped.
#[must_use = "the permits go back as soon as this is dropped"]
pub struct OwnedPermits {
    semaphore: Arc<Queued<State>>,
    count: usize,
}

permits!(Permits<'_>);
permits!(OwnedPermits);

/// The future of [`Semaphore::acquire`] and [`Semaphore::acquire_many`].
#[derive(Debug)]
#[must_use = "futures do nothing until they are awaited"]
pub struct AcquirePermits<'a> {
    wait: Wait<&'a Queued<State>, State>,
}

/// The future of [`Semaphore::acquire_owned`].
#[derive(Debug)]
#[must_use = "futures do nothing until they are awaited"]
pub struct AcquireOwnedPermits {
    wait: Wait<Arc<Queued<State>>, State>,
}

impl<'a> Future for AcquirePermits<'a> {
    type Output = Permits<'a>;

    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Permits<'a>> {
        self.wait.poll(cx).map(|count| Permits {
            semaphore: self.wait.primitive(),
            count,
        })
    }
}

impl Future for AcquireOwnedPermits {
    type Output = OwnedPermits;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<OwnedPermits> {
        self.wait.poll(cx).map(|count| OwnedPermits {
            semaphore: Arc::clone(self.wait.primitive()),
            count,
        })
    }
}
