//! Waiting for a token, and the guard that gives it back.

use std::{
    fmt,
    num::NonZeroU64,
    sync::Arc,
    task::{Context, Poll},
};

use super::{
    AlreadyBorrowed, Borrower, Lender, Limiter,
    state::{Nested, Request},
};
use crate::hand_over::Waiter;

/// A token lent to a guard: dropping it gives the token back, to the first who waits.
#[must_use = "the token goes back as soon as this is dropped"]
pub struct Token {
    limiter: Arc<Limiter>,
    /// The loan that it is of, if it belongs to somebody else.
    lent: Option<NonZeroU64>,
}

impl Token {
    /// A guard for a token that has been lent already.
    pub(super) fn new(limiter: Arc<Limiter>, lent: Option<NonZeroU64>) -> Self {
        Self { limiter, lent }
    }

    /// Whose token it is.
    pub fn limiter(&self) -> &Arc<Limiter> {
        &self.limiter
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        let lent = self.lent;
        self.limiter
            .state
            .with(|state, wake| state.give_back_of(lent, wake));
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").finish_non_exhaustive()
    }
}

/// A guard's wait for a token; see [`Limiter::acquire`].
///
/// It enters the queue at its first poll, and leaves no trace when it is dropped.
#[derive(Debug)]
#[must_use = "nothing is borrowed until this is polled"]
pub struct Acquire {
    attempt: Attempt,
}

impl Acquire {
    pub(super) fn new(limiter: Arc<Limiter>) -> Self {
        Self {
            attempt: Attempt::new(limiter, Request::Guard),
        }
    }

    pub(super) fn from_lenders(limiter: Arc<Limiter>, lenders: &[Lender]) -> Self {
        let numbers = lenders.iter().filter_map(|lender| lender.of(&limiter));
        let request = Nested::request(numbers.collect());
        Self {
            attempt: Attempt::new(limiter, request),
        }
    }

    /// Ready once a token has been lent.
    ///
    /// # Panics
    ///
    /// When it is polled again after that.
    #[track_caller]
    pub fn poll_acquire(&mut self, cx: &mut Context<'_>) -> Poll<Token> {
        self.attempt.poll(cx).map(|borrowed| {
            let lent = borrowed.expect("only a key can have a token already");
            Token::new(Arc::clone(&self.attempt.limiter), lent)
        })
    }
}

/// A key's wait for a token; see [`Limiter::acquire_for`].
///
/// It enters the queue at its first poll, and leaves no trace when it is dropped before it was
/// ready.
#[derive(Debug)]
#[must_use = "nothing is borrowed until this is polled"]
pub struct AcquireFor {
    attempt: Attempt,
}

impl AcquireFor {
    pub(super) fn new(limiter: Arc<Limiter>, borrower: Borrower) -> Self {
        Self {
            attempt: Attempt::new(limiter, Request::Key(borrower)),
        }
    }

    /// Ready once a token has been lent to the key, which has it until
    /// [`Limiter::release_for`] is called.
    ///
    /// # Errors
    ///
    /// [`AlreadyBorrowed`] if the key has a token or waits for one.
    ///
    /// # Panics
    ///
    /// When it is polled again after it was ready.
    #[track_caller]
    pub fn poll_acquire(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), AlreadyBorrowed>> {
        self.attempt.poll(cx).map_ok(|_of_nobody| ())
    }
}

/// One wait for a token: gives up its place, or the token, when it is dropped.
#[derive(Debug)]
struct Attempt {
    limiter: Arc<Limiter>,
    waiter: Waiter<Request>,
}

impl Attempt {
    fn new(limiter: Arc<Limiter>, request: Request) -> Self {
        Self {
            limiter,
            waiter: Waiter::new(request),
        }
    }

    #[track_caller]
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<NonZeroU64>, AlreadyBorrowed>> {
        self.limiter.state.poll(&mut self.waiter, cx)
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.limiter.state.abandon(&mut self.waiter);
    }
}
