//! Honest statements of what a runtime can and can not do.

/// What a runtime can do; the suite skips, with a reason, what is ruled out here.
///
/// [`Capabilities::all`] is a full runtime; take away what is missing:
///
/// ```
/// use anyrt_core::Capabilities;
///
/// let single_threaded = Capabilities::all().without_parallel_tasks().without_own_threads();
/// assert!(!single_threaded.parallel_tasks());
/// assert!(single_threaded.descriptors());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    parallel_tasks: bool,
    own_threads: bool,
    descriptors: bool,
    shutdown: bool,
    real_clock: bool,
}

impl Capabilities {
    /// A runtime that can do everything.
    pub const fn all() -> Self {
        Self {
            parallel_tasks: true,
            own_threads: true,
            descriptors: true,
            shutdown: true,
            real_clock: true,
        }
    }

    /// Tasks run on several threads at once.
    pub const fn parallel_tasks(self) -> bool {
        self.parallel_tasks
    }

    /// Tasks make progress while no thread is inside `block_on`.
    pub const fn own_threads(self) -> bool {
        self.own_threads
    }

    /// [`Backend::register`](super::Backend::register) accepts descriptors.
    pub const fn descriptors(self) -> bool {
        self.descriptors
    }

    /// The runtime can be shut down; `false` for one that lives as long as the process.
    pub const fn shutdown(self) -> bool {
        self.shutdown
    }

    /// The clock is the machine's; `false` for a virtual one.
    pub const fn real_clock(self) -> bool {
        self.real_clock
    }

    /// All tasks share one thread.
    #[must_use]
    pub const fn without_parallel_tasks(mut self) -> Self {
        self.parallel_tasks = false;
        self
    }

    /// Tasks run only while somebody is inside `block_on`.
    #[must_use]
    pub const fn without_own_threads(mut self) -> Self {
        self.own_threads = false;
        self
    }

    /// There is no reactor; `register` refuses everything.
    #[must_use]
    pub const fn without_descriptors(mut self) -> Self {
        self.descriptors = false;
        self
    }

    /// The runtime is global to the process and never ends.
    #[must_use]
    pub const fn without_shutdown(mut self) -> Self {
        self.shutdown = false;
        self
    }

    /// Time is virtual.
    #[must_use]
    pub const fn with_virtual_clock(mut self) -> Self {
        self.real_clock = false;
        self
    }
}
