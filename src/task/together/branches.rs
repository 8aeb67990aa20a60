//! What can be run together: tuples, arrays and vectors of futures.

use std::pin::Pin;

use crate::task::branches::Slots;

/// Futures that [`gather`](crate::gather) runs together: a tuple of up to twelve, an array, or a `Vec`.
///
/// Sealed: it is implemented for these three only.
pub trait Branches: sealed::Sealed {
    /// The values, in argument order: a tuple, an array, or a `Vec`.
    type Output;

    /// The futures where they are polled. What the futures of this module are (`Send`, say) depends on what this is, so
    /// that it has a name; there is nothing to do with it.
    type Slots: Slots;

    #[doc(hidden)]
    fn into_slots(self) -> Self::Slots;

    #[doc(hidden)]
    fn take_all(slots: Pin<&mut Self::Slots>) -> Option<Self::Output>;
}

/// [`Branches`] that may fail, all with the same type of error: what [`try_gather`](super::try_gather) takes.
pub trait TryBranches: Branches {
    /// The values without their `Result`, in argument order.
    type Values;
    /// The error of each branch.
    type Error;

    #[doc(hidden)]
    fn take_error(slots: Pin<&mut Self::Slots>, index: usize) -> Option<Self::Error>;

    #[doc(hidden)]
    fn take_values(slots: Pin<&mut Self::Slots>) -> Option<Self::Values>;
}

/// [`Branches`] that all give a value of the same type: what [`race`](crate::race), [`first_ok`](super::first_ok) and
/// [`as_completed`](super::as_completed) take.
pub trait SameBranches: Branches {
    /// The value of each branch.
    type Value;

    /// What comes of `T` where there may be no branch at all.
    ///
    /// That is `T` itself for a tuple and an array, which can not be empty here: a race in an array of none does not
    /// compile. For a `Vec` it is `Result<T, NoBranches>`.
    type UnlessNone<T>;

    #[doc(hidden)]
    fn take(slots: Pin<&mut Self::Slots>, index: usize) -> Option<Self::Value>;

    /// `outcome` is `None` if there is no branch.
    #[doc(hidden)]
    fn unless_none<T>(outcome: Option<T>) -> Self::UnlessNone<T>;
}

/// The `Vec` of branches was empty, so that none can be the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoBranches;

impl std::fmt::Display for NoBranches {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("there is no branch to wait for: check that the list of futures is not empty before it is handed over")
    }
}

impl std::error::Error for NoBranches {}

pub(super) mod sealed {
    /// Nobody else implements the traits of branches: how futures are kept and polled is not theirs to choose.
    pub trait Sealed {}
}
