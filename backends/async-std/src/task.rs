//! A task of a run, which does not start once the run has ended.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use anyrt_core::tally::Ticket;
use pin_project_lite::pin_project;

pin_project! {
    /// Is dropped by its first poll if the run has ended before that.
    pub(crate) struct Task<F> {
        #[pin]
        task: Option<F>,
        // Until the first poll, and where there is a run.
        unstarted: Option<Ticket>,
    }
}

impl<F> Task<F> {
    pub(crate) fn new(task: F, unstarted: Option<Ticket>) -> Self {
        Self {
            task: Some(task),
            unstarted,
        }
    }
}

impl<F: Future<Output = ()>> Future for Task<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        if let Some(ticket) = this.unstarted.take() {
            if ticket.is_closed() {
                this.task.set(None);
            }
        }
        match this.task.as_pin_mut() {
            Some(task) => task.poll(cx),
            None => Poll::Ready(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, pin::pin, rc::Rc, task::Waker};

    use anyrt_core::tally::Tally;

    use super::*;

    #[test]
    fn a_task_that_has_not_started_when_its_run_ends_is_dropped() {
        for polls_before in [0, 1] {
            let (run, polled) = (Tally::default(), Rc::new(Cell::new(0)));
            let count = Rc::clone(&polled);
            let body = std::future::poll_fn(move |_| {
                count.set(count.get() + 1);
                Poll::<()>::Pending
            });
            let mut task = pin!(Task::new(body, run.begin()));
            let mut cx = Context::from_waker(Waker::noop());
            for _ in 0..polls_before {
                assert!(task.as_mut().poll(&mut cx).is_pending());
            }
            run.close();
            assert_eq!(task.as_mut().poll(&mut cx).is_ready(), polls_before == 0);
            assert_eq!(polled.get(), 2 * polls_before);
            let has_body = Rc::strong_count(&polled) == 2;
            assert_eq!(has_body, polls_before == 1);
        }
    }
}
