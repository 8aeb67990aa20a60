//! Runtimes for the cases that start some themselves.

use std::{
    fmt,
    future::Future,
    io,
    pin::{Pin, pin},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyrt::{LaunchBuilder, RunError, thread::PortalGuard};
use anyrt_core::{ErasedBackend, Gone, Instant, Launch, RawTimer};

use crate::{BoxFuture, Harness};

/// Options of anyrt's builder that a case may ask for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// `Builder::shutdown_timeout`.
    pub shutdown_timeout: Option<Duration>,
    /// `Builder::exact_deadlines`.
    pub exact_deadlines: bool,
    /// `Builder::slow_poll`.
    pub slow_poll: Option<Duration>,
}

impl Options {
    fn apply<L: Launch>(self, mut builder: LaunchBuilder<L>) -> LaunchBuilder<L> {
        if let Some(timeout) = self.shutdown_timeout {
            builder = builder.shutdown_timeout(timeout);
        }
        if let Some(limit) = self.slow_poll {
            builder = builder.slow_poll(limit);
        }
        if self.exact_deadlines {
            builder = builder.exact_deadlines();
        }
        builder
    }
}

/// Starts runtimes of the harness's kind, on whichever thread asks.
#[derive(Clone, Copy)]
pub struct Rig {
    launch: fn() -> Box<dyn AnyLaunch>,
}

impl Rig {
    pub(crate) fn of<H: Harness>() -> Self {
        Self {
            launch: || Box::new(H::launch()),
        }
    }

    /// A fresh runtime, to be used through the contract.
    pub fn start(&self) -> Started {
        let launch = (self.launch)();
        Started {
            backend: launch.erased(),
            launch: Some(launch),
        }
    }

    /// Runs `main` on a fresh runtime by anyrt's `run`.
    ///
    /// # Errors
    ///
    /// What the run returned.
    pub fn run<T: Send + 'static>(
        &self,
        main: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, RunError> {
        self.run_with(Options::default(), main)
    }

    /// The same with a shutdown timeout.
    ///
    /// # Errors
    ///
    /// What the run returned.
    pub fn run_within<T: Send + 'static>(
        &self,
        timeout: Duration,
        main: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, RunError> {
        let options = Options {
            shutdown_timeout: Some(timeout),
            ..Options::default()
        };
        self.run_with(options, main)
    }

    /// The same with options of the builder.
    ///
    /// # Errors
    ///
    /// What the run returned.
    pub fn run_with<T: Send + 'static>(
        &self,
        options: Options,
        main: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, RunError> {
        let slot = Arc::new(Mutex::new(None));
        let filled = Arc::clone(&slot);
        let main = Box::pin(async move {
            let value = main.await;
            *filled.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
        });
        (self.launch)().run(options, main)?;
        let value = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(value.expect("the run returned, so its main future did"))
    }

    /// Runs `main` on this thread and a fresh runtime by anyrt's `run_local`.
    ///
    /// # Errors
    ///
    /// What the run returned.
    pub fn run_local<T>(
        &self,
        options: Options,
        main: impl Future<Output = T>,
    ) -> Result<T, RunError> {
        let mut value = None;
        let main = Box::pin(async { value = Some(main.await) });
        (self.launch)().run_local(options, main)?;
        Ok(value.expect("the run returned, so its main future did"))
    }

    /// A fresh runtime on a thread of its own, by anyrt's `start_portal`.
    ///
    /// # Errors
    ///
    /// When it could not be started.
    pub fn start_portal(&self) -> Result<PortalGuard, RunError> {
        (self.launch)().start_portal()
    }
}

impl fmt::Debug for Rig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rig").finish_non_exhaustive()
    }
}

/// [`Launch`] behind a pointer, so that a case is compiled once and not for every backend.
trait AnyLaunch {
    fn erased(&self) -> Arc<dyn ErasedBackend>;
    fn block_on(&self, main: Pin<&mut (dyn Future<Output = ()> + '_)>);
    fn shutdown(self: Box<Self>, grace: Duration) -> bool;
    fn run(self: Box<Self>, options: Options, main: BoxFuture) -> Result<(), RunError>;
    fn run_local(
        self: Box<Self>,
        options: Options,
        main: Pin<Box<dyn Future<Output = ()> + '_>>,
    ) -> Result<(), RunError>;
    fn start_portal(self: Box<Self>) -> Result<PortalGuard, RunError>;
}

impl<L: Launch + Send + 'static> AnyLaunch for L {
    fn erased(&self) -> Arc<dyn ErasedBackend> {
        Arc::new(Launch::backend(self))
    }

    fn block_on(&self, main: Pin<&mut (dyn Future<Output = ()> + '_)>) {
        Launch::block_on(self, main);
    }

    fn shutdown(self: Box<Self>, grace: Duration) -> bool {
        Launch::shutdown(*self, grace)
    }

    fn run(self: Box<Self>, options: Options, main: BoxFuture) -> Result<(), RunError> {
        options.apply(anyrt::Builder::launch(*self)).run(main)
    }

    fn run_local(
        self: Box<Self>,
        options: Options,
        main: Pin<Box<dyn Future<Output = ()> + '_>>,
    ) -> Result<(), RunError> {
        options.apply(anyrt::Builder::launch(*self)).run_local(main)
    }

    fn start_portal(self: Box<Self>) -> Result<PortalGuard, RunError> {
        anyrt::Builder::launch(*self).start_portal()
    }
}

/// A runtime that has been started. Dropping it shuts it down.
pub struct Started {
    launch: Option<Box<dyn AnyLaunch>>,
    backend: Arc<dyn ErasedBackend>,
}

impl Started {
    const GRACE: Duration = Duration::from_secs(10);

    /// A handle that outlives the runtime.
    pub fn backend(&self) -> Arc<dyn ErasedBackend> {
        Arc::clone(&self.backend)
    }

    /// Drives `main` on this thread.
    pub fn block_on<T>(&self, main: impl Future<Output = T>) -> T {
        let mut value = None;
        let launch = self.launch.as_ref().expect("it has not been shut down");
        launch.block_on(pin!(async { value = Some(main.await) }));
        value.expect("`block_on` returned before its future was ready")
    }

    /// Starts a task.
    ///
    /// # Errors
    ///
    /// When the runtime is gone.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> Result<(), Gone> {
        self.backend.spawn_boxed(Box::pin(task))
    }

    /// Starts a blocking job.
    ///
    /// # Errors
    ///
    /// When the runtime is gone or has no thread.
    pub fn spawn_blocking(&self, job: impl FnOnce() + Send + 'static) -> io::Result<()> {
        self.backend.spawn_blocking_boxed(Box::new(job))
    }

    /// A timer.
    pub fn timer(&self, at: Option<Instant>) -> Pin<Box<dyn RawTimer>> {
        self.backend.timer_boxed(at)
    }

    /// A timer that elapses so long from now.
    pub fn timer_after(&self, delay: Duration) -> Pin<Box<dyn RawTimer>> {
        self.timer(self.backend.now().checked_add(delay))
    }

    /// Ends the runtime; `false` if jobs still run.
    pub fn shutdown(mut self) -> bool {
        match self.launch.take() {
            Some(launch) => launch.shutdown(Self::GRACE),
            None => true,
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if let Some(launch) = self.launch.take() {
            launch.shutdown(Self::GRACE);
        }
    }
}

impl fmt::Debug for Started {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Started")
            .field("backend", &self.backend.name())
            .finish_non_exhaustive()
    }
}
