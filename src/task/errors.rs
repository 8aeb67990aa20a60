//! What went wrong in a group: one error or several.

use std::{error::Error, fmt, ops::Deref, slice, vec};

/// The errors of a task group, in the order in which they were raised; at least one.
///
/// The first is the one that cancelled the others; those raised while being cancelled follow. Its
/// [`source`](Error::source) is the first error; [`FirstError::first_err`] keeps just that one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errors<E> {
    // Invariant: not empty.
    errors: Vec<E>,
}

impl<E> Errors<E> {
    /// `None` if there are no errors.
    pub(crate) fn new(errors: Vec<E>) -> Option<Self> {
        (!errors.is_empty()).then_some(Self { errors })
    }

    /// The error that came first.
    pub fn first(&self) -> &E {
        &self.errors[0]
    }

    /// The error that came first, by value; the others are dropped.
    pub fn into_first(self) -> E {
        self.errors
            .into_iter()
            .next()
            .expect("there is at least one error")
    }

    /// All errors, in order.
    pub fn into_vec(self) -> Vec<E> {
        self.errors
    }

    /// Converts each error.
    pub fn map<F>(self, convert: impl FnMut(E) -> F) -> Errors<F> {
        Errors {
            errors: self.errors.into_iter().map(convert).collect(),
        }
    }
}

impl<E> Errors<Errors<E>> {
    /// The errors of groups inside a group, in one list.
    pub fn flatten(self) -> Errors<E> {
        Errors {
            errors: self.errors.into_iter().flatten().collect(),
        }
    }
}

impl<E> Deref for Errors<E> {
    type Target = [E];

    fn deref(&self) -> &[E] {
        &self.errors
    }
}

impl<E> IntoIterator for Errors<E> {
    type Item = E;
    type IntoIter = vec::IntoIter<E>;

    fn into_iter(self) -> Self::IntoIter {
        self.errors.into_iter()
    }
}

impl<'a, E> IntoIterator for &'a Errors<E> {
    type Item = &'a E;
    type IntoIter = slice::Iter<'a, E>;

    fn into_iter(self) -> Self::IntoIter {
        self.errors.iter()
    }
}

impl<E: fmt::Display> fmt::Display for Errors<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.first().fmt(f)?;
        match self.len() - 1 {
            0 => Ok(()),
            more => write!(f, " (+{more} more)"),
        }
    }
}

impl<E: Error + 'static> Error for Errors<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.first())
    }
}

/// The way from a group's `Result<T, Errors<E>>` into a function that returns `Result<_, E>`.
pub trait FirstError {
    /// What the group returned.
    type Value;
    /// The error of one child.
    type Error;

    /// Keeps the first error and drops the others.
    ///
    /// # Errors
    ///
    /// The error that came first.
    fn first_err(self) -> Result<Self::Value, Self::Error>;
}

impl<T, E> FirstError for Result<T, Errors<E>> {
    type Value = T;
    type Error = E;

    fn first_err(self) -> Result<T, E> {
        self.map_err(Errors::into_first)
    }
}
