//! smol's global executor: there for every thread, from the first use on.

use crate::{Smol, backend::Kind};

impl Smol {
    /// smol's global executor, the one behind `smol::spawn`.
    ///
    /// Any thread may use it. It has one thread, or `SMOL_THREADS`, and ends with the process.
    pub fn global() -> Self {
        Self(Kind::Global)
    }
}

/// How many threads the global executor has, by the rule that smol itself follows.
pub(crate) fn threads() -> usize {
    std::env::var("SMOL_THREADS")
        .ok()
        .and_then(|threads| threads.parse().ok())
        .unwrap_or(1)
}
