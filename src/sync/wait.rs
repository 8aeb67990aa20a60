//! The future behind every operation here that waits: a leaf operation with a place in a queue.

use std::{
    ops::Deref,
    task::{Context, Poll},
};

use anyrt_core::hand_over::{HandOver, Queued, Waiter};

use crate::runtime::Leaf;

/// Waits to be served by a primitive that it borrows or shares; gives its place up when dropped. `Kind` is the kind of
/// waiter, where the primitive knows several.
#[derive(Debug)]
pub(crate) struct Wait<Q, P, Kind = ()>
where
    Q: Deref<Target = Queued<P>>,
    P: HandOver<Kind>,
{
    leaf: Leaf,
    primitive: Q,
    waiter: Waiter<P::Request>,
}

impl<Q, P, Kind> Wait<Q, P, Kind>
where
    Q: Deref<Target = Queued<P>>,
    P: HandOver<Kind>,
{
    #[inline]
    pub(crate) fn new(primitive: Q, request: P::Request) -> Self {
        Self {
            leaf: Leaf::default(),
            primitive,
            waiter: Waiter::new(request),
        }
    }

    #[inline(always)]
    #[track_caller]
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<P::Output> {
        if self.leaf.poll_enter(cx).is_pending() {
            return Poll::Pending;
        }
        self.primitive.poll(&mut self.waiter, cx)
    }

    /// Whether it has a place in the queue, or has been served.
    pub(crate) fn is_queued(&self) -> bool {
        self.waiter.has_begun()
    }

    #[inline]
    pub(crate) fn primitive(&self) -> &Q {
        &self.primitive
    }
}

/// A request is moved in and out, never pinned.
impl<Q, P, Kind> Unpin for Wait<Q, P, Kind>
where
    Q: Deref<Target = Queued<P>>,
    P: HandOver<Kind>,
{
}

impl<Q, P, Kind> Drop for Wait<Q, P, Kind>
where
    Q: Deref<Target = Queued<P>>,
    P: HandOver<Kind>,
{
    #[inline(always)]
    fn drop(&mut self) {
        self.primitive.abandon(&mut self.waiter);
    }
}
