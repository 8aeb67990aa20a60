//! A body that a cancel or a deadline ends: what every kind of scope is made of.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use anyrt_core::{
    Instant,
    context::{self, Refusal, Region},
    tree::{self, Deadline, Kind, Look, NodeRef, Reason},
};
use pin_project_lite::pin_project;

use super::regional::{Polled, Regional};
use crate::{
    runtime::{self, Timer},
    trace,
};

pin_project! {
    /// Polls its body, then looks: at the deadline, and at the node (rules C2, C6, C7). The first time that the budget refuses
    /// something in the body, it only lets others run (rule C8).
    ///
    /// There is a node where something inside needed one: a handle, a group, a hold. Where nothing did, nobody can
    /// cancel this scope but its own deadline, and what is around it, whose code polls it then or drops it.
    pub(super) struct Cancellable<F> {
        #[pin]
        body: Regional<F>,
        // A body that is ready in its first poll needs none.
        #[pin]
        timer: Option<Timer>,
    }
}

impl<F> Cancellable<F> {
    #[inline]
    pub(super) fn new(deadline: Deadline, body: Option<F>) -> Self {
        Self {
            body: Regional::new(Region::new(Kind::Scope, deadline), body),
            timer: None,
        }
    }

    /// Makes the body, inside the region.
    pub(super) fn start(self: Pin<&mut Self>, make: impl FnOnce() -> F) {
        self.project().body.start(make);
    }
}

impl<F: Future> Cancellable<F> {
    /// The body's value, or the reason of the scope's own cancel.
    #[inline]
    pub(super) fn poll(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<F::Output, Reason>> {
        let mut this = self.as_mut().project();
        match this.body.as_mut().poll_bare(cx) {
            Polled::Ready(value) => {
                if this.timer.is_some() {
                    this.timer.set(None);
                }
                this.body.end();
                Poll::Ready(Ok(value))
            }
            Polled::Pending => self.look(cx).map(Err),
            // A scope that has reported has no node any more.
            Polled::Gone if this.body.node().is_none() => {
                panic!("a finished scope was polled again")
            }
            Polled::Gone => parked(),
        }
    }
}

impl<F> Cancellable<F> {
    /// The body is pending: drops it if the scope ends now; ready with the reason if that is the scope's own.
    #[inline(never)]
    fn look(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Reason> {
        let mut this = self.project();
        if this.body.region().take_refusal() == Refusal::First {
            // No wait, so nothing ends; but the clock runs from here on. Who swallowed the refusal may have left nobody awake.
            this.body.as_mut().fix_deadline(runtime::now);
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if this.body.node().is_none() {
            let mut now = None;
            let at = this
                .body
                .as_mut()
                .fix_deadline(|| *now.insert(runtime::now()));
            let due = poll_timer(this.timer.as_mut(), at, now, cx);
            if due.is_none() && !context::is_cancelled() {
                return Poll::Pending;
            }
            this.body.as_mut().make_node();
        }
        let node = this.body.node().expect("it was just made");
        let Some(look) = look_at(node, this.timer.as_mut(), cx) else {
            return Poll::Pending;
        };
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
                Poll::Ready(reason)
            }
            _ => Poll::Pending,
        }
    }
}

/// Looks at the node and the clock; `None` if the scope has no reason to end.
fn look_at(
    node: &NodeRef,
    mut timer: Pin<&mut Option<Timer>>,
    cx: &mut Context<'_>,
) -> Option<Look> {
    let look = match node.node().look_again(cx.waker()) {
        Some(look) => look,
        // The timer is at the deadline, if there is one.
        None => match timer.as_mut().as_pin_mut()?.poll_elapsed(cx) {
            Poll::Pending => return None,
            Poll::Ready(_) => node.node().look(cx.waker()),
        },
    };
    if look.own.is_some() {
        return Some(look);
    }
    let Some(reason) = poll_deadline(timer, node, look.deadline, cx) else {
        return Some(look);
    };
    if tree::cancel(node, reason) {
        trace::cancelled("scope", reason);
    }
    Some(node.node().look(cx.waker()))
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

/// Keeps the timer at the deadline of a node; returns why the scope ends now, if it does.
pub(super) fn poll_deadline(
    timer: Pin<&mut Option<Timer>>,
    node: &NodeRef,
    deadline: Deadline,
    cx: &mut Context<'_>,
) -> Option<Reason> {
    let at = match deadline {
        Deadline::Never => None,
        Deadline::At(at) => Some(at),
        Deadline::After(_) => node.node().fix_deadline(runtime::now),
    };
    poll_timer(timer, at, None, cx)
}

/// Keeps the timer at the deadline, if there is one; returns why the scope ends now, if it does. `now` is what the clock
/// has just said, if it was read.
fn poll_timer(
    mut timer: Pin<&mut Option<Timer>>,
    at: Option<Instant>,
    now: Option<Instant>,
    cx: &mut Context<'_>,
) -> Option<Reason> {
    let Some(at) = at else {
        timer.set(None);
        return None;
    };
    if timer.as_ref().as_pin_ref().and_then(|timer| timer.at()) != Some(at)
        && arm(timer.as_mut(), at, now)
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
fn arm(mut timer: Pin<&mut Option<Timer>>, at: Instant, now: Option<Instant>) -> bool {
    let due = runtime::with(|handle, shared| {
        if at <= now.unwrap_or_else(|| handle.now()) {
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
