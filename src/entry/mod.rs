//! Starting a runtime: `run` and its options.

mod builder;
mod choice;
mod drive;
mod error;

pub use builder::{Builder, LaunchBuilder};
pub use error::RunError;

use std::future::Future;

/// Runs `main` on the runtime that was chosen, and returns its value.
///
/// The backend is the one that `ANYRT_BACKEND` names, else the only one compiled in. [`Builder`] has the
/// options, and reports as an error what this panics about.
///
/// `main` is a task like any other. When it ends, everything still running in the run is cancelled
/// ([`Reason::Shutdown`](crate::cancel::Reason::Shutdown)) and waited for. Rules R3 and R5.
///
/// ```no_run
/// anyrt::run(async {
///     println!("on {}", anyrt::runtime::current_backend());
/// });
/// ```
///
/// # Panics
///
/// With the panic of `main`, and when there is no backend to run on, several and none named, or when it is called
/// inside a runtime (see [`RunError`]).
#[track_caller]
pub fn run<Fut>(main: Fut) -> Fut::Output
where
    Fut: Future + Send + 'static,
    Fut::Output: Send + 'static,
{
    match Builder::new().run(main) {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}
