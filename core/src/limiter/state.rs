//! What a limiter's lock guards: the count, the queue, and who has claimed which key.

use std::{collections::HashMap, task::Waker};

use super::{AcquireError, AlreadyBorrowed, Borrower, LimiterStatistics, NotBorrowed, WouldBlock};
use crate::wait_queue::{Departed, Ticket, WaitQueue};

/// While the lock is free, somebody waits only if no token is free: whatever frees a token hands it
/// over in the same breath. So nobody can overtake by trying.
#[derive(Debug)]
pub(super) struct State {
    total: Option<usize>,
    /// Tokens lent, those granted to waiters that have not been polled since included.
    borrowed: usize,
    peak: usize,
    /// Who waits: a key, or `None` for a guard.
    queue: WaitQueue<Option<Borrower>>,
    /// The keys that have a token or wait for one.
    claims: HashMap<Borrower, Claim>,
    /// How many tokens keys were ever lent; tells their order.
    lent_to_keys: u64,
}

/// How far a key has come.
#[derive(Clone, Copy, Debug)]
enum Claim {
    /// It stands in the queue.
    Waiting,
    /// It was handed a token, and its waiter has not been polled since: not the caller's to release.
    Granted { order: u64 },
    /// The caller knows that it has the token.
    Holding { order: u64 },
}

/// What an attempt that may wait came to.
pub(super) enum Entry {
    Lent,
    Queued(Ticket),
}

impl State {
    pub(super) fn new(total: Option<usize>) -> Self {
        Self {
            total,
            borrowed: 0,
            peak: 0,
            queue: WaitQueue::new(),
            claims: HashMap::new(),
            lent_to_keys: 0,
        }
    }

    pub(super) fn try_take(&mut self) -> Result<(), WouldBlock> {
        if self.has_room() {
            self.lend();
            Ok(())
        } else {
            Err(WouldBlock)
        }
    }

    pub(super) fn try_take_for(&mut self, borrower: Borrower) -> Result<(), AcquireError> {
        if self.claims.contains_key(&borrower) {
            return Err(AlreadyBorrowed::new(borrower).into());
        }
        self.try_take()?;
        let order = self.next_order();
        self.claims.insert(borrower, Claim::Holding { order });
        Ok(())
    }

    /// Lends a token, or queues for one.
    pub(super) fn enter(
        &mut self,
        borrower: Option<Borrower>,
        waker: &Waker,
    ) -> Result<Entry, AlreadyBorrowed> {
        let attempt = match &borrower {
            Some(borrower) => self.try_take_for(borrower.clone()),
            None => self.try_take().map_err(AcquireError::from),
        };
        match attempt {
            Ok(()) => Ok(Entry::Lent),
            Err(AcquireError::AlreadyBorrowed(error)) => Err(error),
            Err(AcquireError::WouldBlock) => {
                if let Some(borrower) = &borrower {
                    self.claims.insert(borrower.clone(), Claim::Waiting);
                }
                Ok(Entry::Queued(self.queue.push_back(borrower, waker)))
            }
        }
    }

    pub(super) fn is_granted(&self, ticket: &Ticket) -> bool {
        self.queue.is_granted(ticket)
    }

    pub(super) fn set_waker(&mut self, ticket: &Ticket, waker: &Waker) -> Option<Waker> {
        self.queue.set_waker(ticket, waker)
    }

    /// A granted waiter takes what it was handed.
    pub(super) fn collect(&mut self, ticket: Ticket) {
        let Departed { item, .. } = self.queue.remove(ticket);
        if let Some(claim) = item.and_then(|borrower| self.claims.get_mut(&borrower)) {
            if let Claim::Granted { order } = *claim {
                *claim = Claim::Holding { order };
            }
        }
    }

    /// A waiter gives up; returns its waker, or that of whoever gets the token it was granted.
    pub(super) fn give_up(&mut self, ticket: Ticket) -> GivenUp {
        let departed = self.queue.remove(ticket);
        if let Some(borrower) = &departed.item {
            self.claims.remove(borrower);
        }
        match departed.waker {
            Some(waker) => GivenUp::Queued(waker),
            None => GivenUp::Granted(self.give_back()),
        }
    }

    /// Takes a token back and hands it to whoever is first; returns whom to wake.
    #[must_use = "whoever was handed the token has to be woken"]
    pub(super) fn give_back(&mut self) -> Option<Waker> {
        self.borrowed -= 1;
        self.hand_over()
    }

    pub(super) fn give_back_for(
        &mut self,
        borrower: &Borrower,
    ) -> Result<Option<Waker>, NotBorrowed> {
        match self.claims.get(borrower) {
            Some(Claim::Holding { .. }) => {
                self.claims.remove(borrower);
                Ok(self.give_back())
            }
            _ => Err(NotBorrowed::new(borrower.clone())),
        }
    }

    pub(super) fn total(&self) -> Option<usize> {
        self.total
    }

    /// Returns whom to wake, in order.
    #[must_use = "whoever was handed a token has to be woken"]
    pub(super) fn set_total(&mut self, total: Option<usize>) -> Vec<Waker> {
        self.total = total;
        std::iter::from_fn(|| self.hand_over()).collect()
    }

    pub(super) fn statistics(&self) -> LimiterStatistics {
        let mut keyed: Vec<(u64, &Borrower)> = self
            .claims
            .iter()
            .filter_map(|(borrower, claim)| match claim {
                Claim::Waiting => None,
                Claim::Granted { order } | Claim::Holding { order } => Some((*order, borrower)),
            })
            .collect();
        keyed.sort_unstable_by_key(|(order, _)| *order);
        LimiterStatistics {
            total: self.total,
            borrowed: self.borrowed,
            waiting: self.queue.len(),
            peak: self.peak,
            borrowers: keyed
                .into_iter()
                .map(|(_, borrower)| borrower.clone())
                .collect(),
        }
    }

    fn has_room(&self) -> bool {
        self.total.is_none_or(|total| self.borrowed < total)
    }

    fn lend(&mut self) {
        self.borrowed += 1;
        self.peak = self.peak.max(self.borrowed);
    }

    fn next_order(&mut self) -> u64 {
        self.lent_to_keys += 1;
        self.lent_to_keys
    }

    /// Lends one free token to the first waiter, if there are both.
    fn hand_over(&mut self) -> Option<Waker> {
        if !self.has_room() {
            return None;
        }
        if let Some(borrower) = self.queue.first()?.clone() {
            let order = self.next_order();
            self.claims.insert(borrower, Claim::Granted { order });
        }
        self.lend();
        self.queue.grant_first()
    }
}

/// What became of a waiter that gave up.
#[must_use = "wakers are woken and dropped after the lock"]
pub(super) enum GivenUp {
    /// It still waited; this is its own waker, to be dropped.
    Queued(Waker),
    /// It had a token; this is the waker of whoever has it now, to be woken.
    Granted(Option<Waker>),
}
