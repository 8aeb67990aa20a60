//! One test for each rule of the module, and a plain model that the limiter is compared with.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    task::{Context, Poll, Waker},
};

use super::{Lender, Loan};
use crate::limiter::{Acquire, Limiter, Token};

fn poll(acquire: &mut Acquire) -> Option<Token> {
    match acquire.poll_acquire(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(token) => Some(token),
        Poll::Pending => None,
    }
}

/// A limiter whose only token is lent on.
fn lent() -> (Arc<Limiter>, Token, Loan) {
    let limiter = Arc::new(Limiter::new(Some(1)));
    let token = limiter.try_acquire().unwrap();
    let loan = limiter.lend();
    (limiter, token, loan)
}

fn nested(limiter: &Arc<Limiter>, loan: &Loan) -> Acquire {
    limiter.acquire_from(&[loan.lender().clone()])
}

fn numbers(limiter: &Limiter) -> (usize, usize) {
    let statistics = limiter.statistics();
    (statistics.borrowed, statistics.waiting)
}

#[test]
fn what_is_lent_goes_to_one_at_a_time_before_the_queue() {
    let (limiter, token, loan) = lent();
    let mut ordinary = limiter.acquire();
    assert!(poll(&mut ordinary).is_none());
    let (mut first, mut second) = (nested(&limiter, &loan), nested(&limiter, &loan));
    let got = poll(&mut first).unwrap();
    assert!(poll(&mut second).is_none());
    assert_eq!(numbers(&limiter), (1, 2));
    drop(got);
    assert!(poll(&mut ordinary).is_none());
    drop(poll(&mut second).unwrap());
    drop((loan, token));
    drop(poll(&mut ordinary).unwrap());
    assert_eq!(numbers(&limiter), (0, 0));
}

#[test]
fn those_who_wait_take_whichever_comes_first() {
    let (limiter, token, loan) = lent();
    let got = poll(&mut nested(&limiter, &loan)).unwrap();
    let mut waits = nested(&limiter, &loan);
    assert!(poll(&mut waits).is_none());
    limiter.set_total(Some(2));
    let second = poll(&mut waits).unwrap();
    assert_eq!(numbers(&limiter), (2, 0));
    // What is lent is back, and nobody waits for it any more.
    drop(got);
    let again = poll(&mut nested(&limiter, &loan)).unwrap();
    assert_eq!(numbers(&limiter), (2, 0));
    drop((again, second, loan, token));
    assert_eq!(numbers(&limiter), (0, 0));
}

#[test]
fn lowering_the_total_revokes_nothing() {
    let (limiter, token, loan) = lent();
    limiter.set_total(Some(0));
    let got = poll(&mut nested(&limiter, &loan)).unwrap();
    assert_eq!(numbers(&limiter), (1, 0));
    drop((got, loan, token));
    assert!(limiter.try_acquire().is_err());
}

#[test]
fn what_is_not_back_counts_for_itself() {
    let (limiter, token, loan) = lent();
    let got = poll(&mut nested(&limiter, &loan)).unwrap();
    let lender = loan.lender().clone();
    drop(loan);
    assert!(!lender.is_open());
    assert_eq!(numbers(&limiter), (2, 0));
    let mut waits = limiter.acquire_from(&[lender]);
    assert!(poll(&mut waits).is_none());
    drop(token);
    assert!(poll(&mut waits).is_none());
    drop(got);
    drop(poll(&mut waits).unwrap());
    assert_eq!(numbers(&limiter), (0, 0));
}

#[test]
fn what_was_lent_can_be_lent_on() {
    let (limiter, token, loan) = lent();
    let first = poll(&mut nested(&limiter, &loan)).unwrap();
    let further = limiter.lend();
    let lenders = [further.lender().clone(), loan.lender().clone()];
    let second = poll(&mut limiter.acquire_from(&lenders)).unwrap();
    assert_eq!(numbers(&limiter), (1, 0));
    // The outer loan ends first: what it lent is a token now, and is lent on as before.
    drop(loan);
    assert_eq!(numbers(&limiter), (2, 0));
    drop((second, further, first));
    assert_eq!(numbers(&limiter), (1, 0));
    drop(token);
}

#[test]
fn one_that_gives_up_after_the_grant_passes_it_on() {
    let (limiter, token, loan) = lent();
    let got = poll(&mut nested(&limiter, &loan)).unwrap();
    let (mut first, mut second) = (nested(&limiter, &loan), nested(&limiter, &loan));
    assert!(poll(&mut first).is_none() && poll(&mut second).is_none());
    drop(got);
    drop(first);
    drop(poll(&mut second).unwrap());
    drop((loan, token));
    assert_eq!(numbers(&limiter), (0, 0));
}

#[test]
fn another_limiters_loan_is_overlooked() {
    let (_limiter, _token, loan) = lent();
    let other = Arc::new(Limiter::new(Some(0)));
    assert!(poll(&mut nested(&other, &loan)).is_none());
}

/// What the limiter ought to do, by the rules and nothing else.
#[derive(Default)]
struct Model {
    total: usize,
    borrowed: usize,
    /// Open loans, and who has what they lend.
    loans: BTreeMap<usize, Option<usize>>,
    waiting: VecDeque<(usize, Vec<usize>)>,
    /// Who has something, and of which open loan it is.
    having: BTreeMap<usize, Option<usize>>,
}

impl Model {
    fn come(&mut self, who: usize, lenders: Vec<usize>) {
        let free = |loan: &&usize| self.loans.get(*loan) == Some(&None);
        if let Some(loan) = lenders.iter().find(free).copied() {
            self.loans.insert(loan, Some(who));
            self.having.insert(who, Some(loan));
        } else {
            self.waiting.push_back((who, lenders));
            self.serve();
        }
    }

    fn serve(&mut self) {
        while self.borrowed < self.total {
            let Some((who, _)) = self.waiting.pop_front() else {
                return;
            };
            self.borrowed += 1;
            self.having.insert(who, None);
        }
    }

    fn leave(&mut self, who: usize) {
        self.waiting.retain(|(other, _)| *other != who);
        match self.having.remove(&who) {
            None => {}
            Some(None) => {
                self.borrowed -= 1;
                self.serve();
            }
            Some(Some(loan)) => {
                let next = self.waiting.iter().position(|(_, of)| of.contains(&loan));
                let next = next.and_then(|at| self.waiting.remove(at));
                let next = next.map(|(who, _)| who);
                self.having.extend(next.map(|who| (who, Some(loan))));
                self.loans.insert(loan, next);
            }
        }
    }

    fn end(&mut self, loan: usize) {
        if let Some(Some(who)) = self.loans.remove(&loan) {
            self.having.insert(who, None);
            self.borrowed += 1;
        }
    }
}

enum Party {
    Waits(Acquire),
    Has(#[expect(dead_code, reason = "it is had, and dropped")] Token),
}

/// 50 000 random steps against the model.
#[test]
fn does_what_the_model_does() {
    let limiter = Arc::new(Limiter::new(Some(2)));
    let mut model = Model {
        total: 2,
        ..Model::default()
    };
    let mut parties: BTreeMap<usize, Party> = BTreeMap::new();
    let mut loans: BTreeMap<usize, Loan> = BTreeMap::new();
    let mut random = 7_u32;
    let mut draw = |below: usize| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) as usize % below
    };
    for step in 0..50_000 {
        match draw(8) {
            0..=2 if parties.len() < 8 => {
                // Any of the open loans, in any order.
                let mut known: Vec<usize> = loans.keys().copied().collect();
                let keep = draw(known.len() + 1);
                if !known.is_empty() {
                    let by = draw(known.len());
                    known.rotate_left(by);
                }
                known.truncate(keep);
                let lenders: Vec<Lender> = known
                    .iter()
                    .map(|loan| loans[loan].lender().clone())
                    .collect();
                let mut acquire = limiter.acquire_from(&lenders);
                let party = match poll(&mut acquire) {
                    Some(token) => Party::Has(token),
                    None => Party::Waits(acquire),
                };
                parties.insert(step, party);
                model.come(step, known);
            }
            3 | 4 if !parties.is_empty() => {
                let who = *parties.keys().nth(draw(parties.len())).unwrap();
                parties.remove(&who);
                model.leave(who);
            }
            5 if loans.len() < 4 && parties.values().any(|p| matches!(p, Party::Has(_))) => {
                loans.insert(step, limiter.lend());
                model.loans.insert(step, None);
            }
            6 if !loans.is_empty() => {
                let loan = *loans.keys().nth(draw(loans.len())).unwrap();
                loans.remove(&loan);
                model.end(loan);
            }
            _ => {
                model.total = draw(4);
                limiter.set_total(Some(model.total));
                model.serve();
            }
        }
        // Some that were granted something are not polled, and may leave before they are.
        for (who, party) in &mut parties {
            let Party::Waits(acquire) = party else {
                continue;
            };
            if model.having.contains_key(who) && draw(2) == 0 {
                continue;
            }
            let got = poll(acquire);
            assert_eq!(got.is_some(), model.having.contains_key(who), "step {step}");
            if let Some(token) = got {
                *party = Party::Has(token);
            }
        }
        let waiting = parties.len() - model.having.len();
        assert_eq!(numbers(&limiter), (model.borrowed, waiting), "step {step}");
    }
    drop((parties, loans));
    assert_eq!(numbers(&limiter), (0, 0));
    assert!(limiter.state.with(|state, _| state.loans.is_empty()));
}
