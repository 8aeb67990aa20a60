//! Programs that must compile. Each ends in [`spawned`], which asks of a future what a multi-thread runtime does.

mod bodies;
mod borrows;
mod generics;
mod libraries;
mod local;
mod nested;
mod never;
mod questions;
mod structs;
mod wrappers;

use std::future::Future;

/// Asks for what `tokio::spawn` asks for. The future is not run: these tests need no runtime.
fn spawned<F>(future: F)
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    drop(future);
}

/// Any error.
#[derive(Debug)]
struct Error;

impl From<std::num::ParseIntError> for Error {
    fn from(_: std::num::ParseIntError) -> Self {
        Self
    }
}
