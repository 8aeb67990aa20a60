//! All branches: `gather` and `try_gather`.

use std::{
    fmt,
    future::Future,
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use anyrt_core::tree::Reason;
use pin_project_lite::pin_project;

use super::branches::{Branches, TryBranches};
use crate::{
    cancel::parked,
    task::{
        Errors,
        branches::{Next, Schedule, Slots},
    },
};

/// Runs futures concurrently in the calling task, and returns their values in argument order.
///
/// ```
/// # async fn first(db: &str) -> u32 { 1 }
/// # async fn second(db: &str) -> u64 { 2 }
/// # async fn shown() {
/// let db = String::from("db");
/// let (x, y) = anyrt::gather((first(&db), second(&db))).await;
/// let pages: Vec<u32> = anyrt::gather(["a", "b"].map(first).into_iter().collect::<Vec<_>>()).await;
/// # }
/// ```
///
/// Takes a tuple of up to twelve futures, an array, or a `Vec`; of none, it is ready at once. Nothing is spawned, so
/// that branches may borrow; for work on several threads use a [task group](crate::task_group). Each branch runs in a
/// region of its own, and is polled only when it was woken. Rule T12.
///
/// # Cancel safety
///
/// If a scope around it is cancelled, each branch is dropped where it is suspended, unless something in it holds, which
/// is waited for; the scope reports then, unless all were done. A `gather` that has lost a branch so panics if it is awaited
/// again where nothing is cancelled (rule C6). If dropped before completion, so are the branches.
///
/// # Panics
///
/// With the panic of a branch, when the others have been cancelled and are gone.
#[doc(alias("join", "join_all"))]
pub fn gather<B: Branches>(branches: B) -> Gather<B> {
    let slots = branches.into_slots();
    Gather {
        schedule: Schedule::new(slots.count()),
        slots,
        completed: 0,
        finished: false,
    }
}

pin_project! {
    /// The future of [`gather`].
    #[must_use = "futures do nothing until they are awaited"]
    pub struct Gather<B>
    where
        B: Branches,
    {
        // Dropped in this order: the branches, then the region around them.
        #[pin]
        slots: B::Slots,
        schedule: Schedule,
        completed: usize,
        finished: bool,
    }
}

impl<B: Branches> Future for Gather<B> {
    type Output = B::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<B::Output> {
        let mut this = self.project();
        assert!(!*this.finished, "a finished `gather` was polled again");
        this.schedule.stop_if_cut(this.slots.as_mut());
        let completed = this.completed;
        ready!(this.schedule.poll(this.slots.as_mut(), cx, |_, _, _| {
            *completed += 1;
            Next::GoOn
        }));
        this.schedule.resume(|| B::take_all(this.slots.as_mut()));
        if *completed < this.slots.count() {
            return parked();
        }
        *this.finished = true;
        Poll::Ready(B::take_all(this.slots).expect("each branch has left its value"))
    }
}

/// Like [`gather`], for branches that may fail: the first error cancels the others.
///
/// ```
/// # #[derive(Debug)] struct Error;
/// # async fn user(id: u32) -> Result<String, Error> { Ok(id.to_string()) }
/// # async fn rights(id: u32) -> Result<Vec<u8>, Error> { Ok(Vec::new()) }
/// # async fn shown() -> Result<(), Error> {
/// use anyrt::task::{FirstError, try_gather};
///
/// let (user, rights) = try_gather((user(1), rights(1))).await.first_err()?;
/// # Ok(()) }
/// ```
///
/// A branch that is merely suspended when another fails does not run on; one in which something holds, a
/// [shield](crate::shield) say, is awaited. Rule T12.
///
/// # Errors
///
/// All errors in the order in which they were raised, as in a [task group](crate::try_task_group): the first, and those
/// of branches that were awaited. [`first_err`](crate::task::FirstError::first_err) keeps the first.
///
/// # Cancel safety, panics
///
/// See [`gather`]. A panic beats errors.
#[doc(alias("try_join", "try_join_all"))]
pub fn try_gather<B, E>(branches: B) -> TryGather<B, E>
where
    B: TryBranches<Error = E>,
{
    let slots = branches.into_slots();
    TryGather {
        schedule: Schedule::new(slots.count()),
        slots,
        completed: 0,
        errors: Vec::new(),
        finished: false,
    }
}

pin_project! {
    /// The future of [`try_gather`].
    #[must_use = "futures do nothing until they are awaited"]
    pub struct TryGather<B, E>
    where
        B: Branches,
    {
        #[pin]
        slots: B::Slots,
        schedule: Schedule,
        completed: usize,
        errors: Vec<E>,
        finished: bool,
    }
}

impl<B, E> Future for TryGather<B, E>
where
    B: TryBranches<Error = E>,
{
    type Output = Result<B::Values, Errors<E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        assert!(!*this.finished, "a finished `try_gather` was polled again");
        this.schedule.stop_if_cut(this.slots.as_mut());
        let (completed, errors) = (this.completed, this.errors);
        ready!(
            this.schedule
                .poll(this.slots.as_mut(), cx, |_, slots, index| {
                    if let Some(error) = B::take_error(slots, index) {
                        errors.push(error);
                        Next::Stop(Reason::SiblingFailed)
                    } else {
                        *completed += 1;
                        Next::GoOn
                    }
                })
        );
        this.schedule
            .resume(|| (mem::take(errors), B::take_values(this.slots.as_mut())));
        let errors = Errors::new(mem::take(errors));
        if errors.is_none() && *completed < this.slots.count() {
            return parked();
        }
        *this.finished = true;
        Poll::Ready(match errors {
            Some(errors) => Err(errors),
            None => Ok(B::take_values(this.slots).expect("each branch has left its value")),
        })
    }
}

impl<B: Branches> fmt::Debug for Gather<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gather").finish_non_exhaustive()
    }
}

impl<B: Branches, E> fmt::Debug for TryGather<B, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryGather").finish_non_exhaustive()
    }
}
