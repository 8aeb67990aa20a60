//! anyrt on tokio.
#![forbid(unsafe_code)]

#[cfg(not(unix))]
compile_error!(
    "anyrt-tokio watches descriptors through tokio's `AsyncFd`, which exists on Unix only"
);

mod ambient;
mod backend;
mod launch;
mod source;
mod tally;
mod timer;

pub use backend::Tokio;
pub use launch::TokioRuntime;
pub use source::TokioSource;
pub use timer::Timer;
