//! Letting others run.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use crate::runtime::Leaf;

/// Yields exactly once, through the runtime's queue, so that other tasks run. Rule C4.
///
/// It is a cancel point: in a cancelled scope the code after it does not run. If dropped before
/// completion, nothing has happened.
pub fn yield_now() -> YieldNow {
    YieldNow {
        leaf: Leaf::default(),
        yielded: false,
    }
}

/// The future of [`yield_now`].
#[derive(Debug)]
#[must_use = "futures do nothing until they are awaited"]
pub struct YieldNow {
    leaf: Leaf,
    yielded: bool,
}

impl Future for YieldNow {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.yielded {
            return Poll::Ready(());
        }
        self.yielded = true;
        // The entry may have yielded on its own account; once is enough.
        if self.leaf.poll_enter(cx).is_ready() {
            cx.waker().wake_by_ref();
        }
        Poll::Pending
    }
}
