//! A shield that opens some time after a cancel has reached it.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use anyrt_core::{
    context::Refusal,
    tree::{self, Deadline},
};
use pin_project_lite::pin_project;

use super::{
    Hold, Polled, Regional,
    cancellable::{parked, poll_deadline},
};
use crate::runtime::{self, Timer};

pin_project! {
    /// The future of [`Shield::grace`](super::Shield::grace).
    #[must_use = "futures do nothing until they are awaited"]
    pub struct GraceShield<Fut> {
        // Dropped in this order: the body first, then the hold that keeps the scopes waiting for it.
        #[pin]
        body: Regional<Fut>,
        hold: Hold,
        grace: Duration,
        granted: bool,
        finished: bool,
        #[pin]
        timer: Option<Timer>,
    }
}

impl<Fut> GraceShield<Fut> {
    pub(super) fn new(body: Regional<Fut>, hold: Hold, grace: Duration) -> Self {
        Self {
            body,
            hold,
            grace,
            granted: false,
            finished: false,
            timer: None,
        }
    }
}

impl<Fut: Future> Future for GraceShield<Fut> {
    type Output = Fut::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Fut::Output> {
        let mut this = self.project();
        match this.body.as_mut().poll_body(cx) {
            Polled::Ready(value) => {
                this.timer.set(None);
                this.hold.release();
                *this.finished = true;
                this.body.end();
                return Poll::Ready(value);
            }
            Polled::Pending => {}
            Polled::Gone if *this.finished => panic!("a finished shield was polled again"),
            Polled::Gone => return parked(),
        }
        let node = Arc::clone(this.body.node().expect("a pending body has a node"));
        if !node.node().is_cancelled() {
            this.hold.place(&node);
        }
        if this.body.region().take_refusal() == Refusal::First {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let mut look = node.node().look(cx.waker());
        // After the look, which has left the waker: a cancel that comes later wakes it.
        let told = node.node().is_told();
        if told != *this.granted {
            *this.granted = told;
            // What is inside can read this as its deadline.
            node.node().set_deadline(match told {
                true => runtime::now()
                    .checked_add(*this.grace)
                    .map_or(Deadline::Never, Deadline::At),
                false => Deadline::Never,
            });
            look = node.node().look(cx.waker());
        }
        if look.own.is_none() {
            if let Some(reason) = poll_deadline(this.timer.as_mut(), &node, look.deadline, cx) {
                tree::cancel(&node, reason);
                look.own = Some(reason);
            }
        }
        if look.own.is_some() {
            // Open: what is inside is dropped as any cancelled body is, and may still hold by itself.
            this.timer.set(None);
            this.hold.release();
            look = node.node().look(cx.waker());
        }
        if !look.must_drop() {
            return Poll::Pending;
        }
        this.body.as_mut().drop_body();
        this.body.end();
        parked()
    }
}

impl<Fut> fmt::Debug for GraceShield<Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraceShield")
            .field("grace", &self.grace)
            .finish_non_exhaustive()
    }
}
