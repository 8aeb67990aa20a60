//! The options of a run.

use std::{future::Future, time::Duration};

use anyrt_core::Launch;

use super::{
    PortalGuard, RunError, choice,
    drive::{Local, Main, Options, Spawned},
};
#[cfg(any(
    feature = "tokio",
    feature = "smol",
    feature = "async-std",
    feature = "sim"
))]
use crate::runtime::known::Known;
use crate::{runtime, task::Identity};

/// Chooses the runtime and its options, then runs a future on it.
///
/// ```no_run
/// # fn main() -> Result<(), anyrt::RunError> {
/// let value = anyrt::Builder::new().worker_threads(2).run(async { 7 })?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until `run`"]
pub struct Builder {
    backend: Option<String>,
    workers: Workers,
    options: Options,
}

#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(not(any(feature = "tokio", feature = "smol")), expect(dead_code))]
enum Workers {
    #[default]
    Default,
    Number(usize),
    CurrentThread,
    /// The same, where the backend can; asked for by `run_local`, not by the program.
    Local,
}

impl Builder {
    /// The defaults: the backend by `ANYRT_BACKEND` or the only one compiled in, its own number of
    /// workers, no bound on the shutdown.
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts with a runtime that has been built already, a third party's for example.
    pub fn launch<L: Launch>(launch: L) -> LaunchBuilder<L> {
        LaunchBuilder {
            launch,
            options: Options::default(),
        }
    }

    /// Names the backend: `"tokio"`, `"smol"`, `"async-std"` or `"sim"`. It goes before `ANYRT_BACKEND`.
    pub fn backend(mut self, name: impl Into<String>) -> Self {
        self.backend = Some(name.into());
        self
    }

    /// How many threads poll tasks, on tokio and smol; at least one.
    ///
    /// # Panics
    ///
    /// When `count` is zero.
    #[track_caller]
    pub fn worker_threads(mut self, count: usize) -> Self {
        assert!(count > 0, "a runtime needs at least one worker thread");
        self.workers = Workers::Number(count);
        self
    }

    /// Polls everything on the calling thread: tokio's current-thread runtime, smol's executor
    /// without workers.
    pub fn current_thread(mut self) -> Self {
        self.workers = Workers::CurrentThread;
        self
    }

    /// Runs `main` and returns its value.
    ///
    /// # Errors
    ///
    /// When the run can not start, or did not end in time (see [`RunError`]).
    ///
    /// # Panics
    ///
    /// With the panic of `main`, after everything has ended.
    #[track_caller]
    pub fn run<Fut>(self, main: Fut) -> Result<Fut::Output, RunError>
    where
        Fut: Future + Send + 'static,
        Fut::Output: Send + 'static,
    {
        self.start(Spawned(main, Identity::named("main")))
    }

    /// Runs a `main` that is neither `Send` nor `'static`, on the calling thread.
    ///
    /// The runtime is a [`current_thread`](Self::current_thread) one; on async-std, which has none,
    /// only `main` stays on this thread. See [`run_local`](crate::run_local).
    ///
    /// # Errors
    ///
    /// See [`run`](Self::run).
    ///
    /// # Panics
    ///
    /// See [`run`](Self::run).
    #[track_caller]
    pub fn run_local<Fut: Future>(mut self, main: Fut) -> Result<Fut::Output, RunError> {
        match self.workers {
            Workers::Default => self.workers = Workers::Local,
            Workers::CurrentThread => {}
            Workers::Number(_) | Workers::Local => {
                return Err(RunError::LocalWorkers);
            }
        }
        self.start(Local(main, Identity::named("main")))
    }

    /// Runs the runtime on a thread of its own, and gives a portal into it.
    ///
    /// For programs without async code around. Returns when the portal is open, and blocks until then.
    ///
    /// # Errors
    ///
    /// When the run can not start (see [`RunError`]).
    #[track_caller]
    pub fn start_portal(self) -> Result<PortalGuard, RunError> {
        let identity = Identity::named("portal");
        PortalGuard::start(move |main| self.start(Spawned(main, identity)))
    }

    fn start<M: Main>(self, main: M) -> Result<M::Value, RunError> {
        refuse_nesting()?;
        match choice::choose(self.backend.as_deref())? {
            #[cfg(feature = "tokio")]
            Known::Tokio => {
                let launch = match self.workers {
                    Workers::Default => anyrt_tokio::TokioRuntime::multi_thread(None),
                    Workers::Number(count) => anyrt_tokio::TokioRuntime::multi_thread(Some(count)),
                    Workers::CurrentThread | Workers::Local => {
                        anyrt_tokio::TokioRuntime::current_thread()
                    }
                };
                self.launched(launch, main)
            }
            #[cfg(feature = "smol")]
            Known::Smol => {
                let launch = match self.workers {
                    Workers::Default => anyrt_smol::SmolRuntime::new(None),
                    Workers::Number(count) => anyrt_smol::SmolRuntime::new(Some(count)),
                    Workers::CurrentThread | Workers::Local => {
                        anyrt_smol::SmolRuntime::current_thread()
                    }
                };
                self.launched(launch, main)
            }
            #[cfg(feature = "async-std")]
            Known::AsyncStd => {
                self.only_default_workers(Known::AsyncStd)?;
                self.launched(Ok(anyrt_async_std::AsyncStdRuntime::new()), main)
            }
            #[cfg(feature = "sim")]
            Known::Sim => {
                if let Workers::Number(_) = self.workers {
                    self.only_default_workers(Known::Sim)?;
                }
                self.launched(anyrt_sim::SimRuntime::from_env(), main)
            }
            #[cfg(not(all(
                feature = "tokio",
                feature = "smol",
                feature = "async-std",
                feature = "sim"
            )))]
            _ => {
                drop(main);
                unreachable!("only a backend that is compiled in is chosen")
            }
        }
    }

    #[cfg(any(feature = "async-std", feature = "sim"))]
    fn only_default_workers(&self, backend: Known) -> Result<(), RunError> {
        let option = match self.workers {
            Workers::Default | Workers::Local => return Ok(()),
            Workers::Number(_) => "worker_threads",
            Workers::CurrentThread => "current_thread",
        };
        Err(RunError::Unsupported {
            backend: backend.name(),
            option,
        })
    }

    #[cfg(any(
        feature = "tokio",
        feature = "smol",
        feature = "async-std",
        feature = "sim"
    ))]
    fn launched<L, M>(&self, launch: std::io::Result<L>, main: M) -> Result<M::Value, RunError>
    where
        L: Launch,
        M: Main,
    {
        main.run(launch.map_err(RunError::Launch)?, self.options)
    }
}

/// The options of a run on a runtime that was built elsewhere; made by [`Builder::launch`].
#[derive(Debug)]
#[must_use = "a builder does nothing until `run`"]
pub struct LaunchBuilder<L> {
    launch: L,
    options: Options,
}

impl<L: Launch> LaunchBuilder<L> {
    /// See [`Builder::run`].
    ///
    /// # Errors
    ///
    /// See [`Builder::run`].
    #[track_caller]
    pub fn run<Fut>(self, main: Fut) -> Result<Fut::Output, RunError>
    where
        Fut: Future + Send + 'static,
        Fut::Output: Send + 'static,
    {
        refuse_nesting()?;
        Spawned(main, Identity::named("main")).run(self.launch, self.options)
    }

    /// See [`Builder::run_local`]: `main` stays on the calling thread; where tasks run is for the
    /// launched runtime to say.
    ///
    /// # Errors
    ///
    /// See [`Builder::run`].
    #[track_caller]
    pub fn run_local<Fut: Future>(self, main: Fut) -> Result<Fut::Output, RunError> {
        refuse_nesting()?;
        Local(main, Identity::named("main")).run(self.launch, self.options)
    }
}

impl<L: Launch + Send + 'static> LaunchBuilder<L> {
    /// See [`Builder::start_portal`].
    ///
    /// # Errors
    ///
    /// See [`Builder::start_portal`].
    #[track_caller]
    pub fn start_portal(self) -> Result<PortalGuard, RunError> {
        let identity = Identity::named("portal");
        PortalGuard::start(move |main| Spawned(main, identity).run(self.launch, self.options))
    }
}

macro_rules! options {
    () => {
        /// Bounds how long the run waits, after its main future, for what that left running. Default:
        /// no bound.
        pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
            self.options.shutdown_timeout = Some(timeout);
            self
        }

        /// Reports each poll of a task that takes this long or longer: it has blocked a thread that others need.
        ///
        /// Reports go to [`on_slow_poll`](crate::debug::on_slow_poll), or to stderr: name and place of the task, and
        /// how long it took in real time. Off unless it is asked for; then no clock is read. Rule T15.
        pub fn slow_poll(mut self, limit: Duration) -> Self {
            self.options.slow_poll = Some(limit);
            self
        }

        /// Does not round deadlines up to the grid of one millisecond that the run's timers share.
        ///
        /// The grid lets many timers share one wake-up, and costs less than a millisecond of lateness.
        /// tokio's timers have a grid of their own, which stays.
        pub fn exact_deadlines(mut self) -> Self {
            self.options.exact_deadlines = true;
            self
        }
    };
}

impl Builder {
    options!();
}

impl<L> LaunchBuilder<L> {
    options!();
}

/// A run blocks its thread, so it has no place on one that polls; a thread that a runtime has for blocking code can not
/// always be told from those.
fn refuse_nesting() -> Result<(), RunError> {
    match runtime::surrounding() {
        Some(inside) => Err(RunError::Nested { inside }),
        None => Ok(()),
    }
}
