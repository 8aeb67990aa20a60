//! anyrt on smol.
#![forbid(unsafe_code)]

mod ambient;
mod backend;
mod contained;
mod launch;

pub use anyrt_async_io::{AsyncIoSource, Timer};
pub use backend::Smol;
pub use launch::SmolRuntime;
