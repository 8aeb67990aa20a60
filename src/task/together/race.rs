//! The first branch: `race` and `first_ok`.

use std::{
    fmt,
    future::Future,
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use anyrt_core::tree::Reason;
use pin_project_lite::pin_project;

use super::branches::{Branches, SameBranches};
use crate::{
    cancel::parked,
    runtime::Leaf,
    task::{
        Errors,
        branches::{Next, Schedule, Slots},
    },
};

/// Runs futures concurrently in the calling task, and returns the value of the first that completes.
///
/// ```
/// # async fn ask(mirror: &str) -> u32 { 7 }
/// # async fn shown() -> Result<(), anyrt::task::NoBranches> {
/// use anyrt::race;
///
/// let answer = race((ask("one"), ask("other"))).await;
///
/// // To know which one it was, let the branches say so.
/// let mirrors = ["one", "other"].map(|mirror| async move { (mirror, ask(mirror).await) });
/// let (mirror, answer) = race(mirrors).await;
///
/// // A `Vec` may be empty, which is an error.
/// let answer = race(vec![ask("one"), ask("other")]).await?;
/// # Ok(()) }
/// ```
///
/// The losers are cancelled **and awaited**: each is dropped where it is suspended, without another poll, so that an
/// operation in it does not take effect any more; one in which something holds (a [shield](crate::shield), a running
/// [`to_thread`](crate::to_thread)) runs until that has ended, and its value is dropped. Of several that are ready, the
/// first in the argument list, or the one that was woken first, wins; a branch that has not been polled by then never
/// starts. If the task has done nearly as many operations in this poll as it may (rule C8), `race` lets others run before it
/// begins, so that no branch loses for that. Rule T12.
///
/// # Errors
///
/// A `Vec` gives a `Result`: [`NoBranches`](super::NoBranches) if it is empty. Tuples and arrays give the value; a race in
/// an array of none does not compile.
///
/// # Cancel safety
///
/// As for [`gather`](crate::gather); a branch that a shield has kept may still win.
///
/// # Panics
///
/// With the panic of a branch, also of a loser, when the others are gone.
#[doc(alias("select", "select_all"))]
pub fn race<B, T>(branches: B) -> Race<B, T>
where
    B: SameBranches<Value = T>,
{
    let slots = branches.into_slots();
    Race {
        entry: Leaf::default(),
        schedule: Schedule::new(slots.count()),
        slots,
        winner: None,
        finished: false,
    }
}

pin_project! {
    /// The future of [`race`].
    #[must_use = "futures do nothing until they are awaited"]
    pub struct Race<B, T>
    where
        B: Branches,
    {
        // Dropped in this order: the branches, then the region around them.
        #[pin]
        slots: B::Slots,
        entry: Leaf,
        schedule: Schedule,
        winner: Option<T>,
        finished: bool,
    }
}

impl<B, T> Future for Race<B, T>
where
    B: SameBranches<Value = T>,
{
    type Output = B::UnlessNone<T>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        assert!(!*this.finished, "a finished `race` was polled again");
        ready!(this.entry.poll_room_for(this.slots.count(), cx));
        this.schedule.stop_if_cut(this.slots.as_mut());
        let winner = this.winner;
        ready!(
            this.schedule
                .poll(this.slots.as_mut(), cx, |_, slots, index| {
                    let value = B::take(slots, index);
                    if winner.is_none() {
                        *winner = value;
                    }
                    Next::Stop(Reason::Explicit)
                })
        );
        this.schedule.resume(|| winner.take());
        if winner.is_none() && this.slots.count() > 0 {
            return parked();
        }
        *this.finished = true;
        Poll::Ready(B::unless_none(winner.take()))
    }
}

/// Like [`race`], for branches that may fail: the first `Ok` wins, and errors before it are dropped. Rule T12.
///
/// ```
/// # #[derive(Debug)] struct Error;
/// # async fn ask(mirror: &str) -> Result<u32, Error> { Ok(7) }
/// # async fn shown() -> Result<(), Error> {
/// use anyrt::task::{FirstError, first_ok};
///
/// let answer = first_ok((ask("one"), ask("other"))).await.first_err()?;
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// If every branch fails, all errors, in the order in which they were raised. For a `Vec` that is inside a `Result`, with
/// [`NoBranches`](super::NoBranches) if it is empty.
///
/// # Cancel safety, panics
///
/// See [`race`].
#[doc(alias("select_ok", "any"))]
pub fn first_ok<B, T, E>(branches: B) -> FirstOk<B, T, E>
where
    B: SameBranches<Value = Result<T, E>>,
{
    let slots = branches.into_slots();
    FirstOk {
        entry: Leaf::default(),
        schedule: Schedule::new(slots.count()),
        slots,
        winner: None,
        errors: Vec::new(),
        finished: false,
    }
}

pin_project! {
    /// The future of [`first_ok`].
    #[must_use = "futures do nothing until they are awaited"]
    pub struct FirstOk<B, T, E>
    where
        B: Branches,
    {
        #[pin]
        slots: B::Slots,
        entry: Leaf,
        schedule: Schedule,
        winner: Option<T>,
        errors: Vec<E>,
        finished: bool,
    }
}

impl<B, T, E> Future for FirstOk<B, T, E>
where
    B: SameBranches<Value = Result<T, E>>,
{
    type Output = B::UnlessNone<Result<T, Errors<E>>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        assert!(!*this.finished, "a finished `first_ok` was polled again");
        ready!(this.entry.poll_room_for(this.slots.count(), cx));
        this.schedule.stop_if_cut(this.slots.as_mut());
        let (winner, errors) = (this.winner, this.errors);
        ready!(
            this.schedule
                .poll(this.slots.as_mut(), cx, |_, slots, index| {
                    match B::take(slots, index) {
                        Some(Ok(value)) => {
                            if winner.is_none() {
                                *winner = Some(value);
                            }
                            Next::Stop(Reason::Explicit)
                        }
                        Some(Err(error)) => {
                            errors.push(error);
                            Next::GoOn
                        }
                        None => Next::GoOn,
                    }
                })
        );
        this.schedule.resume(|| (winner.take(), mem::take(errors)));
        let count = this.slots.count();
        if winner.is_none() && errors.len() < count {
            return parked();
        }
        *this.finished = true;
        let errors = mem::take(errors);
        Poll::Ready(B::unless_none(match winner.take() {
            Some(value) => Some(Ok(value)),
            None => Errors::new(errors).map(Err),
        }))
    }
}

impl<B: Branches, T> fmt::Debug for Race<B, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Race").finish_non_exhaustive()
    }
}

impl<B: Branches, T, E> fmt::Debug for FirstOk<B, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FirstOk").finish_non_exhaustive()
    }
}
