//! What the suite has to know about a backend: how to start it.

use std::{future::Future, pin::Pin, time::Duration};

use anyrt_core::{Backend, Capabilities, Launch};

use crate::Need;

/// The future of a case.
pub type BoxFuture = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Starts the runtime that the cases run on. Only [`launch`](Harness::launch) has to be written.
pub trait Harness: 'static {
    /// The runtime.
    type Launch: Launch + Send + 'static;

    /// The column in reports, for example `"tokio-4"`.
    const NAME: &'static str;

    /// A fresh runtime, for one case.
    fn launch() -> Self::Launch;

    /// Runs a case inside the facade: on a fresh runtime, by anyrt's `run`.
    fn enter(main: BoxFuture) {
        if let Err(error) = anyrt::Builder::launch(Self::launch()).run(main) {
            panic!("the run did not end well: {error}");
        }
    }

    /// Whether [`enter`](Harness::enter) uses a runtime that was there before the facade, without `run`.
    ///
    /// Cases that start a runtime themselves are skipped then.
    fn is_ambient() -> bool {
        false
    }

    /// What the runtime can do.
    fn capabilities() -> Capabilities {
        Self::launch().backend().capabilities()
    }

    /// Why the runtime can not be asked for `need`, besides what its capabilities say.
    fn lacks(_need: Need) -> Option<&'static str> {
        None
    }

    /// Runs the case as often as makes sense: a simulation over many seeds, a stress profile under
    /// load.
    fn explore(case: &dyn Fn()) {
        case();
    }

    /// Which of the runs of [`explore`](Harness::explore) is going on, for a failure's text: the seed.
    fn schedule() -> Option<String> {
        None
    }

    /// How late a sleep may end before it counts as a failure. Only upper bounds use it, on machines
    /// that do other things too.
    fn tolerance() -> Duration {
        Duration::from_secs(5)
    }

    /// How long a case may take, all its runs together, before it counts as hung.
    fn patience() -> Duration {
        Duration::from_secs(30)
    }
}
