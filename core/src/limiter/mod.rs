//! How many at once, first come first served: a counted set of tokens that borrowers share.
//!
//! A [`Limiter`] has a total, which may be changed at any time, and lends one token to each borrower.
//! It knows no runtime: it may be made before there is one, and shared between several. The facade's
//! `CapacityLimiter` wraps it and adds what every operation that waits owes to cancellation.
//!
//! There are two ways to borrow. [`Limiter::acquire`] lends to the guard it returns, a [`Token`].
//! [`Limiter::acquire_for`] lends to a [`Borrower`], a key that the caller chooses, until
//! [`Limiter::release_for`] is called with the same key.
//!
//! # Rules
//!
//! - A token that comes back belongs to the first waiter at once, before that waiter is polled; an
//!   attempt by anybody else fails until everybody who waited has been served.
//! - A waiter that is dropped leaves no trace; one that is dropped after it was granted a token
//!   passes the token on.
//! - A key has at most one token, and stands in the queue at most once.
//! - Raising the total grants exactly the new tokens, in order. Lowering it takes nothing away:
//!   more may be borrowed than the total allows, and nobody new gets in until enough came back. A
//!   total of zero lets nobody in; no total lets everybody in.
//! - Without waiting, acquiring and releasing a guard's token allocates nothing.
//! - A token whose owner waits for something can be [lent on](Limiter::lend) to what it waits for.
//!
//! # Example
//!
//! ```
//! use std::sync::Arc;
//!
//! use anyrt_core::limiter::Limiter;
//!
//! let limiter = Arc::new(Limiter::new(Some(1)));
//! let token = limiter.try_acquire()?;
//! assert!(limiter.try_acquire().is_err());
//!
//! drop(token);
//! limiter.try_acquire_for("upload")?;
//! assert_eq!(limiter.statistics().borrowed, 1);
//! limiter.release_for(&"upload".into())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod acquire;
mod borrower;
mod error;
mod lending;
mod state;

use std::sync::Arc;

pub use acquire::{Acquire, AcquireFor, Token};
pub use borrower::Borrower;
pub use error::{AcquireError, AlreadyBorrowed, NotBorrowed, WouldBlock};
pub use lending::{Lender, Loan};

use crate::hand_over::Queued;
use state::State;

/// A counted set of tokens, lent one to a borrower, first come first served.
///
/// See the [module](self) for the rules and an example.
#[derive(Debug)]
pub struct Limiter {
    state: Queued<State>,
}

/// What a limiter looks like at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LimiterStatistics {
    /// How many tokens there are; `None` means that there is no limit.
    pub total: Option<usize>,
    /// How many are lent; more than the total after it was lowered.
    pub borrowed: usize,
    /// How many borrowers wait.
    pub waiting: usize,
    /// How many of those that are lent were granted to a waiter that has not been polled since.
    pub granted: usize,
    /// The most that were ever lent at once.
    pub peak: usize,
    /// The keys that have a token, in the order in which they got it. Guards are not listed.
    pub borrowers: Vec<Borrower>,
}

impl Limiter {
    /// A limiter that lends up to `total` tokens at once; `None` lends to everybody.
    pub fn new(total: Option<usize>) -> Self {
        Self {
            state: Queued::new(State::new(total)),
        }
    }

    /// Borrows a token for the guard returned, if one is free and nobody waits for it.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`] if the caller would have to wait.
    pub fn try_acquire(self: &Arc<Self>) -> Result<Token, WouldBlock> {
        self.state.with(|state, _| state.try_take())?;
        Ok(Token::new(Arc::clone(self), None))
    }

    /// Borrows a token for a guard, waiting for its turn.
    pub fn acquire(self: &Arc<Self>) -> Acquire {
        Acquire::new(Arc::clone(self))
    }

    /// Lends a token on, until the result is dropped. The caller has it, and does not use it meanwhile.
    ///
    /// What is lent counts once, with the token, in `borrowed`. It goes to one at a time of those who know the
    /// [`Lender`] and [ask](Self::acquire_from), before the queue.
    pub fn lend(self: &Arc<Self>) -> Loan {
        let number = self.state.with(|state, _| state.loans.open());
        Loan::new(Arc::clone(self), number)
    }

    /// Borrows a token for a guard, or what one of `lenders` lends of this limiter, whichever comes first; waits for its
    /// turn.
    ///
    /// Lenders of other limiters are overlooked. What is lent goes to the first who asks; of several lenders the first
    /// that has something lends it.
    pub fn acquire_from(self: &Arc<Self>, lenders: &[Lender]) -> Acquire {
        Acquire::from_lenders(Arc::clone(self), lenders)
    }

    /// Borrows a token for `borrower`, if one is free and nobody waits for it.
    ///
    /// # Errors
    ///
    /// [`AcquireError::AlreadyBorrowed`] if the key has a token or waits for one, otherwise
    /// [`AcquireError::WouldBlock`] if it would have to wait.
    pub fn try_acquire_for(&self, borrower: impl Into<Borrower>) -> Result<(), AcquireError> {
        let borrower = borrower.into();
        self.state.with(|state, _| state.try_take_for(borrower))
    }

    /// Borrows a token for `borrower`, waiting for its turn; [`Limiter::release_for`] gives it back.
    pub fn acquire_for(self: &Arc<Self>, borrower: impl Into<Borrower>) -> AcquireFor {
        AcquireFor::new(Arc::clone(self), borrower.into())
    }

    /// Gives back the token of a key.
    ///
    /// # Errors
    ///
    /// [`NotBorrowed`] if the key has none, or waits for one.
    pub fn release_for(&self, borrower: &Borrower) -> Result<(), NotBorrowed> {
        self.state
            .with(|state, wake| state.give_back_for(borrower, wake))
    }

    /// How many tokens there are; `None` means that there is no limit.
    pub fn total(&self) -> Option<usize> {
        self.state.with(|state, _| state.total())
    }

    /// Changes how many tokens there are.
    ///
    /// New tokens go to those who wait, in order. Nobody who has a token loses it.
    pub fn set_total(&self, total: Option<usize>) {
        self.state.with(|state, wake| state.set_total(total, wake));
    }

    /// The numbers at this moment.
    pub fn statistics(&self) -> LimiterStatistics {
        self.state.with(|state, _| state.statistics())
    }
}

#[cfg(test)]
mod tests;
