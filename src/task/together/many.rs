//! Arrays and vectors of branches.

use std::{future::Future, pin::Pin};

use super::branches::{Branches, NoBranches, SameBranches, TryBranches, sealed::Sealed};
use crate::task::branches::{AnySlot, Slot, Slots};

/// Any number of branches of one type.
#[derive(Debug)]
pub struct Many<F: Future> {
    slots: Vec<Pin<Box<Slot<F>>>>,
}

impl<F: Future> Many<F> {
    fn new(branches: impl IntoIterator<Item = F>) -> Self {
        Self {
            slots: branches
                .into_iter()
                .map(|branch| Box::pin(Slot::new(Some(branch))))
                .collect(),
        }
    }

    fn take_all(&mut self) -> Option<Vec<F::Output>> {
        self.slots
            .iter_mut()
            .map(|slot| slot.as_mut().take())
            .collect()
    }

    fn take(&mut self, index: usize) -> Option<F::Output> {
        self.slots.get_mut(index)?.as_mut().take()
    }
}

impl<V, E, F: Future<Output = Result<V, E>>> Many<F> {
    fn take_error(&mut self, index: usize) -> Option<E> {
        match self.slots.get(index)?.value() {
            Some(Err(_)) => self.take(index)?.err(),
            _ => None,
        }
    }

    fn take_values(&mut self) -> Option<Vec<V>> {
        self.slots
            .iter_mut()
            .map(|slot| slot.as_mut().take()?.ok())
            .collect()
    }
}

impl<F: Future> Slots for Many<F> {
    fn count(&self) -> usize {
        self.slots.len()
    }

    fn slot(self: Pin<&mut Self>, index: usize) -> Pin<&mut dyn AnySlot> {
        self.get_mut().slots[index].as_mut()
    }
}

impl<F: Future> Sealed for Vec<F> {}

impl<F: Future> Branches for Vec<F> {
    type Output = Vec<F::Output>;
    type Slots = Many<F>;

    fn into_slots(self) -> Many<F> {
        Many::new(self)
    }

    fn take_all(slots: Pin<&mut Many<F>>) -> Option<Vec<F::Output>> {
        slots.get_mut().take_all()
    }
}

impl<V, E, F: Future<Output = Result<V, E>>> TryBranches for Vec<F> {
    type Values = Vec<V>;
    type Error = E;

    fn take_error(slots: Pin<&mut Many<F>>, index: usize) -> Option<E> {
        slots.get_mut().take_error(index)
    }

    fn take_values(slots: Pin<&mut Many<F>>) -> Option<Vec<V>> {
        slots.get_mut().take_values()
    }
}

impl<F: Future> SameBranches for Vec<F> {
    type Value = F::Output;
    type UnlessNone<T> = Result<T, NoBranches>;

    fn take(slots: Pin<&mut Many<F>>, index: usize) -> Option<F::Output> {
        slots.get_mut().take(index)
    }

    fn unless_none<T>(outcome: Option<T>) -> Result<T, NoBranches> {
        outcome.ok_or(NoBranches)
    }
}

impl<F: Future, const N: usize> Sealed for [F; N] {}

impl<F: Future, const N: usize> Branches for [F; N] {
    type Output = [F::Output; N];
    type Slots = Many<F>;

    fn into_slots(self) -> Many<F> {
        Many::new(self)
    }

    fn take_all(slots: Pin<&mut Many<F>>) -> Option<[F::Output; N]> {
        slots.get_mut().take_all()?.try_into().ok()
    }
}

impl<V, E, F: Future<Output = Result<V, E>>, const N: usize> TryBranches for [F; N] {
    type Values = [V; N];
    type Error = E;

    fn take_error(slots: Pin<&mut Many<F>>, index: usize) -> Option<E> {
        slots.get_mut().take_error(index)
    }

    fn take_values(slots: Pin<&mut Many<F>>) -> Option<[V; N]> {
        slots.get_mut().take_values()?.try_into().ok()
    }
}

impl<F: Future, const N: usize> SameBranches for [F; N] {
    type Value = F::Output;
    type UnlessNone<T> = T;

    fn take(slots: Pin<&mut Many<F>>, index: usize) -> Option<F::Output> {
        slots.get_mut().take(index)
    }

    fn unless_none<T>(outcome: Option<T>) -> T {
        const {
            assert!(
                N > 0,
                "an array of no branches has no first one: hand over at least one future"
            );
        }
        outcome.expect("an array that is not empty has a branch")
    }
}
