//! A body and what comes after it, whatever becomes of the body.

use std::{
    future::Future,
    panic::{self, Location},
    pin::Pin,
    task::{Context, Poll},
};

use anyrt_core::{
    context::{self, Region},
    tree::{Deadline, HolderKind, Kind},
};
use pin_project_lite::pin_project;

use super::{
    Hold,
    cancellable::parked,
    regional::{Polled, Regional},
};
use crate::payload::{Payload, caught, forget_panic};

pin_project! {
    /// Runs its body to its end, its panic, or a cancel; then its clean-up, shielded (rule C9).
    pub(crate) struct Course<B, C, T> {
        // Dropped in this order: body and clean-up, the region around both, the hold on that.
        #[pin]
        body: Regional<B>,
        #[pin]
        cleaning: Regional<C>,
        around: Region,
        hold: Hold,
        ended: Option<Ended<T>>,
        finished: Option<Finished>,
    }
}

/// How the body ended.
enum Ended<T> {
    Value(T),
    Panicked(Payload),
    Cancelled,
}

/// Nothing is left to run.
#[derive(Clone, Copy)]
enum Finished {
    /// The value, or a panic, has been given.
    Given,
    /// The scope around it has to end now.
    Parked,
}

impl<B, C, T> Course<B, C, T> {
    /// `place` is where the operation was called.
    pub(crate) fn new(body: B, place: &'static Location<'static>) -> Self {
        let region = |kind| Region::new(kind, Deadline::Never);
        Self {
            body: Regional::new(region(Kind::Part), Some(body)),
            cleaning: Regional::new(region(Kind::Shield), None),
            around: region(Kind::Part),
            hold: Hold::new(HolderKind::Cleanup, place),
            ended: None,
            finished: None,
        }
    }

    /// Whether nothing is left to run.
    pub(crate) fn is_finished(&self) -> bool {
        self.finished.is_some()
    }

    /// Drops the body, inside its region, without waiting for anything.
    pub(crate) fn drop_body(self: Pin<&mut Self>) {
        self.project().body.drop_body();
    }

    /// The clean-up, if it has begun, to be continued elsewhere.
    pub(crate) fn take_cleaning(self: Pin<&mut Self>) -> Option<C>
    where
        C: Unpin,
    {
        self.project().cleaning.take_body()
    }
}

impl<B: Future<Output = T>, C: Future, T> Course<B, C, T> {
    /// The body's value, once the future that `start` makes has ended, too.
    ///
    /// # Panics
    ///
    /// With the panic of the body, or else of the clean-up.
    pub(crate) fn poll(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        start: impl FnOnce() -> C,
    ) -> Poll<T> {
        let mut this = self.project();
        match this.finished {
            Some(Finished::Given) => panic!("a finished `finally` was polled again"),
            Some(Finished::Parked) => return parked(),
            None => {}
        }
        let cleaned = context::enter(this.around, None, || {
            if this.ended.is_none() {
                let Poll::Ready(ended) = poll_to_its_end(this.body.as_mut(), cx) else {
                    return Poll::Pending;
                };
                *this.ended = Some(ended);
                this.body.end();
                caught(|| this.cleaning.as_mut().start(start))?;
            }
            match caught(|| this.cleaning.as_mut().poll_body(cx))? {
                Polled::Pending => Poll::Pending,
                Polled::Ready(_) | Polled::Gone => Poll::Ready(Ok(())),
            }
        });
        let Poll::Ready(cleaned) = cleaned else {
            let node = this.around.existing_node();
            this.hold.place(node.expect("something inside is pending"));
            if let Some(node) = this.cleaning.node() {
                // As a shield does.
                node.node().look_again(cx.waker());
            }
            return Poll::Pending;
        };
        let dropped = caught(|| this.cleaning.as_mut().drop_body());
        let cleaned = cleaned.and(dropped);
        this.hold.release();
        this.cleaning.end();
        this.around.end();
        *this.finished = Some(Finished::Given);
        match (this.ended.take().expect("the body has ended"), cleaned) {
            (Ended::Value(value), Ok(())) => Poll::Ready(value),
            (Ended::Value(value), Err(payload)) => {
                forget_panic(value);
                panic::resume_unwind(payload)
            }
            (Ended::Panicked(payload), cleaned) => {
                forget_panic(cleaned);
                panic::resume_unwind(payload)
            }
            (Ended::Cancelled, Err(payload)) => panic::resume_unwind(payload),
            (Ended::Cancelled, Ok(())) => {
                *this.finished = Some(Finished::Parked);
                parked()
            }
        }
    }
}

/// Polls the body once. Where it has ended, or must end, it has been dropped.
fn poll_to_its_end<B: Future>(
    mut body: Pin<&mut Regional<B>>,
    cx: &mut Context<'_>,
) -> Poll<Ended<B::Output>> {
    let polled = caught(|| body.as_mut().poll_body(cx));
    let (ended, dropped) = match polled {
        Ok(Polled::Ready(value)) => return Poll::Ready(Ended::Value(value)),
        Ok(Polled::Gone) => unreachable!("the body is polled until it has ended"),
        Ok(Polled::Pending) => {
            let node = body.node().expect("a pending body has a node");
            if !node.node().look(cx.waker()).must_drop() {
                return Poll::Pending;
            }
            (Ended::Cancelled, caught(|| body.drop_body()))
        }
        Err(payload) => (Ended::Panicked(payload), caught(|| body.drop_body())),
    };
    Poll::Ready(match (ended, dropped) {
        (Ended::Cancelled, Err(payload)) => Ended::Panicked(payload),
        (ended, dropped) => {
            forget_panic(dropped);
            ended
        }
    })
}
