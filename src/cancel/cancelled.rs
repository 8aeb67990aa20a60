//! Waiting to be asked to come to an end.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use anyrt_core::{
    context::{self, Region},
    tree::{Deadline, Kind},
};

/// Waits until the place it is polled in is cancelled, or is asked to come to an end by itself.
///
/// For code that wants to end in good order where a cancel would just drop it: a shutdown with a grace asks
/// first and cancels later, and during the grace only this and [`is_cancelled`](super::is_cancelled) see it.
///
/// ```
/// use std::{future::{Future, poll_fn}, pin::pin, task::Poll};
///
/// async fn next_job() -> Option<u32> { None }
///
/// async fn worker() {
///     let mut asked = pin!(anyrt::cancel::cancelled());
///     loop {
///         // Ends between two jobs, and never within one.
///         if poll_fn(|cx| Poll::Ready(asked.as_mut().poll(cx).is_ready())).await {
///             break;
///         }
///         let Some(_job) = next_job().await else { break };
///     }
/// }
/// # let _ = worker;
/// ```
///
/// It sees what [`is_cancelled`](super::is_cancelled) sees (rule C11): the scopes around it up to the next
/// shield. It is no cancel point: in a cancelled scope its first poll is ready. Once ready it stays so. Where nothing
/// can cancel, it waits for ever.
///
/// # Cancel safety
///
/// If dropped before completion, nothing has happened.
pub fn cancelled() -> CancelRequested {
    CancelRequested {
        region: Region::new(Kind::Watch, Deadline::Never),
        seen: false,
    }
}

/// The future of [`cancelled`].
#[must_use = "futures do nothing until they are awaited"]
pub struct CancelRequested {
    // Has a node of its own, so that it is woken whichever waker it was polled with.
    region: Region,
    seen: bool,
}

impl Future for CancelRequested {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if !self.seen && !context::is_asked_to_end() {
            let node = context::enter(&self.region, None, context::node)
                .expect("the region was just entered");
            let look = node.node().look(cx.waker());
            if !look.inherited && !look.soft {
                return Poll::Pending;
            }
        }
        self.seen = true;
        self.region.end();
        Poll::Ready(())
    }
}

impl fmt::Debug for CancelRequested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancelRequested")
            .field("seen", &self.seen)
            .finish_non_exhaustive()
    }
}
