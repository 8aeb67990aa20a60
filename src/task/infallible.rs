//! A future whose output is no `Result`, as a member of a group that counts errors.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

pin_project! {
    /// Wraps the output in `Ok`.
    pub(crate) struct Always<Fut> {
        #[pin]
        inner: Fut,
    }
}

impl<Fut> Always<Fut> {
    pub(crate) fn new(inner: Fut) -> Self {
        Self { inner }
    }
}

impl<Fut: Future> Future for Always<Fut> {
    type Output = Result<Fut::Output, Infallible>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().inner.poll(cx).map(Ok)
    }
}
