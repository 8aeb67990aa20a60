//! What one run of a runtime shares: its root, its default limiter, its counts.

use std::{
    any::Any,
    collections::BTreeMap,
    fmt,
    panic::Location,
    sync::{Arc, OnceLock, Weak},
    task::{Context, Poll, Waker},
    time::Duration,
};

use slab::Slab;

use crate::{
    Counts, ErasedBackend, Instant,
    context::Key,
    limiter::Limiter,
    sync::Mutex,
    tree::{Branch, NodeRef},
    unhandled,
};

/// A runtime as the poll context knows it: the facade's own handle, and what the run shares.
///
/// The handle's type belongs to the facade; another version of the facade that meets it here goes
/// through [`RuntimeHandle::erased`].
pub struct Runtime<H: ?Sized = dyn RuntimeHandle> {
    shared: Arc<Shared>,
    handle: H,
}

/// A facade's handle on a runtime, as [`Runtime`] stores it.
pub trait RuntimeHandle: Any + Send + Sync {
    /// The runtime's clock.
    fn now(&self) -> Instant;
    /// The backend, for a facade that does not know this type.
    fn erased(&self) -> Arc<dyn ErasedBackend>;
    /// The handle, to be downcast.
    fn as_any(&self) -> &dyn Any;
}

impl<H: RuntimeHandle> Runtime<H> {
    /// A runtime that shares `shared` with others of the same run.
    pub fn new(handle: H, shared: Arc<Shared>) -> Arc<Runtime> {
        Arc::new(Self { shared, handle })
    }
}

impl<H: ?Sized> Runtime<H> {
    /// The facade's handle.
    #[inline]
    pub fn handle(&self) -> &H {
        &self.handle
    }

    /// What the run shares.
    #[inline]
    pub fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

impl<H: ?Sized> fmt::Debug for Runtime<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime")
            .field("shared", &self.shared)
            .finish_non_exhaustive()
    }
}

/// What everything inside one `run` shares; one for the whole process inside foreign runtimes.
pub struct Shared {
    root: NodeRef,
    limiter: Arc<Limiter>,
    counts: Counts,
    origin: Option<Instant>,
    quiet: Mutex<Option<Waker>>,
    slow_poll: OnceLock<Duration>,
    /// Where the functions were called that are on worker threads, or on their way there.
    jobs: Mutex<Slab<&'static Location<'static>>>,
    apart: Mutex<Vec<Weak<dyn Branch>>>,
    variables: Mutex<BTreeMap<usize, Variable>>,
}

/// What a variable is set to in one run.
type Variable = Arc<dyn Any + Send + Sync>;

/// How many worker-thread calls run at once unless a program says otherwise, on every backend.
pub const DEFAULT_THREADS: usize = 40;

impl Shared {
    /// A run whose tasks are below `root`, with the default limiter. Deadlines are rounded to a grid that starts at
    /// `origin`, or not at all.
    pub fn new(origin: Option<Instant>, root: NodeRef) -> Arc<Self> {
        Arc::new(Self {
            origin,
            quiet: Mutex::new(None),
            slow_poll: OnceLock::new(),
            jobs: Mutex::new(Slab::new()),
            apart: Mutex::new(Vec::new()),
            variables: Mutex::new(BTreeMap::new()),
            root,
            limiter: Arc::new(Limiter::new(Some(DEFAULT_THREADS))),
            counts: Counts::default(),
        })
    }

    /// The node above every task of the run.
    pub fn root(&self) -> &NodeRef {
        &self.root
    }

    /// The limiter that worker-thread calls use by default.
    #[inline]
    pub fn limiter(&self) -> &Arc<Limiter> {
        &self.limiter
    }

    /// What is alive in the run.
    #[inline]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The first point of the grid that the run's deadlines share, if they share one.
    #[inline]
    pub fn origin(&self) -> Option<Instant> {
        self.origin
    }

    /// Counts a function that goes to a worker thread and was called at `place`. Returns the number to end it with.
    pub fn job_begins(&self, place: &'static Location<'static>) -> usize {
        self.counts.jobs.up();
        self.jobs.lock().insert(place)
    }

    /// The function has ended, or will not run.
    pub fn job_ends(&self, number: usize) {
        self.jobs.lock().remove(number);
        self.counts.jobs.down();
    }

    /// Where the functions were called that have not ended.
    pub fn jobs(&self) -> Vec<&'static Location<'static>> {
        self.jobs.lock().iter().map(|(_, place)| *place).collect()
    }

    /// How long a poll of a task may take before it is reported; not measured where there is no limit.
    #[inline]
    pub fn slow_poll(&self) -> Option<Duration> {
        self.slow_poll.get().copied()
    }

    /// Sets that limit, once.
    pub fn set_slow_poll(&self, limit: Duration) {
        let _ = self.slow_poll.set(limit);
    }

    /// Remembers a region that is not below the root, so that it can be watched while it lives.
    pub fn remember(&self, node: &NodeRef) {
        let mut apart = self.apart.lock();
        if apart.len() == apart.capacity() {
            apart.retain(|node| node.strong_count() > 0);
        }
        apart.push(Arc::downgrade(node));
    }

    /// What has been remembered and still lives.
    pub fn remembered(&self) -> Vec<NodeRef> {
        let apart = self.apart.lock();
        apart.iter().filter_map(Weak::upgrade).collect()
    }

    /// What a variable is set to in this run.
    pub fn variable(&self, key: &Key) -> Option<Variable> {
        self.variables.lock().get(&key.number()).cloned()
    }

    /// Sets a variable in this run; returns what was there.
    pub fn set_variable(&self, key: &Key, value: Variable) -> Option<Variable> {
        self.variables.lock().insert(key.number(), value)
    }

    /// What a variable is set to in this run, which is `value` if there was nothing.
    pub fn variable_or(&self, key: &Key, value: Variable) -> Variable {
        let mut variables = self.variables.lock();
        let kept = variables
            .entry(key.number())
            .or_insert_with(|| Arc::clone(&value));
        let kept = Arc::clone(kept);
        drop(variables);
        // Not under the lock: it may be the last of its kind.
        drop(value);
        kept
    }

    /// The run is over: its variables have no values any more. The caller drops them.
    pub fn take_variables(&self) -> impl Drop + use<> {
        std::mem::take(&mut *self.variables.lock())
    }

    /// Counts a task that has gone; the last one wakes whoever waits for quiet.
    #[inline]
    pub fn task_gone(&self) {
        if self.counts.tasks.down() == 0 {
            let waker = self.quiet.lock().take();
            waker.into_iter().for_each(unhandled::wake);
        }
    }

    /// Ready once no task of the run is left, orphans included.
    pub fn poll_quiet(&self, cx: &mut Context<'_>) -> Poll<()> {
        // The waker first: a task that goes between the two steps finds it.
        let waker = cx.waker().clone();
        let replaced = self.quiet.lock().replace(waker);
        drop(replaced);
        if self.counts.tasks.now() == 0 {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("root", self.root.node())
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}
