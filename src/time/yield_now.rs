//! Letting others run.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

/// Yields exactly once, through the runtime's queue, so that other tasks run. Rule C4.
///
/// It is a cancel point: in a cancelled scope the code after it does not run. If dropped before
/// completion, nothing has happened.
pub fn yield_now() -> YieldNow {
    YieldNow { yielded: false }
}

/// The future of [`yield_now`].
#[derive(Debug)]
#[must_use = "futures do nothing until they are awaited"]
pub struct YieldNow {
    yielded: bool,
}

impl Future for YieldNow {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.yielded {
            return Poll::Ready(());
        }
        self.yielded = true;
        // It suspends in any case, and so is a cancel point that needs no budget.
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
