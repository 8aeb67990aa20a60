//! Where the items of a bounded run come from: an iterator or a stream.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;
use pin_project_lite::pin_project;

/// What [`map_concurrent`](super::map_concurrent) and its relatives pull items from: anything that is
/// [`IntoIterator`], or a [`Stream`].
///
/// `Kind` is inferred: it tells the two apart. Implemented for these only.
pub trait Items<Kind> {
    /// What is pulled.
    type Item;

    #[doc(hidden)]
    type Source: Source<Item = Self::Item>;

    #[doc(hidden)]
    fn into_source(self) -> Self::Source;
}

/// Gives items, one at a time.
pub trait Source {
    /// What is pulled.
    type Item;

    /// Never pending: it can be asked without a waker.
    const AT_ONCE: bool;

    /// Whether it says that no item is left, without being asked for one.
    fn is_empty(&self) -> bool;

    /// The next item.
    fn poll_item(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>>;
}

/// The kind of iterators.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FromIterator;

/// The kind of streams.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FromStream;

pin_project! {
    /// The items of an iterator.
    #[derive(Debug)]
    pub struct IteratorSource<I> {
        items: I,
    }
}

pin_project! {
    /// The items of a stream.
    #[derive(Debug)]
    pub struct StreamSource<S> {
        #[pin]
        items: S,
    }
}

impl<I: IntoIterator> Items<FromIterator> for I {
    type Item = I::Item;
    type Source = IteratorSource<I::IntoIter>;

    fn into_source(self) -> Self::Source {
        IteratorSource {
            items: self.into_iter(),
        }
    }
}

impl<S: Stream> Items<FromStream> for S {
    type Item = S::Item;
    type Source = StreamSource<S>;

    fn into_source(self) -> Self::Source {
        StreamSource { items: self }
    }
}

impl<I: Iterator> Source for IteratorSource<I> {
    type Item = I::Item;

    const AT_ONCE: bool = true;

    fn is_empty(&self) -> bool {
        self.items.size_hint().1 == Some(0)
    }

    fn poll_item(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<I::Item>> {
        Poll::Ready(self.project().items.next())
    }
}

impl<S: Stream> Source for StreamSource<S> {
    type Item = S::Item;

    const AT_ONCE: bool = false;

    fn is_empty(&self) -> bool {
        self.items.size_hint().1 == Some(0)
    }

    fn poll_item(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.project().items.poll_next(cx)
    }
}
