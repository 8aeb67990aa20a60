//! How much is alive.

use crate::runtime::{self, NoRuntime};

/// What is alive in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Facade tasks, the main future of `run` included.
    pub tasks: usize,
    /// Timers of the backend, made by sleeps and deadlines.
    pub timers: usize,
    /// Holds that keep cancelled scopes waiting.
    pub holds: usize,
    /// Functions handed to the backend's worker threads and not done.
    pub jobs: usize,
    /// Tokens of the default limiter that are lent.
    pub tokens: usize,
}

/// What is alive in the run around the caller; inside foreign runtimes, in the whole process.
///
/// ```no_run
/// anyrt::run(async {
///     assert_eq!(anyrt::debug::counts().unwrap().tasks, 1);
/// });
/// ```
///
/// # Errors
///
/// When there is no runtime around the caller.
pub fn counts() -> Result<Counts, NoRuntime> {
    runtime::with(|_, shared| {
        let counts = shared.counts();
        Counts {
            tasks: counts.tasks.now(),
            timers: counts.timers.now(),
            holds: counts.holds.now(),
            jobs: counts.jobs.now(),
            tokens: shared.limiter().statistics().borrowed,
        }
    })
}
