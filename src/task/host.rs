//! The future of a group: runs the body, waits for the children, reports.

use std::{
    convert::Infallible,
    fmt,
    future::Future,
    panic::{self, AssertUnwindSafe, Location},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    thread,
};

use anyrt_core::{
    context::{self, Region},
    tree::{Deadline, HolderKind, Kind, Reason},
};
use pin_project_lite::pin_project;

use super::{
    child::Place,
    errors::Errors,
    fate::Fate,
    group::{TaskGroup, TryTaskGroup},
    handle::Payload,
    infallible::Always,
    members::{Members, forget_panic},
};
use crate::{
    cancel::{Body, Hold, Polled, Regional, parked},
    runtime,
};

pin_project! {
    /// A group of either kind.
    struct Host<Fut, T, E> {
        // Dropped in this order: the body, then the region around body and children.
        #[pin]
        body: Regional<Fut>,
        outer: Region,
        members: Option<Arc<Members<E>>>,
        value: Option<T>,
        // All members are gone, and one of them was cut.
        cut: bool,
        hold: Hold,
        place: Place,
    }

    impl<Fut, T, E> PinnedDrop for Host<Fut, T, E> {
        fn drop(this: Pin<&mut Self>) {
            this.abandon();
        }
    }
}

impl<Fut, T, E> Host<Fut, T, E> {
    fn new(place: Place) -> Self {
        Self {
            body: Regional::new(Region::new(Kind::Part, Deadline::Never), None),
            outer: Region::new(Kind::Group, Deadline::Never),
            members: None,
            value: None,
            cut: false,
            hold: Hold::new(HolderKind::TaskGroup, place),
            place,
        }
    }

    /// Opens the group: its nodes, its runtime, its body.
    fn open(self: Pin<&mut Self>, body: impl FnOnce(Arc<Members<E>>) -> Fut) {
        let this = self.project();
        let on_its_own = !runtime::is_attached();
        let attached = match runtime::attached() {
            Ok(attached) => attached,
            Err(error) => runtime::no_runtime_at(error, this.place),
        };
        let outer =
            context::enter(this.outer, None, context::node).expect("the region was just entered");
        if on_its_own {
            // Below no task: whoever watches would not find it from the root.
            attached.0.shared().remember(&outer);
        }
        let fate = Fate::new(&outer, Reason::SiblingFailed, Some(*this.place));
        let members = Members::new(attached, fate);
        let members = this.members.insert(members);
        context::enter(this.outer, Some(&members.runtime), || {
            this.body.start(|| body(Arc::clone(members)));
        });
    }

    /// Foreign code drops the group: the children are cancelled, and belong to the group around it.
    fn abandon(self: Pin<&mut Self>) {
        let this = self.project();
        let dropped = panic::catch_unwind(AssertUnwindSafe(|| {
            let runtime = this.members.as_ref().map(|members| &members.runtime);
            context::enter_where_it_is(this.outer, runtime, || this.body.drop_body());
        }));
        if let Some(members) = this.members.take().filter(|_| !*this.cut) {
            members.abandon();
            this.hold.take_back(members.hold());
        }
        match dropped {
            Err(payload) if !thread::panicking() => panic::resume_unwind(payload),
            dropped => forget_panic(dropped),
        }
    }
}

impl<Fut, T, E> Host<Fut, T, E>
where
    Fut: Future<Output = Result<T, E>>,
{
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T, Errors<E>>> {
        let mut this = self.as_mut().project();
        let Some(members) = this.members.as_ref() else {
            panic!("a finished task group was polled again");
        };
        if *this.cut {
            return Self::come_out_cut(members, this.value).map(Ok);
        }
        // Also while only the children are left: their place moves with the group.
        context::settle(this.outer);
        if this.body.has_body() {
            let body = this.body.as_mut();
            Self::poll_body(body, this.outer, members, this.value, cx);
        }
        if this.body.has_body() {
            this.hold.place(members.outer());
            return Poll::Pending;
        }
        if !members.close_when_done(cx.waker()) {
            this.hold.place(members.outer());
            this.hold.lend(members.hold());
            return Poll::Pending;
        }
        let failures = members.take_failures();
        this.hold.take_back(members.hold());
        members.retire();
        *this.cut = failures.is_none() && (members.is_cut() || this.value.is_none());
        this.body.end();
        this.outer.end();
        if *this.cut {
            return Self::come_out_cut(members, this.value).map(Ok);
        }
        *this.members = None;
        if let Some(payload) = failures.panic {
            forget_panic((failures.errors, this.value.take()));
            panic::resume_unwind(payload);
        }
        Poll::Ready(match Errors::new(failures.errors) {
            Some(errors) => Err(errors),
            None => Ok(this
                .value
                .take()
                .expect("a body that was not cut has ended")),
        })
    }

    /// A member was cut from around the group, where this is reported (rule T6); but nobody is left there to report it
    /// once the runtime has gone (rule R6).
    fn come_out_cut(members: &Members<E>, value: &mut Option<T>) -> Poll<T> {
        if !context::is_cancelled() && members.is_runtime_gone() {
            if let Some(value) = value.take() {
                return Poll::Ready(value);
            }
        }
        parked()
    }

    /// Polls the body once, and drops it if it has ended or must end.
    fn poll_body(
        mut body: Pin<&mut Regional<Fut>>,
        outer: &Region,
        members: &Members<E>,
        value: &mut Option<T>,
        cx: &mut Context<'_>,
    ) {
        let polled = context::enter(outer, Some(&members.runtime), || {
            panic::catch_unwind(AssertUnwindSafe(|| body.as_mut().poll_body(cx)))
        });
        match polled {
            Ok(Polled::Ready(Ok(output))) => *value = Some(output),
            Ok(Polled::Ready(Err(error))) => members.body_failed(error),
            Ok(Polled::Pending) => {
                let node = body.node().expect("a pending body has a node");
                let look = node.node().look_again(cx.waker());
                if look.is_some_and(|look| look.must_drop()) {
                    if node.node().is_cut() {
                        members.count_cut();
                    }
                    Self::drop_body(body, outer, members);
                }
            }
            Ok(Polled::Gone) => {}
            Err(payload) => {
                members.panicked(payload);
                Self::drop_body(body, outer, members);
            }
        }
    }

    fn drop_body(body: Pin<&mut Regional<Fut>>, outer: &Region, members: &Members<E>) {
        let dropped: Result<(), Payload> = context::enter(outer, Some(&members.runtime), || {
            panic::catch_unwind(AssertUnwindSafe(|| body.drop_body()))
        });
        if let Err(payload) = dropped {
            members.panicked(payload);
        }
    }
}

pin_project! {
    /// The future of [`task_group`](super::task_group).
    #[must_use = "futures do nothing until they are awaited"]
    pub struct TaskGroupFuture<F>
    where
        F: Body<TaskGroup>,
    {
        start: Option<F>,
        #[pin]
        host: Host<Always<F::Future>, F::Output, Infallible>,
    }
}

pin_project! {
    /// The future of [`try_task_group`](super::try_task_group).
    #[must_use = "futures do nothing until they are awaited"]
    pub struct TryTaskGroupFuture<F, Fut, T, E> {
        start: Option<F>,
        #[pin]
        host: Host<Fut, T, E>,
    }
}

impl<F: Body<TaskGroup>> TaskGroupFuture<F> {
    #[track_caller]
    pub(super) fn new(start: F) -> Self {
        Self {
            start: Some(start),
            host: Host::new(Location::caller()),
        }
    }
}

impl<F, Fut, T, E> TryTaskGroupFuture<F, Fut, T, E> {
    #[track_caller]
    pub(super) fn new(start: F) -> Self {
        Self {
            start: Some(start),
            host: Host::new(Location::caller()),
        }
    }
}

impl<F: Body<TaskGroup>> Future for TaskGroupFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        if let Some(start) = this.start.take() {
            this.host
                .as_mut()
                .open(|members| Always::new(start.call(TaskGroup::new(members))));
        }
        this.host.poll(cx).map(|outcome| match outcome {
            Ok(value) => value,
            Err(errors) => match errors.into_first() {},
        })
    }
}

impl<F, Fut, T, E> Future for TryTaskGroupFuture<F, Fut, T, E>
where
    F: FnOnce(TryTaskGroup<E>) -> Fut,
    Fut: Future<Output = Result<T, E>>,
{
    type Output = Result<T, Errors<E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let Some(start) = this.start.take() {
            this.host
                .as_mut()
                .open(|members| start(TryTaskGroup::new(members)));
        }
        this.host.poll(cx)
    }
}

impl<F: Body<TaskGroup>> fmt::Debug for TaskGroupFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskGroupFuture").finish_non_exhaustive()
    }
}

impl<F, Fut, T, E> fmt::Debug for TryTaskGroupFuture<F, Fut, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryTaskGroupFuture").finish_non_exhaustive()
    }
}
