//! What a limiter's lock guards: the count, the queue, and who has claimed which key.

use std::{collections::HashMap, num::NonZeroU64, task::Waker};

use super::{
    AcquireError, AlreadyBorrowed, Borrower, LimiterStatistics, NotBorrowed, WouldBlock,
    lending::{Back, Loans},
};
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
    queue: WaitQueue<Request>,
    /// The keys that have a token or wait for one.
    claims: HashMap<Borrower, Claim>,
    /// How many tokens keys were ever lent; tells their order.
    lent_to_keys: u64,
    /// Tokens that are lent on. The lock is free only while nobody waits for one that is there.
    pub(super) loans: Loans,
}

/// Who waits.
#[derive(Debug)]
pub(super) enum Request {
    Guard,
    Key(Borrower),
    /// A guard that may have what is lent, too.
    Nested(Box<Nested>),
}

#[derive(Debug)]
pub(super) struct Nested {
    lenders: Vec<NonZeroU64>,
    /// What it was handed, unless it is a token.
    lent: Option<NonZeroU64>,
}

impl Nested {
    pub(super) fn request(lenders: Vec<NonZeroU64>) -> Request {
        if lenders.is_empty() {
            Request::Guard
        } else {
            Request::Nested(Box::new(Self {
                lenders,
                lent: None,
            }))
        }
    }
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
            loans: Loans::default(),
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

    /// Takes back a token, or what was lent of one.
    pub(super) fn give_back_of(&mut self, lent: Option<NonZeroU64>, wake: &mut WakeList) {
        let Some(number) = lent else {
            return self.give_back(wake);
        };
        match self.loans.give_back(number) {
            Back::Free { is_wanted: false } => {}
            Back::Free { is_wanted: true } => self.serve_lent(number, wake),
            Back::Token => self.give_back(wake),
        }
    }

    /// The owner of the token has it again. What is not back by now counts for itself.
    pub(super) fn end_loan(&mut self, number: NonZeroU64) {
        if self.loans.end(number) {
            self.lend();
        }
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
            match self.queue.first() {
                None => break,
                Some(Request::Guard) => {}
                Some(Request::Key(borrower)) => {
                    let borrower = borrower.clone();
                    let order = self.next_order();
                    self.claims.insert(borrower, Claim::Granted { order });
                }
                Some(Request::Nested(nested)) => self.loans.left(&nested.lenders),
            }
            self.lend();
            wake.extend(self.queue.grant_first());
        }
    }

    /// Lends what has come back to the first who waits for it.
    fn serve_lent(&mut self, number: NonZeroU64, wake: &mut WakeList) {
        let Self { queue, loans, .. } = self;
        let mut served = false;
        wake.extend(queue.grant_where(|request| match request {
            Request::Nested(nested) if !served && nested.lenders.contains(&number) => {
                loans.left(&nested.lenders);
                nested.lent = loans.take(&[number]);
                served = true;
                true
            }
            _ => false,
        }));
    }
}

impl HandOver for State {
    type Request = Request;
    /// What the token is lent of, if it is.
    type Output = Result<Option<NonZeroU64>, AlreadyBorrowed>;

    fn queue(&mut self) -> &mut WaitQueue<Request> {
        &mut self.queue
    }

    fn enter(
        &mut self,
        request: &mut Request,
        _wake: &mut WakeList,
    ) -> Option<Result<Option<NonZeroU64>, AlreadyBorrowed>> {
        let borrower = match request {
            Request::Guard => return self.try_take().ok().map(|()| Ok(None)),
            Request::Nested(nested) => {
                if let Some(lent) = self.loans.take(&nested.lenders) {
                    return Some(Ok(Some(lent)));
                }
                return self.try_take().ok().map(|()| Ok(None));
            }
            Request::Key(borrower) => borrower,
        };
        match self.try_take_for(borrower.clone()) {
            Ok(()) => Some(Ok(None)),
            Err(AcquireError::AlreadyBorrowed(error)) => Some(Err(error)),
            Err(AcquireError::WouldBlock) => None,
        }
    }

    fn line_up(&mut self, request: Request, waker: Waker, _wake: &mut WakeList) -> Ticket {
        match &request {
            Request::Guard => {}
            Request::Key(borrower) => {
                self.claims.insert(borrower.clone(), Claim::Waiting);
            }
            Request::Nested(nested) => self.loans.queued(&nested.lenders),
        }
        self.queue.push_back(request, waker)
    }

    fn collect(
        &mut self,
        request: Request,
        _wake: &mut WakeList,
    ) -> Result<Option<NonZeroU64>, AlreadyBorrowed> {
        match request {
            Request::Guard => Ok(None),
            Request::Nested(nested) => Ok(nested.lent),
            Request::Key(borrower) => {
                if let Some(claim) = self.claims.get_mut(&borrower) {
                    if let Claim::Granted { order } = *claim {
                        *claim = Claim::Holding { order };
                    }
                }
                Ok(None)
            }
        }
    }

    fn abandon(&mut self, request: &mut Request, granted: bool, wake: &mut WakeList) {
        let mut lent = None;
        match request {
            Request::Guard => {}
            Request::Key(borrower) => {
                self.claims.remove(borrower);
            }
            Request::Nested(nested) if granted => lent = nested.lent,
            Request::Nested(nested) => self.loans.left(&nested.lenders),
        }
        if granted {
            self.give_back_of(lent, wake);
        }
    }
}
