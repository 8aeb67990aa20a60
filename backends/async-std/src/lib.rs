//! anyrt on async-std.
#![forbid(unsafe_code)]

mod ambient;
mod backend;
mod launch;

pub use anyrt_async_io::{AsyncIoSource, Timer};
pub use backend::AsyncStd;
pub use launch::AsyncStdRuntime;
