//! What a limiter's lock guards: the count, the queue, and who has claimed which key.

use std::{collections::HashMap, task::Waker};

use super::{AcquireError, AlreadyBorrowed, Borrower, LimiterStatistics, NotBorrowed, WouldBlock};
use crate::{
    hand_over::{HandOver, WakeList},
    wait_queue::{Ticket, WaitQueue},
};

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

    /// Takes a token back and hands it to whoever is first.
    pub(super) fn give_back(&mut self, wake: &mut WakeList) {
        self.borrowed -= 1;
        self.serve(wake);
    }

    pub(super) fn give_back_for(
        &mut self,
        borrower: &Borrower,
        wake: &mut WakeList,
    ) -> Result<(), NotBorrowed> {
        match self.claims.get(borrower) {
            Some(Claim::Holding { .. }) => {
                self.claims.remove(borrower);
                self.give_back(wake);
                Ok(())
            }
            _ => Err(NotBorrowed::new(borrower.clone())),
        }
    }

    pub(super) fn total(&self) -> Option<usize> {
        self.total
    }

    pub(super) fn set_total(&mut self, total: Option<usize>, wake: &mut WakeList) {
        self.total = total;
        self.serve(wake);
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
            granted: self.queue.granted(),
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

    /// Lends free tokens to those who wait, in order.
    fn serve(&mut self, wake: &mut WakeList) {
        while self.has_room() {
            let Some(first) = self.queue.first() else {
                break;
            };
            if let Some(borrower) = first.clone() {
                let order = self.next_order();
                self.claims.insert(borrower, Claim::Granted { order });
            }
            self.lend();
            wake.extend(self.queue.grant_first());
        }
    }
}

impl HandOver for State {
    /// A key, or `None` for a guard.
    type Request = Option<Borrower>;
    type Output = Result<(), AlreadyBorrowed>;

    fn queue(&mut self) -> &mut WaitQueue<Option<Borrower>> {
        &mut self.queue
    }

    fn enter(
        &mut self,
        request: &mut Option<Borrower>,
        _wake: &mut WakeList,
    ) -> Option<Result<(), AlreadyBorrowed>> {
        let Some(borrower) = request else {
            return self.try_take().ok().map(Ok);
        };
        match self.try_take_for(borrower.clone()) {
            Ok(()) => Some(Ok(())),
            Err(AcquireError::AlreadyBorrowed(error)) => Some(Err(error)),
            Err(AcquireError::WouldBlock) => None,
        }
    }

    fn line_up(&mut self, request: Option<Borrower>, waker: Waker, _wake: &mut WakeList) -> Ticket {
        if let Some(borrower) = &request {
            self.claims.insert(borrower.clone(), Claim::Waiting);
        }
        self.queue.push_back(request, waker)
    }

    fn collect(
        &mut self,
        request: Option<Borrower>,
        _wake: &mut WakeList,
    ) -> Result<(), AlreadyBorrowed> {
        if let Some(claim) = request.and_then(|borrower| self.claims.get_mut(&borrower)) {
            if let Claim::Granted { order } = *claim {
                *claim = Claim::Holding { order };
            }
        }
        Ok(())
    }

    fn abandon(&mut self, request: &mut Option<Borrower>, granted: bool, wake: &mut WakeList) {
        if let Some(borrower) = request {
            self.claims.remove(borrower);
        }
        if granted {
            self.give_back(wake);
        }
    }
}
