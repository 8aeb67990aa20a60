//! Many items, a few at a time: `map_concurrent`, `for_each_concurrent`, and their `try_` forms.

use std::{future::Future, mem};

use anyrt_core::tree::Reason;

use super::{
    bounded::{Bounded, Sink},
    items::Items,
};
use crate::task::{Errors, branches::Next};

/// Works on the items of an iterator or a stream, at most `limit` at a time, and returns the values in the order of the
/// items.
///
/// ```
/// # async fn fetch(page: &str) -> usize { page.len() }
/// # async fn shown() {
/// use anyrt::task::map_concurrent;
///
/// let pages = ["a", "bc", "def"];
/// let lengths: Vec<usize> = map_concurrent(pages, 2, fetch).await;
/// assert_eq!(lengths, [1, 2, 3]);
/// # }
/// ```
///
/// An item is **admitted before it is started**: it is pulled only when fewer than `limit` are being worked on, so that a
/// source of a million items costs `limit` of them at a time, and a stream feels backpressure. The values are kept until
/// the last item is done; where they are not wanted, or too many, use [`for_each_concurrent`].
///
/// Everything runs in the calling task, so that `work` may borrow; nothing is spawned. For work on several threads let
/// `work` spawn: `|item| tg.spawn_value(job(item))`. Each item has a region of its own. Rule T12.
///
/// # Cancel safety
///
/// If a scope around it is cancelled no item is pulled any more, and the work on each is dropped where it is suspended,
/// unless something in it holds, which is waited for. The scope then reports, unless every item was done: that the source
/// has no more of them is believed where its `size_hint` says so (rule T6). If dropped before completion, everything is dropped at once; an
/// item that was pulled is lost.
///
/// # Panics
///
/// If `limit` is zero. With the panic of `work`, of what it returned, or of the source, when the rest has been cancelled
/// and is gone.
#[doc(alias("buffered", "limit_concurrency"))]
#[track_caller]
pub fn map_concurrent<I, Kind, F, Fut>(
    items: I,
    limit: usize,
    work: F,
) -> impl Future<Output = Vec<Fut::Output>>
where
    I: Items<Kind>,
    F: FnMut(I::Item) -> Fut,
    Fut: Future,
{
    check(limit);
    Bounded::new(
        items.into_source(),
        limit,
        work,
        InOrder { values: Vec::new() },
    )
}

/// Like [`map_concurrent`], for work that may fail: the first error cancels the rest, and no item is pulled any more.
/// Rules T3, T12.
///
/// ```
/// # #[derive(Debug)] struct Error;
/// # async fn fetch(page: &str) -> Result<usize, Error> { Ok(page.len()) }
/// # async fn shown() -> Result<(), Error> {
/// use anyrt::task::{FirstError, try_map_concurrent};
///
/// let lengths = try_map_concurrent(["a", "bc", "def"], 2, fetch).await.first_err()?;
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// The errors in the order in which they were raised: the first, and those of work in which something held.
///
/// # Cancel safety, panics
///
/// See [`map_concurrent`]. A panic beats errors.
#[doc(alias = "try_buffered")]
#[track_caller]
pub fn try_map_concurrent<I, Kind, F, Fut, T, E>(
    items: I,
    limit: usize,
    work: F,
) -> impl Future<Output = Result<Vec<T>, Errors<E>>>
where
    I: Items<Kind>,
    F: FnMut(I::Item) -> Fut,
    Fut: Future<Output = Result<T, E>>,
{
    check(limit);
    let sink = Trying {
        inner: InOrder { values: Vec::new() },
        errors: Vec::new(),
    };
    Bounded::new(items.into_source(), limit, work, sink)
}

/// Works on the items of an iterator or a stream, at most `limit` at a time. Rule T12.
///
/// ```
/// # async fn store(page: &str) {}
/// # async fn shown() {
/// anyrt::task::for_each_concurrent(["a", "bc", "def"], 2, store).await;
/// # }
/// ```
///
/// Keeps nothing of an item that is done, so that the source may be endless. In all else, [`map_concurrent`].
///
/// # Cancel safety, panics
///
/// See [`map_concurrent`].
#[track_caller]
pub fn for_each_concurrent<I, Kind, F, Fut>(
    items: I,
    limit: usize,
    work: F,
) -> impl Future<Output = ()>
where
    I: Items<Kind>,
    F: FnMut(I::Item) -> Fut,
    Fut: Future<Output = ()>,
{
    check(limit);
    Bounded::new(items.into_source(), limit, work, Nothing)
}

/// Like [`for_each_concurrent`], for work that may fail: the first error cancels the rest, and no item is pulled any
/// more. Rules T3, T12.
///
/// ```
/// # #[derive(Debug)] struct Error;
/// # async fn store(page: &str) -> Result<(), Error> { Ok(()) }
/// # async fn shown() -> Result<(), Error> {
/// use anyrt::task::{FirstError, try_for_each_concurrent};
///
/// try_for_each_concurrent(["a", "bc", "def"], 2, store).await.first_err()?;
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// See [`try_map_concurrent`].
///
/// # Cancel safety, panics
///
/// See [`map_concurrent`]. A panic beats errors.
#[track_caller]
pub fn try_for_each_concurrent<I, Kind, F, Fut, E>(
    items: I,
    limit: usize,
    work: F,
) -> impl Future<Output = Result<(), Errors<E>>>
where
    I: Items<Kind>,
    F: FnMut(I::Item) -> Fut,
    Fut: Future<Output = Result<(), E>>,
{
    check(limit);
    let sink = Trying {
        inner: Nothing,
        errors: Vec::new(),
    };
    Bounded::new(items.into_source(), limit, work, sink)
}

#[track_caller]
fn check(limit: usize) {
    assert!(
        limit > 0,
        "with a limit of zero no item would ever be started: allow at least one at a time"
    );
}

/// Keeps the values, in the order of the items.
struct InOrder<T> {
    values: Vec<Option<T>>,
}

impl<T> Sink<T> for InOrder<T> {
    type Output = Vec<T>;

    fn admit(&mut self) {
        self.values.push(None);
    }

    fn accept(&mut self, item: usize, value: T) -> Next {
        self.values[item] = Some(value);
        Next::GoOn
    }

    fn finish(&mut self, complete: bool) -> Option<Vec<T>> {
        if !complete {
            return None;
        }
        mem::take(&mut self.values).into_iter().collect()
    }
}

/// Keeps nothing.
struct Nothing;

impl Sink<()> for Nothing {
    type Output = ();

    fn admit(&mut self) {}

    fn accept(&mut self, _item: usize, (): ()) -> Next {
        Next::GoOn
    }

    fn finish(&mut self, complete: bool) -> Option<()> {
        complete.then_some(())
    }
}

/// Keeps the errors, and leaves the values to another.
struct Trying<K, E> {
    inner: K,
    errors: Vec<E>,
}

impl<K: Sink<T>, T, E> Sink<Result<T, E>> for Trying<K, E> {
    type Output = Result<K::Output, Errors<E>>;

    fn admit(&mut self) {
        self.inner.admit();
    }

    fn accept(&mut self, item: usize, value: Result<T, E>) -> Next {
        match value {
            Ok(value) => self.inner.accept(item, value),
            Err(error) => {
                self.errors.push(error);
                Next::Stop(Reason::SiblingFailed)
            }
        }
    }

    fn finish(&mut self, complete: bool) -> Option<Self::Output> {
        match Errors::new(mem::take(&mut self.errors)) {
            Some(errors) => Some(Err(errors)),
            None => self.inner.finish(complete).map(Ok),
        }
    }
}
