//! Which runtime the calling code runs on.
//!
//! Nothing has to be set up: a call finds its runtime at its first poll, and the object it makes
//! keeps it. In this order (rule R1):
//!
//! 1. the runtime of the facade task that is being polled, or of the facade worker thread;
//! 2. the tokio runtime around the caller, with feature `tokio`;
//! 3. async-std, with feature `async-std`, inside one of its tasks;
//! 4. smol or async-std, whose runtimes are there for every thread: the only backend that is compiled in, `sim` aside, or
//!    the one that `ANYRT_BACKEND` named when the program first asked.
//!
//! So a backend that another crate turns on takes no call. A program that lives in `smol::block_on` beside other
//! backends says where it is, by [`Handle::native`] and [`Handle::around`].
//!
//! Where there is none, what reports or tries returns [`NoRuntime`] as an error: [`try_current`], `try_run`, all of
//! [`debug`](crate::debug). What has work to do, or a value that is no `Result`, panics with the same text and names the
//! place of the call.
//!
//! ```
//! // Asking does not panic; here no feature is on, or no runtime is around.
//! match anyrt::runtime::try_current() {
//!     Ok(runtime) => println!("on {}", runtime.backend()),
//!     Err(error) => println!("{error}"),
//! }
//! ```

#[cfg(not(all(
    feature = "tokio",
    feature = "smol",
    feature = "async-std",
    feature = "sim"
)))]
mod absent;
mod any_backend;
mod around;
mod detect;
mod erased;
mod handle;
pub(crate) mod known;
mod leaf;
mod no_runtime;
mod timer;

use std::sync::Arc;

use anyrt_core::{Instant, Runtime, Shared, context, tree::NodeRef};

pub(crate) use any_backend::{AnyBackend, Spawned};
pub use around::Around;
pub use handle::Handle;
pub(crate) use leaf::Leaf;
pub use no_runtime::NoRuntime;
pub(crate) use no_runtime::no_runtime_at;
pub(crate) use timer::Timer;

/// The name of the backend that calls made here run on: `"tokio"`, `"smol"`, `"async-std"`, `"sim"`.
///
/// # Panics
///
/// When there is none; [`try_current`] asks without a panic.
#[track_caller]
pub fn current_backend() -> &'static str {
    match with(|backend, _| backend.name()) {
        Ok(name) => name,
        Err(error) => panic!("{error}"),
    }
}

/// The runtime that calls made here run on, to be kept; it does not panic.
///
/// # Errors
///
/// [`NoRuntime`] says which feature to turn on, or where to call from.
pub fn try_current() -> Result<Handle, NoRuntime> {
    Handle::of_caller()
}

/// Runs `f` with the runtime around the caller, borrowed where that is possible.
pub(crate) fn with<R>(f: impl FnOnce(&AnyBackend, &Arc<Shared>) -> R) -> Result<R, NoRuntime> {
    context::runtime(|runtime| match runtime {
        Some(runtime) => Ok(match handle_of(runtime) {
            Ok(handle) => f(handle, runtime.shared()),
            Err(handle) => f(&handle, runtime.shared()),
        }),
        None => detect::detect().map(|handle| f(&handle, detect::ambient())),
    })
}

/// Whether the caller is in a facade task, or on a facade worker thread.
pub(crate) fn is_attached() -> bool {
    context::runtime(|runtime| runtime.is_some())
}

/// Whether this thread polls a facade future, a task of any run, or one of a native runtime where that can be seen.
pub(crate) fn is_polling_here() -> bool {
    context::is_inside() || detect::polls_natively()
}

/// The runtime around the caller, to be kept: what a group hands to its children.
pub(crate) fn attached() -> Result<(Arc<Runtime>, AnyBackend), NoRuntime> {
    context::runtime(|runtime| match runtime {
        Some(runtime) => {
            let handle = handle_of(runtime).map_or_else(|handle| handle, AnyBackend::clone);
            Ok((Arc::clone(runtime), handle))
        }
        None => {
            let handle = detect::detect()?;
            let shared = Arc::clone(detect::ambient());
            Ok((Runtime::new(handle.clone(), shared), handle))
        }
    })
}

/// The node above every task of a run; `None` in a foreign runtime, where there is no run.
pub(crate) fn root_of_run(runtime: &Runtime) -> Option<&NodeRef> {
    let shared = runtime.shared();
    (!Arc::ptr_eq(shared, detect::ambient())).then(|| shared.root())
}

/// The time on the runtime around the caller; the machine's clock where there is none.
pub(crate) fn now() -> Instant {
    detect::know_clocks();
    Instant::now()
}

/// The facade's handle in a runtime; another version's is taken through its erased form.
fn handle_of(runtime: &Runtime) -> Result<&AnyBackend, AnyBackend> {
    runtime
        .handle()
        .as_any()
        .downcast_ref()
        .ok_or_else(|| AnyBackend::Other(erased::Erased(runtime.handle().erased())))
}

/// What is around the caller, where `run` does not nest.
pub(crate) fn surrounding() -> Option<&'static str> {
    if context::is_inside() {
        return Some("an anyrt task or worker thread");
    }
    detect::native()
}
