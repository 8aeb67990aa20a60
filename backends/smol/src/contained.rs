//! A task that ends with its runtime, and whose destructor may panic.

use std::{
    future::Future,
    panic::{self, AssertUnwindSafe},
    pin::Pin,
    task::{Context, Poll},
};

use anyrt_async_io::{Gate, Seat};
use anyrt_core::tally::Ticket;
use pin_project_lite::pin_project;

pin_project! {
    /// Is polled while the gate is open, and dropped by the poll after that.
    ///
    /// It waits at the gate too, from the first time it is pending on, so that this poll comes. It is counted
    /// until it is dropped. A destructor that panics would abort the process, and is caught.
    pub(crate) struct Contained<F> {
        #[pin]
        future: Option<F>,
        seat: Seat,
        seated: bool,
        ticket: Ticket,
    }

    impl<F> PinnedDrop for Contained<F> {
        fn drop(this: Pin<&mut Self>) {
            this.empty();
        }
    }
}

impl<F> Contained<F> {
    pub(crate) fn new(future: F, gate: Gate, ticket: Ticket) -> Self {
        Self {
            future: Some(future),
            seat: Seat::new(gate),
            seated: false,
            ticket,
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
        let this = self.as_mut().project();
        if let (Some(future), Ok(())) = (this.future.as_pin_mut(), this.seat.check()) {
            if future.poll(cx).is_pending() {
                // One task, one waker: it need not be renewed.
                *this.seated = *this.seated || this.seat.wait(cx.waker()).is_ok();
                if *this.seated {
                    return Poll::Pending;
                }
            }
        }
        self.empty();
        Poll::Ready(())
    }
}
