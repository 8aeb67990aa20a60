//! The limiter: so many tokens, one for each borrower.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use anyrt_core::limiter::{
    self, AcquireError, AlreadyBorrowed, Borrower, Limiter, LimiterStatistics, NotBorrowed, Token,
    WouldBlock,
};

use crate::runtime::Leaf;

/// Lends at most so many tokens at once; the total can change while it is in use.
///
/// Clones share the tokens. A borrower has at most one token: the guard of [`acquire`](Self::acquire) is its
/// own borrower, [`acquire_for`](Self::acquire_for) borrows in the name of a key. Rule S4.
#[derive(Clone)]
pub struct CapacityLimiter {
    inner: Arc<Limiter>,
}

impl CapacityLimiter {
    /// A limiter with `total` tokens; zero lends none until the total is raised.
    pub fn new(total: usize) -> Self {
        Self::of(&Arc::new(Limiter::new(Some(total))))
    }

    /// A limiter that only counts.
    pub fn unbounded() -> Self {
        Self::of(&Arc::new(Limiter::new(None)))
    }

    pub(crate) fn of(inner: &Arc<Limiter>) -> Self {
        Self {
            inner: Arc::clone(inner),
        }
    }

    pub(crate) fn inner(&self) -> &Arc<Limiter> {
        &self.inner
    }

    /// Waits for a token; dropping it gives it back. Rules S2 to S4.
    ///
    /// If dropped before completion, the place in the queue is given up, and a token that was granted
    /// meanwhile goes to the next in line.
    pub fn acquire(&self) -> Acquire {
        Acquire {
            leaf: Leaf::default(),
            acquire: self.inner.acquire(),
        }
    }

    /// A token at once.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`] if none is free, or others wait already.
    pub fn try_acquire(&self) -> Result<Token, WouldBlock> {
        self.inner.try_acquire()
    }

    /// Waits for a token in the name of `borrower`, to be given back with
    /// [`release_for`](Self::release_for). Rules S2 to S4.
    ///
    /// If dropped before completion, nothing is borrowed.
    #[doc(alias = "acquire_on_behalf_of")]
    pub fn acquire_for(&self, borrower: impl Into<Borrower>) -> AcquireFor {
        AcquireFor {
            leaf: Leaf::default(),
            acquire: self.inner.acquire_for(borrower),
        }
    }

    /// A token in the name of `borrower`, at once. Rule S4.
    ///
    /// # Errors
    ///
    /// If none is free, others wait already, or `borrower` has one.
    pub fn try_acquire_for(&self, borrower: impl Into<Borrower>) -> Result<(), AcquireError> {
        self.inner.try_acquire_for(borrower)
    }

    /// Gives back the token of `borrower`.
    ///
    /// # Errors
    ///
    /// [`NotBorrowed`] if it has none.
    pub fn release_for(&self, borrower: impl Into<Borrower>) -> Result<(), NotBorrowed> {
        self.inner.release_for(&borrower.into())
    }

    /// How many tokens there are; `None` if unbounded.
    pub fn total_tokens(&self) -> Option<usize> {
        self.inner.total()
    }

    /// Changes the total; `None` for unbounded. Raising wakes exactly as many as were freed, in
    /// order; lowering takes nothing away from who has borrowed.
    pub fn set_total_tokens(&self, total: impl Into<Option<usize>>) {
        self.inner.set_total(total.into());
    }

    /// How many tokens are free; `None` if unbounded.
    pub fn available_tokens(&self) -> Option<usize> {
        let statistics = self.inner.statistics();
        statistics
            .total
            .map(|total| total.saturating_sub(statistics.borrowed))
    }

    /// How many tokens are borrowed, by whom, how many wait, and the peak.
    ///
    /// A token that a worker thread lends on while it waits ([`from_thread`](crate::thread::from_thread)) counts once. More
    /// than the total are borrowed after it was lowered, and while an abandoned function keeps what it was lent.
    pub fn statistics(&self) -> LimiterStatistics {
        self.inner.statistics()
    }
}

impl fmt::Debug for CapacityLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CapacityLimiter")
            .field("statistics", &self.statistics())
            .finish()
    }
}

/// The future of [`CapacityLimiter::acquire`].
#[must_use = "futures do nothing until they are awaited"]
pub struct Acquire {
    leaf: Leaf,
    acquire: limiter::Acquire,
}

/// The future of [`CapacityLimiter::acquire_for`].
#[must_use = "futures do nothing until they are awaited"]
pub struct AcquireFor {
    leaf: Leaf,
    acquire: limiter::AcquireFor,
}

impl Future for Acquire {
    type Output = Token;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Token> {
        if self.leaf.poll_enter(cx).is_pending() {
            return Poll::Pending;
        }
        self.acquire.poll_acquire(cx)
    }
}

impl Future for AcquireFor {
    type Output = Result<(), AlreadyBorrowed>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.leaf.poll_enter(cx).is_pending() {
            return Poll::Pending;
        }
        self.acquire.poll_acquire(cx)
    }
}

impl fmt::Debug for Acquire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acquire").finish_non_exhaustive()
    }
}

impl fmt::Debug for AcquireFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcquireFor").finish_non_exhaustive()
    }
}
