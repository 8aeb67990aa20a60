//! Tokens that are lent on, under contention.

use std::sync::Arc;

use anyrt_core::limiter::{Acquire, Lender, Limiter, Loan, Token};
use loom::thread;

use crate::{
    explore,
    limiter::{assert_at_rest, drop_in_thread, is_served, queued_with, wait},
};

/// A limiter whose only token is lent on, and out.
fn lent() -> (Arc<Limiter>, Token, Loan, Token) {
    let limiter = Arc::new(Limiter::new(Some(1)));
    let token = limiter.try_acquire().unwrap();
    let loan = limiter.lend();
    let lent = wait(limiter.acquire_from(&[loan.lender().clone()]));
    (limiter, token, loan, lent)
}

fn nested(limiter: &Arc<Limiter>, lender: &Lender) -> Acquire {
    limiter.acquire_from(std::slice::from_ref(lender))
}

/// The loan ends while what was lent comes back: it is counted once, or not at all, and not for ever.
#[test]
fn end_against_return() {
    explore(|| {
        let (limiter, token, loan, lent) = lent();
        let ender = drop_in_thread(loan);
        drop(lent);
        ender.join().unwrap();
        assert_eq!(limiter.statistics().borrowed, 1);
        drop(token);
        assert_at_rest(&limiter);
    });
}

/// What was lent comes back while somebody comes for it.
#[test]
fn return_against_nested_enter() {
    explore(|| {
        let (limiter, token, loan, lent) = lent();
        let returner = drop_in_thread(lent);
        drop(wait(nested(&limiter, loan.lender())));
        returner.join().unwrap();
        drop((loan, token));
        assert_at_rest(&limiter);
    });
}

/// What was lent, and a token, come at once for one who waits for either: it has one of them, and the other goes on to
/// the next.
#[test]
fn return_against_release() {
    explore(|| {
        let (limiter, token, loan, lent) = lent();
        limiter.set_total(Some(2));
        let other = limiter.try_acquire().unwrap();
        let first = queued_with(nested(&limiter, loan.lender()));
        let mut second = queued_with(nested(&limiter, loan.lender()));
        let returner = drop_in_thread(lent);
        drop(other);
        returner.join().unwrap();
        assert!(is_served(&mut second));
        drop((first, loan, token));
        assert_at_rest(&limiter);
    });
}

/// What was lent comes back while the one that waits for it gives up: the next has it.
#[test]
fn return_against_nested_drop() {
    explore(|| {
        let (limiter, token, loan, lent) = lent();
        let first = queued_with(nested(&limiter, loan.lender()));
        let second = queued_with(nested(&limiter, loan.lender()));
        let returner = drop_in_thread(lent);
        let leaver = drop_in_thread(first);
        drop(wait(second));
        returner.join().unwrap();
        leaver.join().unwrap();
        drop((loan, token));
        assert_at_rest(&limiter);
    });
}

/// The loan ends while somebody comes for what it lends, which then counts for itself, or waits for a token.
#[test]
fn end_against_nested_enter() {
    explore(|| {
        let limiter = Arc::new(Limiter::new(Some(1)));
        let token = limiter.try_acquire().unwrap();
        let loan = limiter.lend();
        let lender = loan.lender().clone();
        let owner = thread::spawn(move || drop((loan, token)));
        drop(wait(nested(&limiter, &lender)));
        owner.join().unwrap();
        assert_at_rest(&limiter);
    });
}
