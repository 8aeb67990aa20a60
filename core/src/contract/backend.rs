//! The trait that a runtime implements.

use std::{
    error::Error,
    fmt,
    future::Future,
    io,
    panic::Location,
    task::{Context, Poll},
};

use super::{Capabilities, Describe, Origin, OwnedIo, RawTimer, Refused, RuntimeId, Source};
use crate::{Instant, park, pool};

/// A handle on one runtime: it spawns, keeps time, watches descriptors and runs blocking jobs.
///
/// A handle is cheap to clone, may be used from any thread, and neither keeps the runtime's threads
/// alive nor needs the runtime's own thread-local context: an implementation whose runtime has such
/// a context enters it by itself, in every method and in every object made here.
///
/// # Duties
///
/// *Tasks* are never polled inside [`spawn`](Backend::spawn), never on two threads at once, never
/// after they have completed or panicked. At shutdown they are dropped, not leaked. A waker works
/// from any thread, at any time; a wake that comes late, twice, or after the task is gone does
/// nothing. Where the runtime has threads of its own, tasks run also while nobody is inside
/// [`Launch::block_on`](super::Launch::block_on).
///
/// *Timers*, *readiness* and *lifetime* of descriptors: see [`RawTimer`] and [`Source`].
///
/// *Blocking jobs* run exactly once, off the threads that poll tasks; a job that has not started
/// when the runtime shuts down may be dropped instead, on any thread, but is never leaked.
///
/// # After shutdown
///
/// No method panics and none hangs: `spawn` returns [`Gone`], `spawn_blocking` and `register`
/// return an error, timers answer [`Gone`].
pub trait Backend: Clone + Send + Sync + 'static {
    /// The timer this runtime makes.
    type Timer: RawTimer + 'static;
    /// The watched descriptor this runtime makes.
    type Source: Source + 'static;

    /// A short constant name, as in the Cargo feature that enables the backend: `"tokio"`.
    fn name(&self) -> &'static str;

    /// Which runtime instance this handle belongs to.
    ///
    /// Two handles are equal in this exactly if a task spawned through one runs beside tasks spawned
    /// through the other.
    fn id(&self) -> RuntimeId;

    /// What this runtime can not do, honestly.
    ///
    /// The suite reports cases that are ruled out here as skipped, with the reason, never as passed.
    fn capabilities(&self) -> Capabilities;

    /// Starts a task; the future is not polled before this returns.
    ///
    /// The task is detached: there is nothing to wait for or to abort. anyrt never lets a panic
    /// out of `task`, but a backend must survive one.
    ///
    /// # Errors
    ///
    /// [`Gone`] if the runtime has shut down. The future has then been dropped before this returns.
    #[track_caller]
    fn spawn<F>(&self, task: F) -> Result<(), Gone>
    where
        F: Future<Output = ()> + Send + 'static;

    /// [`spawn`](Self::spawn), with what the task is called in the program: the facade spawns in this way.
    ///
    /// For a runtime that names its tasks in what it reports. The default body forgets the origin.
    ///
    /// # Errors
    ///
    /// See [`spawn`](Self::spawn).
    #[track_caller]
    #[inline]
    fn spawn_from<F>(&self, origin: Origin, task: F) -> Result<(), Gone>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        drop(origin);
        self.spawn(task)
    }

    /// Keeps how a facade describes what runs in here. It is called once for each run, before the first task.
    ///
    /// For a runtime that reports a hang. The default body forgets it.
    fn describe_with(&self, describe: Describe) {
        drop(describe);
    }

    /// Runs `job` once on a thread where blocking is allowed.
    ///
    /// The default body uses [core's own pool](crate::pool), which is shared by the whole process and knows of
    /// no shutdown: a runtime that has one refuses jobs afterwards ([`Tally`](crate::tally::Tally) counts them).
    /// How many jobs run at once is bounded above this, by a limiter: a pool that grows as needed
    /// is right here. Jobs that wait for each other must all get a thread.
    ///
    /// # Errors
    ///
    /// When the runtime is gone or no thread can be had at all; `job` has then been dropped.
    #[track_caller]
    fn spawn_blocking<J>(&self, job: J) -> io::Result<()>
    where
        J: FnOnce() + Send + 'static,
    {
        pool::run(Box::new(job))
    }

    /// [`spawn_blocking`](Self::spawn_blocking), with the place in the program that asks for the job: the facade submits
    /// in this way.
    ///
    /// For a runtime that names its jobs in what it reports. The default body forgets the place.
    ///
    /// # Errors
    ///
    /// See [`spawn_blocking`](Self::spawn_blocking).
    #[track_caller]
    #[inline]
    fn spawn_blocking_from<J>(&self, place: &'static Location<'static>, job: J) -> io::Result<()>
    where
        J: FnOnce() + Send + 'static,
    {
        let _ = place;
        self.spawn_blocking(job)
    }

    /// The runtime's clock: monotonic, the same on every thread; virtual on a simulation.
    fn now(&self) -> Instant;

    /// A timer that elapses at `at`; `None` means never.
    ///
    /// Nothing needs to be registered before the first poll.
    fn timer(&self, at: Option<Instant>) -> Self::Timer;

    /// Hands a descriptor to the runtime's reactor, switching it to non-blocking mode.
    ///
    /// # Errors
    ///
    /// The descriptor always comes back in [`Refused`], open: when it is already registered, is a
    /// regular file, when the runtime is gone, or when the runtime has no reactor.
    fn register(&self, io: OwnedIo) -> Result<Self::Source, Refused<OwnedIo>>;

    /// Blocks the calling thread, a blocking job's or a foreign one, until `poll` is ready.
    ///
    /// What it waits for is done by this runtime's tasks. The default body [parks the thread](park::until) between
    /// polls, which is right wherever jobs run beside tasks. A runtime that runs one thing at a time lets
    /// others have their turn here. When the runtime has shut down, the wakers still work.
    fn block_until(&self, poll: &mut dyn FnMut(&mut Context<'_>) -> Poll<()>) {
        park::until(poll);
    }

    /// Whether the calling thread is one that polls this runtime's tasks right now.
    ///
    /// Blocking on it for something the runtime has to do would be a deadlock, so callers turn a
    /// `true` into an error.
    fn on_runtime_thread(&self) -> bool;
}

/// The runtime has shut down; what was asked of it will not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the runtime has shut down")
    }
}

impl Error for Gone {}

impl From<Gone> for io::Error {
    /// One error for every backend: kind `Other`, with `Gone` as its source.
    fn from(gone: Gone) -> Self {
        io::Error::other(gone)
    }
}
