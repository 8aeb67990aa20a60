//! One branch after the other, as they complete: `as_completed`.

use std::{
    collections::VecDeque,
    fmt,
    future::Future,
    ops::ControlFlow,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker, ready},
};

use anyrt_core::{context, tree::Reason, unhandled};
use futures_core::Stream;
use pin_project_lite::pin_project;

use super::branches::{Branches, SameBranches};
use crate::{
    cancel::parked,
    runtime::Leaf,
    task::{
        branches::{BODY, FIRST_BRANCH, Hosted, Next, Schedule, Slots},
        wakers::look_or_leave,
    },
};

/// Runs futures concurrently in the calling task, and hands their values to `body` as they complete.
///
/// ```
/// # async fn ask(mirror: &str) -> u32 { 7 }
/// # async fn shown() {
/// use anyrt::task::as_completed;
///
/// let enough = as_completed(["one", "two", "three"].map(ask), async |mut results| {
///     let mut sum = 0;
///     while let Some(answer) = results.next().await {
///         sum += answer;
///         if sum > 10 {
///             break;
///         }
///     }
///     sum
/// })
/// .await;
/// # }
/// ```
///
/// Leaving the body cancels the branches that are left, **and awaits** them: each is dropped where it is suspended; one in
/// which something holds runs until that has ended, and its value is dropped. The body is polled first; a branch that has
/// not been polled when the body is left never starts. Rule T12.
///
/// # Errors
///
/// A `Vec` gives a `Result`: [`NoBranches`](super::NoBranches) if it is empty, and the body does not run. Tuples and arrays
/// give the value of the body; an array of none does not compile.
///
/// # Cancel safety
///
/// As for [`gather`](crate::gather). A body that has ended does not count if a branch was cut short by a cancel from outside
/// while the body still waited (rule T6).
///
/// # Panics
///
/// With the panic of a branch or of the body, when the others have been cancelled and are gone.
pub fn as_completed<B, T, F, Fut>(branches: B, body: F) -> AsCompleted<B, T, F, Fut>
where
    B: SameBranches<Value = T>,
    F: FnOnce(Completed<T>) -> Fut,
    Fut: Future,
{
    let branches = branches.into_slots();
    let left = branches.count();
    AsCompleted {
        slots: Hosted::new(branches),
        schedule: Schedule::new(FIRST_BRANCH + left),
        start: Some(body),
        supply: Supply {
            results: Arc::new(Mutex::new(Results {
                ready: VecDeque::new(),
                left,
                reader: None,
            })),
        },
        finished: false,
    }
}

pin_project! {
    /// The future of [`as_completed`].
    #[must_use = "futures do nothing until they are awaited"]
    pub struct AsCompleted<B, T, F, Fut>
    where
        B: Branches,
        Fut: Future,
    {
        // Dropped in this order: the body and the branches, then the region around them.
        #[pin]
        slots: Hosted<Fut, B::Slots>,
        schedule: Schedule,
        start: Option<F>,
        supply: Supply<T>,
        finished: bool,
    }
}

/// The side of the branches.
struct Supply<T> {
    results: Arc<Mutex<Results<T>>>,
}

impl<T> Supply<T> {
    /// Hands over a value, unless nobody is to get one any more.
    fn give(&self, value: Option<T>) {
        let (unwanted, reader) = {
            let mut results = lock(&self.results);
            if results.left == 0 {
                (value, None)
            } else {
                results.left -= 1;
                results.ready.extend(value);
                (None, results.reader.take())
            }
        };
        drop(unwanted);
        reader.into_iter().for_each(unhandled::wake);
    }

    /// There will be no more.
    fn close(&self) {
        let reader = {
            let mut results = lock(&self.results);
            results.left = 0;
            results.reader.take()
        };
        reader.into_iter().for_each(unhandled::wake);
    }
}

impl<T> Drop for Supply<T> {
    fn drop(&mut self) {
        self.close();
    }
}

/// What has completed and was not taken yet.
struct Results<T> {
    ready: VecDeque<T>,
    /// How many branches have not completed.
    left: usize,
    reader: Option<Waker>,
}

fn lock<T>(results: &Mutex<Results<T>>) -> MutexGuard<'_, Results<T>> {
    results.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<B, T, F, Fut> Future for AsCompleted<B, T, F, Fut>
where
    B: SameBranches<Value = T>,
    F: FnOnce(Completed<T>) -> Fut,
    Fut: Future,
{
    type Output = B::UnlessNone<Fut::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        assert!(
            !*this.finished,
            "a finished `as_completed` was polled again"
        );
        if let Some(start) = this.start.take() {
            if this.slots.count() == FIRST_BRANCH {
                *this.finished = true;
                return Poll::Ready(B::unless_none(None));
            }
            let results = Completed {
                results: Arc::clone(&this.supply.results),
                leaf: Leaf::default(),
            };
            context::enter(this.schedule.around(), None, || {
                this.slots.as_mut().body().start(|| start(results));
            });
        }
        this.schedule.stop_if_cut(this.slots.as_mut());
        let supply = &*this.supply;
        let polled = this
            .schedule
            .poll(this.slots.as_mut(), cx, |_, slots, index| {
                if index == BODY {
                    supply.close();
                    return Next::Stop(Reason::Explicit);
                }
                supply.give(B::take(slots.branches(), index - FIRST_BRANCH));
                Next::GoOn
            });
        if polled.is_pending() {
            // Those that are gone without a value were cancelled; a body that something holds must not wait for them.
            if this.schedule.left() == 1 && this.slots.as_mut().slot(BODY).is_occupied() {
                supply.close();
            }
            return Poll::Pending;
        }
        this.schedule.resume(|| this.slots.as_mut().body().take());
        if this.schedule.is_cut() {
            return parked();
        }
        let Some(value) = this.slots.as_mut().body().take() else {
            return parked();
        };
        *this.finished = true;
        Poll::Ready(B::unless_none(Some(value)))
    }
}

impl<B, T, F, Fut> fmt::Debug for AsCompleted<B, T, F, Fut>
where
    B: Branches,
    Fut: Future,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsCompleted").finish_non_exhaustive()
    }
}

/// The values of branches in the order in which they completed; see [`as_completed`]. Also a stream.
#[must_use = "the branches run only as long as the body waits for their results"]
pub struct Completed<T> {
    results: Arc<Mutex<Results<T>>>,
    /// Of the wait that is going on.
    leaf: Leaf,
}

impl<T> Completed<T> {
    /// Waits for the next value; `None` when each branch has given its own.
    ///
    /// If dropped before completion, no value is lost: the next call gives it.
    // The name that streams have for it.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> NextCompleted<'_, T> {
        NextCompleted {
            completed: self,
            polled: false,
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<T>> {
        ready!(self.leaf.poll_enter(cx));
        let next = ready!(look_or_leave(&self.results, cx, |results| {
            match results.ready.pop_front() {
                None if results.left > 0 => ControlFlow::Continue(&mut results.reader),
                next => ControlFlow::Break(next),
            }
        }));
        self.leaf = Leaf::default();
        Poll::Ready(next)
    }
}

impl<T> Stream for Completed<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        self.poll(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let results = lock(&self.results);
        let left = results.ready.len() + results.left;
        // A branch that is cancelled gives no value.
        (results.ready.len(), Some(left))
    }
}

impl<T> fmt::Debug for Completed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let results = lock(&self.results);
        f.debug_struct("Completed")
            .field("ready", &results.ready.len())
            .field("left", &results.left)
            .finish_non_exhaustive()
    }
}

/// The future of [`Completed::next`].
#[derive(Debug)]
#[must_use = "futures do nothing until they are awaited"]
pub struct NextCompleted<'a, T> {
    completed: &'a mut Completed<T>,
    polled: bool,
}

impl<T> Future for NextCompleted<'_, T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        if !self.polled {
            // An operation of its own, whatever became of the one before.
            self.polled = true;
            self.completed.leaf = Leaf::default();
        }
        self.completed.poll(cx)
    }
}
