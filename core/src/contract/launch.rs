//! Starting a runtime of one's own.

use std::{future::Future, pin::Pin, time::Duration};

use super::Backend;

/// A runtime that has been built and is about to be driven, as `anyrt::run` does.
///
/// The value owns the runtime. A backend for a runtime that only ever exists around the caller
/// needs no `Launch`.
pub trait Launch {
    /// The handle type of this runtime.
    type Backend: Backend;

    /// A handle on the runtime; tasks may be spawned through it before [`block_on`](Launch::block_on).
    fn backend(&self) -> Self::Backend;

    /// Drives `main` on the calling thread until it completes; may be called again afterwards.
    ///
    /// A runtime without threads of its own runs all its tasks, timers and descriptors in here. A
    /// panic in `main` comes out of this call and leaves the runtime usable.
    fn block_on(&self, main: Pin<&mut (dyn Future<Output = ()> + '_)>);

    /// Ends the runtime: tasks are dropped, threads joined, blocking jobs given `grace` to finish.
    ///
    /// Every wait on the runtime ends (see [`Backend`], *After shutdown*). Returns `false` if
    /// blocking jobs were still running after `grace`; they go on, on threads nobody waits for.
    fn shutdown(self, grace: Duration) -> bool
    where
        Self: Sized;
}
