//! Finding the runtime around a caller that is in no facade task.

use std::sync::{Arc, OnceLock};

use anyrt_core::{
    Shared,
    tree::{Deadline, Kind, Node},
};

#[cfg(any(feature = "tokio", feature = "smol", feature = "async-std"))]
use super::any_backend;
use super::{
    NoRuntime,
    any_backend::AnyBackend,
    known::{self, Known},
};

/// The runtime around the caller, by the order of rule R1.
pub(super) fn detect() -> Result<AnyBackend, NoRuntime> {
    know_clocks();
    #[cfg(feature = "tokio")]
    if let Some(tokio) = any_backend::Tokio::current() {
        return Ok(AnyBackend::Tokio(tokio));
    }
    #[cfg(feature = "async-std")]
    if let Some(async_std) = any_backend::AsyncStd::current() {
        return Ok(AnyBackend::AsyncStd(async_std));
    }
    known::outside().map_or(Err(NoRuntime::AROUND), native_of)
}

/// Has tokio's clock asked outside of facade tasks: a test may have paused it.
#[inline]
pub(super) fn know_clocks() {
    #[cfg(feature = "tokio")]
    anyrt_core::Instant::set_clock_outside(anyrt_tokio::now);
}

/// The runtime that the backend has for every thread.
pub(super) fn native_of(known: Known) -> Result<AnyBackend, NoRuntime> {
    match known {
        #[cfg(feature = "smol")]
        Known::Smol => Ok(AnyBackend::Smol(any_backend::Smol::global())),
        #[cfg(feature = "async-std")]
        Known::AsyncStd => Ok(AnyBackend::AsyncStd(any_backend::AsyncStd::new())),
        other => Err(NoRuntime::of_every_thread(other)),
    }
}

/// The native runtime around the caller, where it can be seen.
pub(super) fn native() -> Option<&'static str> {
    #[cfg(feature = "tokio")]
    if any_backend::Tokio::current().is_some() {
        return Some("a tokio runtime");
    }
    #[cfg(feature = "async-std")]
    if any_backend::AsyncStd::current().is_some() {
        return Some("an async-std task");
    }
    None
}

/// Whether this thread polls tasks of a native runtime, where that can be seen: the runtime's blocking threads do not.
pub(super) fn polls_natively() -> bool {
    #[cfg(feature = "tokio")]
    if any_backend::Tokio::current()
        .is_some_and(|tokio| anyrt_core::Backend::on_runtime_thread(&tokio))
    {
        return true;
    }
    #[cfg(feature = "async-std")]
    if any_backend::AsyncStd::current().is_some() {
        return true;
    }
    false
}

/// What all facade code inside foreign runtimes shares: one for the process.
pub(super) fn ambient() -> &'static Arc<Shared> {
    static AMBIENT: OnceLock<Arc<Shared>> = OnceLock::new();
    AMBIENT.get_or_init(|| {
        // Above nobody: what runs here belongs to the foreign runtime.
        let root = Arc::new(Node::new(Kind::Children, Deadline::Never));
        Shared::new(Some(std::time::Instant::now().into()), root)
    })
}
