//! One run, from its first task to the end of its runtime (rule R5).

use std::{
    convert::Infallible,
    future::{Future, poll_fn},
    panic,
    pin::pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use anyrt_core::{
    Launch, Runtime, Shared,
    context::Snapshot,
    tree::{self, Deadline, Kind, Node, NodeRef, Reason},
};

use super::RunError;
use crate::{
    debug::{TaskTree, describe, overdue_around},
    payload::forget_panic,
    runtime::{AnyBackend, Timer},
    task::{Always, Fate, Identity, Members, in_place, spawn},
};

/// How a run goes, on whichever runtime.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Options {
    pub(super) shutdown_timeout: Option<Duration>,
    pub(super) exact_deadlines: bool,
    pub(super) slow_poll: Option<Duration>,
}

/// A main future, and where it is polled.
pub(super) trait Main {
    type Value;

    fn run<L: Launch>(self, launch: L, options: Options) -> Result<Self::Value, RunError>;
}

/// A main future that is a task like any other.
pub(super) struct Spawned<Fut>(pub(super) Fut, pub(super) Identity);

/// A main future that stays on the calling thread.
pub(super) struct Local<Fut>(pub(super) Fut, pub(super) Identity);

impl<Fut> Main for Spawned<Fut>
where
    Fut: Future + Send + 'static,
    Fut::Output: Send + 'static,
{
    type Value = Fut::Output;

    fn run<L: Launch>(self, launch: L, options: Options) -> Result<Fut::Output, RunError> {
        let run = Run::new(launch, options);
        let main = spawn(&run.members, Kind::Task, self.1, Always::new(self.0));
        run.finish(async { main.await.ok() })
    }
}

impl<Fut: Future> Main for Local<Fut> {
    type Value = Fut::Output;

    fn run<L: Launch>(self, launch: L, options: Options) -> Result<Fut::Output, RunError> {
        let run = Run::new(launch, options);
        let mut value = None;
        let filled = &mut value;
        let Self(main, identity) = self;
        let main = Always::new(async move { *filled = Some(main.await) });
        let main = in_place(&run.members, identity, main);
        let ended = run.finish(async {
            main.await;
            Some(())
        });
        ended.and_then(|()| value.ok_or_else(ended_elsewhere))
    }
}

/// One run: its runtime, and the root of what runs in it.
struct Run<L> {
    launch: L,
    options: Options,
    handle: AnyBackend,
    shared: Arc<Shared>,
    members: Arc<Members<Infallible>>,
}

impl<L: Launch> Run<L> {
    fn new(launch: L, options: Options) -> Self {
        let handle = AnyBackend::of(&launch.backend());
        let outer: NodeRef = Arc::new(Node::new(Kind::Scope, Deadline::Never));
        let root = Fate::new(&outer, Reason::Shutdown, None);
        let shared = Shared::new(
            (!options.exact_deadlines).then(|| handle.now()),
            Arc::clone(&root) as NodeRef,
        );
        if let Some(limit) = options.slow_poll {
            shared.set_slow_poll(limit);
        }
        let described = Arc::downgrade(&shared);
        handle.describe_with(Arc::new(move || {
            described
                .upgrade()
                .map_or_else(String::new, |shared| describe(&shared))
        }));
        let runtime = Runtime::new(handle.clone(), Arc::clone(&shared));
        let members = Members::new((runtime, handle.clone()), root);
        Self {
            launch,
            options,
            handle,
            shared,
            members,
        }
    }

    /// Waits for `main` and for what it leaves, then ends the runtime.
    fn finish<T>(self, main: impl Future<Output = Option<T>>) -> Result<T, RunError> {
        let mut outcome = None;
        let mut unfinished = None;
        let driven = async {
            outcome = main.await;
            tree::cancel(self.members.outer(), Reason::Shutdown);
            if let Some(after) = self.options.shutdown_timeout {
                unfinished = quiet_within(&self.handle, &self.shared, after).await;
            } else {
                poll_fn(|cx| self.shared.poll_quiet(cx)).await;
            }
        };
        // Native tasks that this thread polls meanwhile have no values; main brings its own.
        Snapshot::EMPTY.enter(|| self.launch.block_on(pin!(driven)));
        // What still runs was abandoned, or has used up its time.
        self.launch.shutdown(Duration::ZERO);
        // What was never joined fails the run now, or is told.
        for branch in self.shared.root().node().below() {
            branch.run_ended();
        }

        self.members.retire();
        let failures = self.members.take_failures();
        forget_panic(self.shared.take_variables());
        if let Some(payload) = failures.panic {
            panic::resume_unwind(payload);
        }
        match (unfinished, outcome) {
            (Some(unfinished), _) => Err(unfinished),
            (None, Some(value)) => Ok(value),
            (None, None) => Err(ended_elsewhere()),
        }
    }
}

/// Main was dropped by a runtime that somebody else has ended.
fn ended_elsewhere() -> RunError {
    RunError::Launch(anyrt_core::Gone.into())
}

/// Waits for the last task, at most so long; names what is left.
async fn quiet_within(
    handle: &AnyBackend,
    shared: &Arc<Shared>,
    after: Duration,
) -> Option<RunError> {
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
        overdue: overdue_around(shared.root(), Some(handle.now())),
        left: TaskTree::of(shared, Some(handle.now())),
        functions: shared.jobs(),
    })
}
