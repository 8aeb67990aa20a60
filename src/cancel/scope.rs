//! A region with a handle that cancels it.

use std::{
    fmt,
    future::Future,
    panic::{RefUnwindSafe, UnwindSafe},
    pin::Pin,
    task::{Context, Poll},
};

use anyrt_core::{
    Instant, context,
    tree::{self, Deadline, NodeRef, Reason},
};
use pin_project_lite::pin_project;

use super::{body::Body, cancellable::Cancellable};
use crate::trace;

/// Runs `body` with a handle that can cancel it, from inside or from anywhere.
///
/// ```
/// # async fn work(scope: anyrt::cancel::CancelScope) -> u32 { scope.cancel(); 1 }
/// # async fn shown() {
/// let outcome = anyrt::scope(async |s| work(s).await).await;
/// match outcome {
///     Ok(value) => println!("{value}"),
///     Err(cancelled) => println!("{}", cancelled.reason()),
/// }
/// # }
/// ```
///
/// The handle is passed by value; clones of it may leave the scope and outlive it. Rules C1 to C6.
///
/// # Errors
///
/// [`Cancelled`] if the scope was cancelled and its body dropped. A body that completes in spite of a
/// cancel keeps its value.
///
/// # Cancel safety
///
/// If dropped before completion, the body is dropped where it suspends; nothing else has happened.
pub fn scope<F, Fut>(body: F) -> Scope<F>
where
    F: FnOnce(CancelScope) -> Fut,
    Fut: Future,
{
    Scope {
        start: Some(body),
        body: Cancellable::new(Deadline::Never, None),
    }
}

pin_project! {
    /// The future of [`scope`].
    #[must_use = "futures do nothing until they are awaited"]
    pub struct Scope<F>
    where
        F: Body<CancelScope>,
    {
        start: Option<F>,
        #[pin]
        body: Cancellable<F::Future>,
    }
}

impl<F: Body<CancelScope>> Future for Scope<F> {
    type Output = Result<F::Output, Cancelled>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let Some(start) = this.start.take() {
            this.body.as_mut().start(|| {
                let node = context::node().expect("the scope's own region is entered");
                start.call(CancelScope { node })
            });
        }
        this.body
            .poll(cx)
            .map(|outcome| outcome.map_err(|reason| Cancelled { reason }))
    }
}

impl<F: Body<CancelScope>> fmt::Debug for Scope<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").finish_non_exhaustive()
    }
}

/// A handle on a [`scope`]: cancels it, moves its deadline, asks about it.
///
/// Usable from any thread, before, during and after the scope's life.
#[derive(Clone)]
pub struct CancelScope {
    node: NodeRef,
}

impl CancelScope {
    /// Cancels the scope. Idempotent; a scope that has ended does not notice.
    pub fn cancel(&self) {
        self.cancel_with(Reason::Explicit);
    }

    /// Cancels the scope for a reason; the first one given is kept.
    pub fn cancel_with(&self, reason: Reason) {
        if tree::cancel(&self.node, reason) {
            trace::cancelled("scope", reason);
        }
    }

    /// Sets, moves or (with `None`) removes the deadline. One that has passed cancels when the body
    /// next suspends.
    pub fn set_deadline(&self, deadline: impl Into<Option<Instant>>) {
        let deadline = deadline.into().map_or(Deadline::Never, Deadline::At);
        self.node.node().set_deadline(deadline);
    }

    /// Whether this scope itself was cancelled, by a call or by its deadline.
    ///
    /// A scope around it being cancelled does not show here; [`is_cancelled`](super::is_cancelled) asks
    /// about the place where it is called.
    #[doc(alias = "cancel_called")]
    pub fn is_cancelled(&self) -> bool {
        self.reason().is_some()
    }

    /// Why this scope was cancelled, if it was.
    pub fn reason(&self) -> Option<Reason> {
        self.node.node().own_reason()
    }
}

// The tree is whole again before any panic leaves it.
impl UnwindSafe for CancelScope {}
impl RefUnwindSafe for CancelScope {}

impl fmt::Debug for CancelScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancelScope")
            .field("reason", &self.reason())
            .finish_non_exhaustive()
    }
}

/// The scope was cancelled, and its body dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled {
    pub(crate) reason: Reason,
}

impl Cancelled {
    /// Why.
    pub fn reason(&self) -> Reason {
        self.reason
    }
}

impl fmt::Display for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the scope was cancelled: {}", self.reason)
    }
}

impl std::error::Error for Cancelled {}
