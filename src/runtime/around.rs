//! A future that is polled inside a runtime that is kept.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use anyrt_core::{
    Runtime,
    context::{self, Region},
    tree::{Deadline, Kind},
};
use pin_project_lite::pin_project;

use super::is_attached;

pin_project! {
    /// The future of [`Handle::around`](super::Handle::around).
    #[must_use = "futures do nothing until they are awaited"]
    pub struct Around<F> {
        #[pin]
        future: Option<F>,
        // A part of what is around it, which reports a cancel.
        region: Region,
        runtime: Arc<Runtime>,
    }

    impl<F> PinnedDrop for Around<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.future.is_some() {
                context::enter_where_it_is(this.region, Some(this.runtime), || {
                    this.future.set(None);
                });
            }
            this.region.end();
        }
    }
}

impl<F> Around<F> {
    pub(super) fn new(runtime: Arc<Runtime>, future: F) -> Self {
        Self {
            future: Some(future),
            region: Region::new(Kind::Part, Deadline::Never),
            runtime,
        }
    }
}

impl<F: Future> Future for Around<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let on_its_own = this.region.existing_node().is_none() && !is_attached();
        let value = context::enter(this.region, Some(this.runtime), || {
            if on_its_own {
                // Below no task: a look at what the runtime does would not find it from the root.
                if let Some(node) = context::node() {
                    this.runtime.shared().remember(&node);
                }
            }
            let future = this.future.as_mut().as_pin_mut();
            let value = ready!(future.expect("a finished future was polled again").poll(cx));
            this.future.set(None);
            Poll::Ready(value)
        });
        if value.is_ready() {
            this.region.end();
        }
        value
    }
}

impl<F> fmt::Debug for Around<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Around").finish_non_exhaustive()
    }
}
