//! The identity of a runtime instance.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::atomic::{AtomicU64, Ordering},
};

/// Which runtime instance a handle belongs to; equal for handles of one runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RuntimeId(u64);

impl RuntimeId {
    /// A new identity, different from every other in this process.
    pub fn unique() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        // The lower half of the range; `of` draws from the upper one.
        Self(NEXT.fetch_add(1, Ordering::Relaxed) & (u64::MAX >> 1))
    }

    /// The identity of a runtime that already has one, such as `tokio::runtime::Id`.
    ///
    /// `backend` is [`Backend::name`](super::Backend::name), `native` what tells instances of that
    /// runtime apart; `()` for a runtime that is global to the process.
    pub fn of(backend: &'static str, native: impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        (backend, native).hash(&mut hasher);
        Self(hasher.finish() | !(u64::MAX >> 1))
    }
}
