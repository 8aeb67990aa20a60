//! Finding the runtime around a caller that is in no facade task.

use std::sync::{Arc, OnceLock};

use anyrt_core::{
    Shared,
    tree::{Deadline, Kind, Node},
};

#[cfg(any(feature = "tokio", feature = "smol", feature = "async-std"))]
use super::any_backend;
use super::any_backend::AnyBackend;

/// There is no runtime for a call to run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoRuntime;

impl std::error::Error for NoRuntime {}

impl std::fmt::Display for NoRuntime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if cfg!(feature = "tokio") {
            "no runtime around this call: make it inside `anyrt::run` or inside a tokio runtime, or turn on \
             anyrt's feature `smol`, whose runtime works from any thread"
        } else if cfg!(feature = "sim") {
            "no runtime around this call: make it inside `anyrt::run`; the simulation exists only there"
        } else {
            "anyrt has no runtime: turn on one of its features `tokio`, `smol`, `async-std` or `sim` in \
             the application, for example `cargo run --features tokio` or \
             `anyrt = { version = \"0.1\", features = [\"tokio\"] }`"
        })
    }
}

/// The runtime around the caller, by the order of rule R1.
pub(super) fn detect() -> Result<AnyBackend, NoRuntime> {
    #[cfg(feature = "tokio")]
    if let Some(tokio) = any_backend::Tokio::current() {
        return Ok(AnyBackend::Tokio(tokio));
    }
    #[cfg(feature = "async-std")]
    if let Some(async_std) = any_backend::AsyncStd::current() {
        return Ok(AnyBackend::AsyncStd(async_std));
    }
    from_any_thread().ok_or(NoRuntime)
}

/// A runtime that works without being entered.
fn from_any_thread() -> Option<AnyBackend> {
    #[cfg(feature = "smol")]
    return Some(AnyBackend::Smol(any_backend::Smol::global()));
    #[cfg(all(feature = "async-std", not(feature = "smol")))]
    return Some(AnyBackend::AsyncStd(any_backend::AsyncStd::new()));
    #[cfg(not(any(feature = "smol", feature = "async-std")))]
    None
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

/// What all facade code inside foreign runtimes shares: one for the process.
pub(super) fn ambient() -> &'static Arc<Shared> {
    static AMBIENT: OnceLock<Arc<Shared>> = OnceLock::new();
    AMBIENT.get_or_init(|| {
        // Above nobody: what runs here belongs to the foreign runtime.
        let root = Arc::new(Node::new(Kind::Children, Deadline::Never));
        Shared::new(Some(std::time::Instant::now().into()), root)
    })
}
