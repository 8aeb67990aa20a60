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

use super::{AnyBackend, Around, NoRuntime, attached, detect, known::Known};

/// A runtime, kept for later; made by [`try_current`](super::try_current) and by [`native`](Handle::native).
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

    /// The runtime that every thread of the process shares: `"smol"`, the executor behind `smol::spawn`, or
    /// `"async-std"`.
    ///
    /// For a program that lives in `smol::block_on` while other backends are compiled in, by another crate of its
    /// workspace for example: nothing tells then that its calls are meant for smol (rule R1).
    ///
    /// ```no_run
    /// # async fn serve() {}
    /// # mod smol { pub fn block_on<F: Future>(_: F) -> F::Output { unimplemented!() } }
    /// use anyrt::runtime::{Handle, NoRuntime};
    ///
    /// fn main() -> Result<(), NoRuntime> {
    ///     let smol = Handle::native("smol")?;
    ///     smol::block_on(smol.around(serve()));
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// When the feature of that backend is off, or its runtimes are not shared by every thread.
    pub fn native(backend: &str) -> Result<Self, NoRuntime> {
        let known = Known::by_name(backend).ok_or(NoRuntime::NOT_NATIVE)?;
        Ok(Self::of_foreign(detect::native_of(known)?))
    }

    /// A handle on a runtime that no run of anyrt's has started.
    pub(super) fn of_foreign(backend: AnyBackend) -> Self {
        let shared = Arc::clone(detect::ambient());
        Self {
            runtime: Runtime::new(backend.clone(), shared),
            backend,
        }
    }

    /// The name of its backend: `"tokio"`, `"smol"`, `"async-std"`, `"sim"`.
    pub fn backend(&self) -> &'static str {
        self.backend.name()
    }

    /// A future that is polled inside that runtime, by whichever executor polls it.
    ///
    /// What it calls finds the runtime around it, as inside [`run`](crate::run); tasks that it starts run there. Scopes
    /// around it are around `future` too, also those of another runtime.
    ///
    /// ```no_run
    /// # async fn work() {}
    /// # mod pollster { pub fn block_on<F: Future>(_: F) -> F::Output { unimplemented!() } }
    /// anyrt::run(async {
    ///     let runtime = anyrt::runtime::try_current()?;
    ///     // A thread of the program's own, and an executor that knows nothing of anyrt.
    ///     std::thread::spawn(move || pollster::block_on(runtime.around(work())));
    ///     Ok::<(), anyrt::runtime::NoRuntime>(())
    /// });
    /// ```
    ///
    /// # Cancel safety
    ///
    /// If dropped before completion, so is `future`, inside the runtime.
    ///
    /// # Panics
    ///
    /// With the panic of `future`, and when polled again after it was ready.
    pub fn around<F: Future>(&self, future: F) -> Around<F> {
        Around::new(Arc::clone(&self.runtime), future)
    }

    /// Runs `f` on this thread as if it were called in that runtime, outside every scope.
    ///
    /// What `f` spawns into an owned group, or polls for the first time, goes there. `f` is to be short, and
    /// can not wait: a [`run`](crate::run) inside is refused (rule R3).
    pub fn enter<R>(&self, f: impl FnOnce() -> R) -> R {
        // A scope would report a cancel, to nobody.
        let region = Region::new(Kind::Part, Deadline::Never);
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
