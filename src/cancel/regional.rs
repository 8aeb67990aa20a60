//! A future together with the region that it runs in.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use anyrt_core::{
    Instant,
    context::{self, Region},
    tree::NodeRef,
};
use pin_project_lite::pin_project;

pin_project! {
    /// Polls and drops its body inside its region (rule R8).
    pub(crate) struct Regional<F> {
        region: Region,
        #[pin]
        body: Option<F>,
    }

    impl<F> PinnedDrop for Regional<F> {
        fn drop(this: Pin<&mut Self>) {
            this.drop_body();
        }
    }
}

/// What a poll of the body came to.
pub(crate) enum Polled<T> {
    /// It completed, and has been dropped.
    Ready(T),
    /// It is pending.
    Pending,
    /// There is no body: it has not been started, or has been dropped.
    Gone,
}

impl<F> Regional<F> {
    #[inline]
    pub(crate) fn new(region: Region, body: Option<F>) -> Self {
        Self { region, body }
    }

    /// Makes the body, inside the region.
    pub(crate) fn start(self: Pin<&mut Self>, make: impl FnOnce() -> F) {
        let mut this = self.project();
        let body = context::enter(this.region, None, make);
        this.body.set(Some(body));
    }

    /// Puts in a body where there is none.
    #[inline]
    pub(crate) fn put(self: Pin<&mut Self>, body: F) {
        self.project().body.set(Some(body));
    }

    #[inline]
    pub(crate) fn region(&self) -> &Region {
        &self.region
    }

    /// The region's node, if anything has needed one.
    #[inline]
    pub(crate) fn node(&self) -> Option<&NodeRef> {
        self.region.existing_node()
    }

    /// The region's node, made now if nothing has needed one.
    pub(crate) fn make_node(self: Pin<&mut Self>) -> NodeRef {
        let region = self.project().region;
        context::enter(region, None, context::node).expect("the region was just entered")
    }

    /// Starts the region's clock, if it has not been started; returns when the region ends by itself.
    pub(crate) fn fix_deadline(
        self: Pin<&mut Self>,
        now: impl FnOnce() -> Instant,
    ) -> Option<Instant> {
        self.project().region.fix_deadline(now)
    }

    #[inline]
    pub(crate) fn has_body(&self) -> bool {
        self.body.is_some()
    }

    /// Drops the body inside the region.
    #[inline(always)]
    pub(crate) fn drop_body(self: Pin<&mut Self>) {
        if self.body.is_some() {
            self.drop_inside();
        }
    }

    #[inline(never)]
    fn drop_inside(self: Pin<&mut Self>) {
        let mut this = self.project();
        context::enter_where_it_is(this.region, None, || this.body.set(None));
    }

    /// Takes the body out, to go on elsewhere.
    pub(crate) fn take_body(self: Pin<&mut Self>) -> Option<F>
    where
        F: Unpin,
    {
        self.project().body.get_mut().take()
    }

    /// Takes the region's node out of the tree.
    #[inline]
    pub(crate) fn end(self: Pin<&mut Self>) {
        self.project().region.end();
    }
}

impl<F: Future> Regional<F> {
    /// Polls the body inside the region. A completed body is dropped there, too.
    #[inline(always)]
    pub(crate) fn poll_bare(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled<F::Output> {
        let this = self.project();
        let mut body = this.body;
        // By value: what is captured by reference goes over the stack.
        context::enter(this.region, None, move || {
            let Some(pinned) = body.as_mut().as_pin_mut() else {
                return Polled::Gone;
            };
            match pinned.poll(cx) {
                Poll::Ready(output) => {
                    body.set(None);
                    Polled::Ready(output)
                }
                Poll::Pending => Polled::Pending,
            }
        })
    }

    /// Like [`poll_bare`](Regional::poll_bare); where the body is pending, there is a node from now on.
    #[inline(always)]
    pub(crate) fn poll_body(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled<F::Output> {
        let polled = self.as_mut().poll_bare(cx);
        if matches!(polled, Polled::Pending) && self.node().is_none() {
            self.make_node();
        }
        polled
    }
}
