//! Which groups can be owned, and what each gives when it is joined.

use std::convert::Infallible;

use super::{
    errors::Errors,
    group::{TaskGroup, TryTaskGroup},
    members::Members,
};

/// A group that can be [`Owned`](super::Owned): [`TaskGroup`] and [`TryTaskGroup`] are.
///
/// It asks nothing of the errors' type. A future that waits for the group could not be `Send` otherwise where errors hold a
/// lifetime, `&'static str` for example.
pub trait OwnableGroup: sealed::Sealed {
    /// What joining such a group gives.
    type Outcome: sealed::Outcome<Self::Error>;
}

pub(super) mod sealed {
    use std::sync::Arc;

    use super::Members;

    /// What an owner has to know of its group.
    pub trait Sealed: Clone {
        type Error;

        fn of(shared: Shared<Self::Error>) -> Self;
    }

    /// The shared part of a group, which only this crate can look into.
    #[allow(missing_debug_implementations, reason = "it is never seen")]
    pub struct Shared<E>(pub(in crate::task) Arc<Members<E>>);

    /// What the errors of a group come to.
    pub trait Outcome<E> {
        fn of(errors: Vec<E>) -> Self;
    }
}

impl OwnableGroup for TaskGroup {
    type Outcome = ();
}

impl sealed::Sealed for TaskGroup {
    type Error = Infallible;

    fn of(shared: sealed::Shared<Infallible>) -> Self {
        Self::new(shared.0)
    }
}

impl sealed::Outcome<Infallible> for () {
    fn of(_: Vec<Infallible>) {}
}

impl<E> OwnableGroup for TryTaskGroup<E> {
    type Outcome = Result<(), Errors<E>>;
}

impl<E> sealed::Sealed for TryTaskGroup<E> {
    type Error = E;

    fn of(shared: sealed::Shared<E>) -> Self {
        Self::new(shared.0)
    }
}

impl<E> sealed::Outcome<E> for Result<(), Errors<E>> {
    fn of(errors: Vec<E>) -> Self {
        Errors::new(errors).map_or(Ok(()), Err)
    }
}
