//! The future of a group: runs body and children, waits for all of them.

use std::{
    fmt,
    future::Future,
    panic::Location,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use anyrt_core::{context, tree::HolderKind};

use super::{arrivals::Arrivals, children::Children};
use crate::{
    cancel::{Hold, parked},
    task::branches::{BODY, FIRST_BRANCH, Hosted, Next, Schedule},
};

/// What may be sent to another thread.
pub(super) type Sent<'env, T> = Pin<Box<dyn Future<Output = T> + Send + 'env>>;

/// What stays where it is.
pub(super) type Unsent<'env, T> = Pin<Box<dyn Future<Output = T> + 'env>>;

/// A group of either kind: a body `B`, children `J`.
struct Host<B: Future, J: Future<Output = ()> + Unpin> {
    // Dropped in this order: the body and the children, then the region around them.
    slots: Hosted<B, Children<J>>,
    schedule: Schedule,
    hold: Hold,
    start: Option<B>,
    finished: bool,
}

impl<B: Future + Unpin, J: Future<Output = ()> + Unpin> Host<B, J> {
    #[track_caller]
    fn new(body: B, arrivals: Arc<Arrivals<J>>) -> Self {
        Self {
            hold: Hold::new(HolderKind::TaskGroup, Location::caller()),
            slots: Hosted::new(Children::new(arrivals)),
            schedule: Schedule::new(FIRST_BRANCH),
            start: Some(body),
            finished: false,
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<B::Output> {
        assert!(
            !self.finished,
            "a finished `local_task_group` was polled again"
        );
        let mut slots = Pin::new(&mut self.slots);
        if let Some(body) = self.start.take() {
            context::enter(self.schedule.around(), None, || {
                // The children have their nodes before they are polled: so has what they are below.
                context::node();
                slots.as_mut().body().start(|| body);
            });
        }
        slots.branches.arrivals().begin();
        let had_body = !slots.body.is_lost();
        let polled = self.schedule.poll(slots.as_mut(), cx, |_, slots, index| {
            if index != BODY {
                slots.branches().remove(index - FIRST_BRANCH);
            }
            Next::GoOn
        });
        if had_body && slots.body.is_lost() && self.schedule.is_cut() {
            slots.branches.arrivals().count_cut();
        }
        if polled.is_pending() {
            slots.branches.arrivals().rest(cx);
            // So that a value of the body is not lost while the children end.
            let around = self.schedule.around().existing_node();
            self.hold
                .place(around.expect("it was made at the first poll"));
            return Poll::Pending;
        }
        self.hold.release();
        self.schedule.resume(|| slots.as_mut().body().take());
        if self.schedule.is_cut() {
            // The cancelled scope around it reports; the body may have ended all the same.
            return parked();
        }
        let Some(value) = slots.body().take() else {
            return parked();
        };
        self.finished = true;
        Poll::Ready(value)
    }
}

macro_rules! group_future {
    ($(#[$attribute:meta])* $name:ident $boxed:ident) => {
        $(#[$attribute])*
        #[must_use = "futures do nothing until they are awaited"]
        pub struct $name<'env, T> {
            host: Host<$boxed<'env, T>, $boxed<'env, ()>>,
        }

        impl<'env, T> $name<'env, T> {
            #[track_caller]
            pub(super) fn new(body: $boxed<'env, T>, arrivals: Arc<Arrivals<$boxed<'env, ()>>>) -> Self {
                Self {
                    host: Host::new(body, arrivals),
                }
            }
        }

        impl<T> Unpin for $name<'_, T> {}

        impl<T> Future for $name<'_, T> {
            type Output = T;

            fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
                self.get_mut().host.poll(cx)
            }
        }

        impl<T> fmt::Debug for $name<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

group_future! {
    /// The future of [`local_task_group`](super::local_task_group).
    LocalTaskGroupFuture Sent
}

group_future! {
    /// The future of [`local_task_group_unsend`](super::local_task_group_unsend).
    LocalTaskGroupUnsendFuture Unsent
}
