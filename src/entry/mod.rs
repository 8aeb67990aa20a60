//! Starting a runtime: `run`, `run_local` and their options.

mod builder;
mod choice;
mod drive;
mod error;
mod portal;

pub use builder::{Builder, LaunchBuilder};
pub use error::RunError;
pub use portal::{PortalGuard, PortalProvider, SharedPortal, start_portal};

use std::future::Future;

/// Runs `main` on the runtime that was chosen, and returns its value.
///
/// The backend is the one that `ANYRT_BACKEND` names, else the only one compiled in. An application names its own, by
/// `#[anyrt::main(backend = "tokio")]` or [`Builder::backend`]: another may be on through a crate that is built with it.
/// [`Builder`] has the options, and reports as an error what this panics about.
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

/// Runs a `main` that is neither `Send` nor `'static`, on the calling thread.
///
/// It may borrow from its caller and keep what must stay on this thread, an `Rc` say. The tasks it
/// spawns are `Send` as ever; they are polled on this thread, too, on tokio, smol and sim. All else is as in [`run`].
///
/// ```no_run
/// use std::{cell::Cell, rc::Rc};
///
/// let mut greeting = String::from("hello");
/// let count = anyrt::run_local(async {
///     let count = Rc::new(Cell::new(1));
///     greeting.push('!');
///     anyrt::yield_now().await;
///     count.get()
/// });
/// assert_eq!((count, greeting.as_str()), (1, "hello!"));
/// ```
///
/// # Panics
///
/// See [`run`].
#[track_caller]
pub fn run_local<Fut: Future>(main: Fut) -> Fut::Output {
    match Builder::new().run_local(main) {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}
