//! A runtime that is kept, for code that is in none.

use std::{
    fmt,
    panic::{RefUnwindSafe, UnwindSafe},
    sync::Arc,
};

use anyrt_core::{
    Runtime,
    context::{self, Region},
    tree::{Deadline, Kind},
};

use super::{AnyBackend, NoRuntime, attached};

/// A runtime, kept for later; made by [`try_current`](super::try_current).
///
/// Most code needs none: a call finds its runtime. It serves where there is none around the
/// caller, on a thread that the program started itself for example:
///
/// ```no_run
/// anyrt::run(async {
///     let runtime = anyrt::runtime::try_current()?;
///     std::thread::spawn(move || {
///         runtime.enter(|| assert!(anyrt::runtime::try_current().is_ok()));
///     });
///     Ok::<(), anyrt::runtime::NoRuntime>(())
/// });
/// ```
///
/// It keeps nothing running: once its run has ended, what is started through it ends as cancelled (rule R6).
#[derive(Clone)]
pub struct Handle {
    runtime: Arc<Runtime>,
    backend: AnyBackend,
}

impl Handle {
    pub(super) fn of_caller() -> Result<Self, NoRuntime> {
        attached().map(|(runtime, backend)| Self { runtime, backend })
    }

    /// The name of its backend: `"tokio"`, `"smol"`, `"async-std"`, `"sim"`.
    pub fn backend(&self) -> &'static str {
        self.backend.name()
    }

    /// Runs `f` on this thread as if it were called in that runtime, outside every scope.
    ///
    /// What `f` spawns into an owned group, or polls for the first time, goes there. `f` is to be short, and
    /// can not wait: a [`run`](crate::run) inside is refused (rule R3).
    pub fn enter<R>(&self, f: impl FnOnce() -> R) -> R {
        let region = Region::new(Kind::Scope, Deadline::Never);
        context::leave(|| context::enter(&region, Some(&self.runtime), f))
    }
}

// What runs through it is contained in its own task.
impl UnwindSafe for Handle {}
impl RefUnwindSafe for Handle {}

/// Two handles are equal exactly if their tasks run beside each other.
impl PartialEq for Handle {
    fn eq(&self, other: &Self) -> bool {
        self.backend.id() == other.backend.id()
    }
}

impl Eq for Handle {}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle")
            .field("backend", &self.backend())
            .finish_non_exhaustive()
    }
}
