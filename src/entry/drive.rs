//! One run, from its first task to the end of its runtime (rule R5).

use std::{
    future::{Future, poll_fn},
    panic,
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
    time::Duration,
};

use anyrt_core::{
    Launch, Runtime, Shared,
    tree::{self, Deadline, Kind, Node, NodeRef, Reason},
};

use super::RunError;
use crate::{
    runtime::{Handle, Timer},
    task::{Always, Members, spawn},
};

/// How a run goes, on whichever runtime.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Options {
    pub(super) shutdown_timeout: Option<Duration>,
    pub(super) exact_deadlines: bool,
}

/// Runs `main` as a task of the launched runtime, waits for what it leaves, ends the runtime.
pub(super) fn run<L, Fut>(launch: L, main: Fut, options: Options) -> Result<Fut::Output, RunError>
where
    L: Launch,
    Fut: Future + Send + 'static,
    Fut::Output: Send + 'static,
{
    let handle = Handle::of(&launch.backend());
    let shared = Shared::new((!options.exact_deadlines).then(|| handle.now()));
    let runtime = Runtime::new(handle.clone(), Arc::clone(&shared));

    let outer: NodeRef = Arc::new(Node::new(Kind::Scope, Deadline::Never));
    // Fresh nodes: nothing is closed yet.
    let _ = tree::attach(shared.root(), &outer);
    let members = Members::new(
        (runtime, handle.clone()),
        outer,
        Arc::clone(shared.root()),
        Reason::Shutdown,
    );
    let mut main = spawn(&members, Always::new(main));

    let mut outcome = None;
    let mut unfinished = None;
    launch.block_on(pin!(async {
        outcome = Some(poll_fn(|cx| Pin::new(&mut main).poll(cx)).await);
        tree::cancel(&members.outer, Reason::Shutdown);
        if let Some(after) = options.shutdown_timeout {
            unfinished = quiet_within(&handle, &shared, after).await;
        } else {
            poll_fn(|cx| shared.poll_quiet(cx)).await;
        }
    }));
    // What still runs was abandoned, or has used up its time.
    launch.shutdown(Duration::ZERO);

    let failures = members.take_failures();
    if let Some(payload) = failures.panic {
        panic::resume_unwind(payload);
    }
    if let Some(unfinished) = unfinished {
        return Err(unfinished);
    }
    match outcome {
        Some(Ok(value)) => Ok(value),
        // Its task was dropped by a runtime that somebody else has ended.
        _ => Err(RunError::Launch(anyrt_core::Gone.into())),
    }
}

/// Waits for the last task, at most so long; names what is left.
async fn quiet_within(handle: &Handle, shared: &Arc<Shared>, after: Duration) -> Option<RunError> {
    let mut timer = pin!(Timer::new(handle, shared, handle.now().checked_add(after)));
    let left = poll_fn(|cx| {
        if shared.poll_quiet(cx).is_ready() {
            return Poll::Ready(false);
        }
        timer.as_mut().poll_elapsed(cx).map(|_| true)
    })
    .await;
    left.then(|| RunError::Unfinished {
        after,
        tasks: shared.counts().tasks.now(),
        jobs: shared.counts().jobs.now(),
    })
}
