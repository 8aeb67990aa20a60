//! A task as the executor keeps it, and the waker that names it.

use std::{
    fmt,
    future::Future,
    panic::Location,
    pin::Pin,
    sync::Arc,
    task::{Wake, Waker},
};

use anyrt_core::Origin;

use crate::executor::Core;

/// The body of a task.
pub(crate) type Body = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Something that is polled: a task, or the future given to `block_on`.
pub(crate) struct Task {
    pub(crate) name: Name,
    pub(crate) waker: Waker,
    /// Whether it has a place in the run queue.
    pub(crate) is_queued: bool,
    /// `None` while it is being polled, and for main, whose body is not ours.
    pub(crate) body: Option<Body>,
}

/// What a task is called when it hangs.
#[derive(Clone)]
pub(crate) enum Name {
    Main,
    Spawned { number: u64, by: SpawnedBy },
}

/// Who spawned a task, and where.
#[derive(Clone)]
pub(crate) enum SpawnedBy {
    /// A program that knows the simulation itself.
    Program(&'static Location<'static>),
    /// A facade, which says where its own caller was.
    Facade(Origin),
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Main => f.write_str("main"),
            Self::Spawned { number, by } => match by {
                SpawnedBy::Program(place) => write!(f, "task {number}, spawned at {place}"),
                SpawnedBy::Facade(origin) => write!(f, "task {origin}"),
            },
        }
    }
}

/// Which task to put into the queue. It holds no body, so that dropping a waker drops no future.
pub(crate) struct TaskWaker {
    core: Arc<Core>,
    key: u64,
}

impl TaskWaker {
    pub(crate) fn make(core: Arc<Core>, key: u64) -> Waker {
        Waker::from(Arc::new(Self { core, key }))
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.core.wake(self.key);
    }
}
