//! A task whose destructor may panic without taking others with it.

use std::{
    future::Future,
    panic::{self, AssertUnwindSafe},
    pin::Pin,
    task::{Context, Poll, ready},
};

use pin_project_lite::pin_project;

pin_project! {
    /// Drops its future under `catch_unwind`.
    ///
    /// Dropping an executor drops its tasks one by one; a panic on the way would leak the rest.
    pub(crate) struct Contained<F> {
        #[pin]
        future: Option<F>,
    }

    impl<F> PinnedDrop for Contained<F> {
        fn drop(this: Pin<&mut Self>) {
            this.empty();
        }
    }
}

impl<F> Contained<F> {
    pub(crate) fn new(future: F) -> Self {
        Self {
            future: Some(future),
        }
    }

    fn empty(self: Pin<&mut Self>) {
        let mut future = self.project().future;
        // The hook has reported it; there is nobody else to tell.
        let _ = panic::catch_unwind(AssertUnwindSafe(|| future.set(None)));
    }
}

impl<F: Future<Output = ()>> Future for Contained<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(future) = self.as_mut().project().future.as_pin_mut() {
            ready!(future.poll(cx));
        }
        self.empty();
        Poll::Ready(())
    }
}
