//! A task that belongs to nobody but its run.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use anyrt_core::{
    Origin, Runtime, context,
    tree::{self, Branch, Kind, NodeRef},
};
use pin_project_lite::pin_project;

use super::{handle::Child, label::Identity, unhandled, watch::watched};
use crate::{
    payload::{Payload, caught, forget_panic},
    runtime::{AnyBackend, Spawned},
    trace::{self, TaskSpan},
};

/// Starts `body` below the root of the run, whose end cancels it and waits for it; its panic fails the run, or goes where those
/// go that reach nobody. Returns the task's node.
pub(super) fn spawn_detached<Fut>(
    (runtime, handle): (Arc<Runtime>, AnyBackend),
    identity: Identity,
    body: Fut,
) -> NodeRef
where
    Fut: Future<Output = ()> + Send + 'static,
{
    let child = Child::<()>::new(Kind::Task, identity);
    let node: NodeRef = Arc::clone(&child) as NodeRef;
    // The root is open as long as there is a run; without a place the task is only not seen there.
    let _ = tree::attach(&node, runtime.shared().root());
    runtime.shared().counts().tasks.up();
    let task = Detached {
        body: Some(body),
        span: TaskSpan::new(Kind::Task, child.task_label().identity()),
        child,
        runtime: Some(runtime),
    };
    // A refused task has been dropped, and has thereby ended.
    let _ = handle.spawn(task);
    node
}

pin_project! {
    struct Detached<Fut> {
        #[pin]
        body: Option<Fut>,
        child: Arc<Child<()>>,
        span: TaskSpan,
        // Taken when the task has ended.
        runtime: Option<Arc<Runtime>>,
    }

    impl<Fut> PinnedDrop for Detached<Fut> {
        fn drop(this: Pin<&mut Self>) {
            // The runtime dropped the task: it is shutting down, or refused it.
            this.end(None);
        }
    }
}

impl<Fut> Detached<Fut> {
    /// The future goes, its panic is passed on, the node leaves the tree.
    fn end(self: Pin<&mut Self>, panicked: Option<Payload>) {
        let mut this = self.project();
        let Some(runtime) = this.runtime.take() else {
            return;
        };
        let (body, child) = (&mut this.body, &*this.child);
        let drop_body = || context::enter_task(child, &runtime, || body.set(None));
        let dropped = this
            .span
            .inside(|| caught(|| child.values().enter(drop_body)).err());
        forget_panic(child.values().take());
        for payload in panicked.into_iter().chain(dropped) {
            this.span.inside(trace::panicked);
            unhandled::pass_on(Some(runtime.shared().root()), payload);
        }
        this.span.close();
        let node: NodeRef = Arc::clone(child) as NodeRef;
        tree::detach(&node);
        runtime.shared().task_gone();
    }
}

impl<Fut> Spawned for Detached<Fut> {
    fn origin(&self) -> Origin {
        self.child.task_label().identity().origin()
    }
}

impl<Fut: Future<Output = ()>> Future for Detached<Fut> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.as_mut().project();
        let Some(runtime) = this.runtime else {
            return Poll::Ready(());
        };
        let (body, child) = (this.body.as_pin_mut(), &*this.child);
        let body = body.expect("the body is there until the task has ended");
        let poll_body = || context::enter_task(child, runtime, || body.poll(cx));
        let polled = watched(runtime.shared(), child.task_label(), this.span, || {
            caught(|| child.values().enter(poll_body))
        });
        let panicked = match polled {
            Ok(Poll::Pending) => match child.node().look_again(cx.waker()) {
                Some(look) if look.must_drop() => None,
                _ => return Poll::Pending,
            },
            Ok(Poll::Ready(())) => None,
            Err(payload) => Some(payload),
        };
        self.end(panicked);
        Poll::Ready(())
    }
}
