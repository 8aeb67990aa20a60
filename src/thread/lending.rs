//! The tokens that workers lend on while they wait, as what they wait for finds them: like context variables (rule H4).

use std::sync::Arc;

use anyrt_core::{
    context::{Key, Snapshot},
    limiter::{Acquire, Lender, Limiter, Loan},
};

/// The workers around, as a variable of the context; the innermost first.
static LENDERS: Key = Key::new();

type Lenders = Vec<Lender>;

/// A wait for a token of `limiter`, or for what a worker around lends of it.
pub(super) fn acquire(limiter: &Arc<Limiter>) -> Acquire {
    match around(&Snapshot::current()) {
        Some(lenders) => limiter.acquire_from(&lenders),
        None => limiter.acquire(),
    }
}

/// The values around the caller, and with them the name of its own loan.
pub(super) fn with_lender(loan: &Loan) -> Snapshot {
    let values = Snapshot::current();
    let mut lenders = vec![loan.lender().clone()];
    if let Some(others) = around(&values) {
        // A task that begins the next one would otherwise pass on all that there ever were.
        lenders.extend(others.iter().filter(|lender| lender.is_open()).cloned());
    }
    values.with(&LENDERS, Arc::new(lenders))
}

fn around(values: &Snapshot) -> Option<Arc<Lenders>> {
    let lenders = Arc::clone(values.get(&LENDERS)?);
    lenders.downcast().ok()
}
