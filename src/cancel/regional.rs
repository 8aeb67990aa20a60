//! A future together with the region that it runs in.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use anyrt_core::{
    Runtime,
    context::{self, Region},
    tree::NodeRef,
};
use pin_project_lite::pin_project;

pin_project! {
    /// Polls and drops its body inside its region (rule R8).
    pub(crate) struct Regional<F> {
        region: Region,
        runtime: Option<Arc<Runtime>>,
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
    /// It is pending; there is a node from now on.
    Pending,
    /// There is no body: it has not been started, or has been dropped.
    Gone,
}

impl<F> Regional<F> {
    pub(crate) fn new(region: Region, runtime: Option<Arc<Runtime>>, body: Option<F>) -> Self {
        Self {
            region,
            runtime,
            body,
        }
    }

    /// Makes the body, inside the region.
    pub(crate) fn start(self: Pin<&mut Self>, make: impl FnOnce() -> F) {
        let mut this = self.project();
        let body = context::enter(this.region, this.runtime.as_ref(), make);
        this.body.set(Some(body));
    }

    pub(crate) fn set_runtime(self: Pin<&mut Self>, runtime: Arc<Runtime>) {
        *self.project().runtime = Some(runtime);
    }

    /// The region's node, if anything has needed one.
    pub(crate) fn node(&self) -> Option<&NodeRef> {
        self.region.existing_node()
    }

    pub(crate) fn has_body(&self) -> bool {
        self.body.is_some()
    }

    /// Drops the body inside the region.
    #[inline]
    pub(crate) fn drop_body(self: Pin<&mut Self>) {
        let mut this = self.project();
        if this.body.is_some() {
            let runtime = this.runtime.as_ref();
            context::enter_where_it_is(this.region, runtime, || this.body.set(None));
        }
    }

    /// Takes the body out, to go on elsewhere.
    pub(crate) fn take_body(self: Pin<&mut Self>) -> Option<F>
    where
        F: Unpin,
    {
        self.project().body.get_mut().take()
    }

    /// Takes the region's node out of the tree.
    pub(crate) fn end(self: Pin<&mut Self>) {
        self.project().region.end();
    }
}

impl<F: Future> Regional<F> {
    /// Polls the body inside the region. A completed body is dropped there, too.
    #[inline(always)]
    pub(crate) fn poll_body(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled<F::Output> {
        let mut this = self.project();
        context::enter(this.region, this.runtime.as_ref(), || {
            let Some(body) = this.body.as_mut().as_pin_mut() else {
                return Polled::Gone;
            };
            match body.poll(cx) {
                Poll::Ready(output) => {
                    this.body.set(None);
                    Polled::Ready(output)
                }
                Poll::Pending => {
                    if this.region.existing_node().is_none() {
                        context::node();
                    }
                    Polled::Pending
                }
            }
        })
    }
}
