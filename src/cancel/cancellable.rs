//! A body that a cancel or a deadline ends: what every kind of scope is made of.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use anyrt_core::{
    Instant,
    context::{self, Region},
    tree::{self, Deadline, Kind, Lookout, NodeRef, Reason},
};
use pin_project_lite::pin_project;

use super::regional::{Polled, Regional};
use crate::{
    runtime::{self, Timer},
    trace,
};

pin_project! {
    /// Polls its body, then looks: at the deadline, and at the node (rules C2, C6, C7).
    pub(super) struct Cancellable<F> {
        #[pin]
        body: Regional<F>,
        #[pin]
        timer: Option<Timer>,
        lookout: Lookout,
        reported: bool,
    }
}

impl<F> Cancellable<F> {
    pub(super) fn new(deadline: Deadline, body: Option<F>) -> Self {
        Self {
            body: Regional::new(Region::new(Kind::Scope, deadline), None, body),
            timer: None,
            lookout: Lookout::new(),
            reported: false,
        }
    }

    /// Makes the body, inside the region.
    pub(super) fn start(self: Pin<&mut Self>, make: impl FnOnce() -> F) {
        self.project().body.start(make);
    }
}

impl<F: Future> Cancellable<F> {
    /// The body's value, or the reason of the scope's own cancel.
    pub(super) fn poll(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<F::Output, Reason>> {
        let mut this = self.project();
        match this.body.as_mut().poll_body(cx) {
            Polled::Ready(value) => {
                if this.timer.is_some() {
                    this.timer.set(None);
                }
                this.body.end();
                *this.reported = true;
                return Poll::Ready(Ok(value));
            }
            Polled::Pending => {}
            Polled::Gone if *this.reported => panic!("a finished scope was polled again"),
            Polled::Gone => return parked(),
        }
        let node = this.body.node().expect("a pending body has a node");
        let mut look = match this.lookout.look(node.node(), cx.waker()) {
            Some(look) => look,
            // The timer is at the deadline, if there is one.
            None => match this
                .timer
                .as_mut()
                .as_pin_mut()
                .map(|timer| timer.poll_elapsed(cx))
            {
                None | Some(Poll::Pending) => return Poll::Pending,
                Some(Poll::Ready(_)) => node.node().look(cx.waker()),
            },
        };
        if look.own.is_none() {
            if let Some(reason) = poll_deadline(this.timer.as_mut(), node, look.deadline, cx) {
                if tree::cancel(node, reason) {
                    trace::cancelled("scope", reason);
                }
                look = node.node().look(cx.waker());
            }
        }
        if look.own.is_some() {
            this.timer.set(None);
        }
        if !look.must_drop() {
            return Poll::Pending;
        }
        this.body.as_mut().drop_body();
        match look.own {
            Some(reason) if !look.inherited => {
                this.body.end();
                *this.reported = true;
                Poll::Ready(Err(reason))
            }
            _ => Poll::Pending,
        }
    }
}

/// The body was dropped by a cancel from further out, where this will be dropped, too. Code that awaits it
/// again in a place that is not cancelled would wait for ever.
pub(crate) fn parked<T>() -> Poll<T> {
    assert!(
        context::is_cancelled(),
        "this future was cancelled from outside, its body is gone, and it was then polled again where nothing is \
         cancelled: do not await `&mut future` again after the scope around it was cancelled"
    );
    Poll::Pending
}

/// Keeps the timer at the deadline; returns why the scope ends now, if it does.
pub(super) fn poll_deadline(
    mut timer: Pin<&mut Option<Timer>>,
    node: &NodeRef,
    deadline: Deadline,
    cx: &mut Context<'_>,
) -> Option<Reason> {
    let at = match deadline {
        Deadline::Never => None,
        Deadline::At(at) => Some(at),
        Deadline::After(_) => node.node().fix_deadline(runtime::now),
    };
    let Some(at) = at else {
        timer.set(None);
        return None;
    };
    if timer.as_ref().as_pin_ref().and_then(|timer| timer.at()) != Some(at)
        && arm(timer.as_mut(), at)
    {
        return Some(Reason::Deadline);
    }
    match timer.as_pin_mut()?.poll_elapsed(cx) {
        Poll::Pending => None,
        Poll::Ready(Ok(())) => Some(Reason::Deadline),
        Poll::Ready(Err(_gone)) => Some(Reason::Shutdown),
    }
}

/// Sets the timer, made now if there is none. `true` if the deadline has passed already: a timer may
/// need a tick to see that, and the body must not run on meanwhile.
fn arm(mut timer: Pin<&mut Option<Timer>>, at: Instant) -> bool {
    let due = runtime::with(|handle, shared| {
        if at <= handle.now() {
            return true;
        }
        match timer.as_mut().as_pin_mut() {
            Some(timer) => timer.set(at),
            None => timer.set(Some(Timer::new(handle, shared, Some(at)))),
        }
        false
    });
    match due {
        Ok(due) => due,
        Err(error) => panic!("{error}"),
    }
}
