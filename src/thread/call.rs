//! The future behind `to_thread`: token, worker, value.

use std::{
    future::Future,
    panic::Location,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use anyrt_core::{
    Runtime,
    context::{self, Region},
    limiter::{Acquire, Limiter, Token},
    tree::{Deadline, HolderKind, Kind, NodeRef},
};
use pin_project_lite::pin_project;

use super::{
    job::{Function, Job},
    lending,
    to_thread::ThreadError,
    worker::Caller,
};
use crate::{
    cancel::{Hold, LentHold},
    runtime::{self, AnyBackend, Leaf},
    sync::CapacityLimiter,
    task::Payload,
};

/// How a call ended.
pub(super) enum Ended<T> {
    Returned(T),
    Panicked(Payload),
    NotRun(ThreadError),
}

pin_project! {
    /// See [`super::to_thread()`]. It has a node of its own, so that a cancel wakes it to withdraw a
    /// function that has not started, wherever it is polled.
    pub(super) struct Call<T: 'static> {
        region: Region,
        leaf: Leaf,
        limiter: Option<Arc<Limiter>>,
        abandon: bool,
        withdrawn: bool,
        runtime: Option<(Arc<Runtime>, AnyBackend)>,
        hold: Hold,
        step: Step<T>,
    }

    impl<T> PinnedDrop for Call<T> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if let Step::Working(work) = &*this.step {
                work.abandon();
                this.hold.take_back(work.hold());
            }
        }
    }
}

enum Step<T: 'static> {
    /// Not polled yet.
    New(Option<Function<T>>),
    /// Waiting for a token.
    Acquiring(Option<Function<T>>, Acquire),
    /// Has its token.
    Submitting(Option<(Function<T>, Token)>),
    /// With the worker.
    Working(Arc<dyn Work<T>>),
    Done,
}

/// A job without its bound on `T`, which a destructor can not have.
trait Work<T>: Send + Sync {
    fn poll_ended(&self, cx: &mut Context<'_>) -> Poll<Ended<T>>;
    fn wake_when_ended(&self, cx: &mut Context<'_>);
    fn withdraw(&self) -> Option<(Function<T>, Token)>;
    fn abandon(&self);
    fn hold(&self) -> &LentHold;
}

impl<T: Send + 'static> Work<T> for Job<T> {
    fn poll_ended(&self, cx: &mut Context<'_>) -> Poll<Ended<T>> {
        Job::poll_ended(self, cx)
    }

    fn wake_when_ended(&self, cx: &mut Context<'_>) {
        Job::wake_when_ended(self, cx);
    }

    fn withdraw(&self) -> Option<(Function<T>, Token)> {
        Job::withdraw(self)
    }

    fn abandon(&self) {
        Job::abandon(self);
    }

    fn hold(&self) -> &LentHold {
        Job::hold(self)
    }
}

impl<T: Send + 'static> Call<T> {
    #[track_caller]
    pub(super) fn new(function: Function<T>) -> Self {
        Self {
            region: Region::new(Kind::Scope, Deadline::Never),
            leaf: Leaf::default(),
            limiter: None,
            abandon: false,
            withdrawn: false,
            runtime: None,
            hold: Hold::new(HolderKind::WorkerThread, Location::caller()),
            step: Step::New(Some(function)),
        }
    }

    pub(super) fn set_limiter(&mut self, limiter: &CapacityLimiter) {
        self.limiter = Some(Arc::clone(limiter.inner()));
    }

    /// Where the call was made; known while its function does not run.
    pub(super) fn place(&self) -> Option<&'static Location<'static>> {
        self.hold.holder().map(|holder| holder.place)
    }

    pub(super) fn set_abandon(&mut self) {
        self.abandon = true;
    }
}

impl<T: Send + 'static> Future for Call<T> {
    type Output = Ended<T>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Ended<T>> {
        let this = self.project();
        if this.leaf.poll_enter(cx).is_pending() {
            return Poll::Pending;
        }
        let mut submitted = false;
        loop {
            match this.step {
                Step::New(function) => {
                    let attached = match runtime::attached() {
                        Ok(attached) => attached,
                        Err(error) => {
                            *this.step = Step::Done;
                            return Poll::Ready(Ended::NotRun(ThreadError::NoRuntime(error)));
                        }
                    };
                    let limiter = this
                        .limiter
                        .get_or_insert_with(|| Arc::clone(attached.0.shared().limiter()));
                    let acquire = lending::acquire(limiter);
                    *this.runtime = Some(attached);
                    *this.step = Step::Acquiring(function.take(), acquire);
                }
                Step::Acquiring(function, acquire) => {
                    let Poll::Ready(token) = acquire.poll_acquire(cx) else {
                        this.hold
                            .waits_for(HolderKind::Token, &node_of(this.region));
                        return Poll::Pending;
                    };
                    let function = function.take().map(|function| (function, token));
                    *this.step = Step::Submitting(function);
                }
                Step::Submitting(function) => {
                    let (Some((function, token)), Some((runtime, handle))) =
                        (function.take(), this.runtime.as_ref())
                    else {
                        unreachable!("the function and the runtime are kept until they are used")
                    };
                    let node = node_of(this.region);
                    let place = this.hold.holder().expect("nothing holds yet").place;
                    if *this.abandon {
                        node.node().set_holder(None);
                    } else {
                        this.hold.place(&node);
                    }
                    let caller = Caller::new(runtime, handle, &node, token.limiter());
                    *this.step =
                        Step::Working(Job::submit(caller, place, function, token, this.hold));
                    submitted = true;
                }
                Step::Working(work) => {
                    // Also where the worker is fast: a call suspends at least once.
                    if submitted {
                        work.wake_when_ended(cx);
                    } else if let Poll::Ready(ended) = work.poll_ended(cx) {
                        this.hold.take_back(work.hold());
                        *this.step = Step::Done;
                        this.region.end();
                        return Poll::Ready(ended);
                    }
                    let look = node_of(this.region).node().look(cx.waker());
                    if !look.inherited || *this.withdrawn {
                        return Poll::Pending;
                    }
                    let Some(function) = work.withdraw() else {
                        return Poll::Pending;
                    };
                    // Nothing holds the scope now. If it does not drop this, something else keeps the
                    // body alive, and the call goes on.
                    *this.withdrawn = true;
                    this.hold.take_back(work.hold());
                    *this.step = Step::Submitting(Some(function));
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Step::Done => panic!("a finished call to a worker thread was polled again"),
            }
        }
    }
}

/// The node of the call, under the region around it.
fn node_of(region: &Region) -> NodeRef {
    context::enter(region, None, context::node).expect("the region was just entered")
}
