//! Tokens whose owners wait for others: they are lent on meanwhile.
//!
//! A thread that has a token and blocks until something else is done does not use the token. If what it waits for needs one
//! of the same limiter, and none is left, neither goes on. So it opens a [`Loan`] ([`Limiter::lend`]), and hands its name, a
//! [`Lender`], to what it waits for, which asks by [`Limiter::acquire_from`].
//!
//! # Rules
//!
//! - What is lent goes to one at a time, before the limiter's queue. Others that know the lender wait in the queue, and take
//!   whichever comes first: what is lent, or a token.
//! - The token and what is lent of it count once in `borrowed`, whatever the total: lowering it revokes neither.
//! - When the loan is over and what was lent is not back, it counts for itself from then on, above the total if need be, until
//!   it comes back.
//! - What was lent can be lent on.
//!
//! ```
//! use std::{sync::Arc, task::{Context, Poll, Waker}};
//!
//! use anyrt_core::limiter::Limiter;
//!
//! let limiter = Arc::new(Limiter::new(Some(1)));
//! let token = limiter.try_acquire()?;
//! let loan = limiter.lend();
//! let mut nested = limiter.acquire_from(&[loan.lender().clone()]);
//! let Poll::Ready(lent) = nested.poll_acquire(&mut Context::from_waker(Waker::noop())) else {
//!     unreachable!("it is lent to the first who asks")
//! };
//! assert_eq!(limiter.statistics().borrowed, 1);
//! drop((lent, loan, token));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::{collections::BTreeMap, num::NonZeroU64, sync::Arc};

use super::Limiter;

/// A token that is lent on, until this is dropped; made by [`Limiter::lend`].
#[derive(Debug)]
#[must_use = "dropping it ends the loan"]
pub struct Loan {
    lender: Lender,
}

/// The name of a [`Loan`], for those who may borrow what is lent. It keeps nothing open.
#[derive(Clone, Debug)]
pub struct Lender {
    limiter: Arc<Limiter>,
    number: NonZeroU64,
}

impl Loan {
    pub(super) fn new(limiter: Arc<Limiter>, number: NonZeroU64) -> Self {
        Self {
            lender: Lender { limiter, number },
        }
    }

    /// Its name.
    pub fn lender(&self) -> &Lender {
        &self.lender
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        let Lender { limiter, number } = &self.lender;
        limiter.state.with(|state, _| state.end_loan(*number));
    }
}

impl Lender {
    /// Whether the loan is not over.
    pub fn is_open(&self) -> bool {
        self.limiter
            .state
            .with(|state, _| state.loans.is_open(self.number))
    }

    /// The number of the loan, if it is one of this limiter.
    pub(super) fn of(&self, limiter: &Arc<Limiter>) -> Option<NonZeroU64> {
        Arc::ptr_eq(&self.limiter, limiter).then_some(self.number)
    }
}

/// The loans of a limiter, by their numbers, which begin with one and are never used again.
#[derive(Debug, Default)]
pub(super) struct Loans {
    known: BTreeMap<NonZeroU64, Known>,
    last: Option<NonZeroU64>,
}

#[derive(Debug)]
struct Known {
    stage: Stage,
    /// How many in the limiter's queue would take what is lent here.
    waiting: usize,
}

#[derive(Debug, PartialEq, Eq)]
enum Stage {
    /// To be had.
    Free,
    /// Somebody has it.
    Out,
    /// The loan is over, and somebody still has it.
    Kept,
}

/// What came of something that was lent and is back.
pub(super) enum Back {
    /// It can be lent again; somebody waits for it, or nobody.
    Free { is_wanted: bool },
    /// It had become a token like any other.
    Token,
}

impl Loans {
    pub(super) fn open(&mut self) -> NonZeroU64 {
        let number = self
            .last
            .map_or(NonZeroU64::MIN, |last| last.saturating_add(1));
        let known = Known {
            stage: Stage::Free,
            waiting: 0,
        };
        self.known.insert(number, known);
        self.last = Some(number);
        number
    }

    #[cfg(test)]
    fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    fn is_open(&self, number: NonZeroU64) -> bool {
        self.known
            .get(&number)
            .is_some_and(|known| known.stage != Stage::Kept)
    }

    /// Ends a loan. True if what was lent is not back.
    pub(super) fn end(&mut self, number: NonZeroU64) -> bool {
        let Some(known) = self.known.get_mut(&number) else {
            return false;
        };
        if known.stage == Stage::Out {
            known.stage = Stage::Kept;
            return true;
        }
        self.known.remove(&number);
        false
    }

    /// Takes what one of the lenders lends, the first of them that can.
    pub(super) fn take(&mut self, lenders: &[NonZeroU64]) -> Option<NonZeroU64> {
        lenders.iter().copied().find(|number| {
            let known = self.known.get_mut(number);
            let free = known.filter(|known| known.stage == Stage::Free);
            free.map(|known| known.stage = Stage::Out).is_some()
        })
    }

    pub(super) fn give_back(&mut self, number: NonZeroU64) -> Back {
        match self.known.get_mut(&number) {
            Some(known) if known.stage == Stage::Out => {
                known.stage = Stage::Free;
                Back::Free {
                    is_wanted: known.waiting > 0,
                }
            }
            _ => {
                self.known.remove(&number);
                Back::Token
            }
        }
    }

    /// Somebody who would take what they lend has entered the queue.
    pub(super) fn queued(&mut self, lenders: &[NonZeroU64]) {
        self.each(lenders, |known| known.waiting += 1);
    }

    /// It has left the queue, or was served.
    pub(super) fn left(&mut self, lenders: &[NonZeroU64]) {
        self.each(lenders, |known| known.waiting -= 1);
    }

    fn each(&mut self, lenders: &[NonZeroU64], mut change: impl FnMut(&mut Known)) {
        for number in lenders {
            if let Some(known) = self.known.get_mut(number) {
                change(known);
            }
        }
    }
}

#[cfg(test)]
mod tests;
