//! A runtime on a thread of its own, for programs that have none.

use std::{
    fmt,
    future::Future,
    mem,
    ops::Deref,
    panic,
    pin::Pin,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc},
    thread::{self, JoinHandle, ThreadId},
};

use super::{Builder, RunError};
use crate::thread::{Portal, Stop, portal};

/// Starts a runtime on a thread of its own, and gives a [`Portal`] into it; see [`PortalGuard`].
///
/// `backend` is the name of one that is compiled in, as for [`Builder::backend`]. For options, and to let `ANYRT_BACKEND` choose,
/// [`Builder::start_portal`]. Rule H5.
///
/// ```no_run
/// # async fn lookup(_: u32) -> String { String::new() }
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let portal = anyrt::thread::start_portal("smol")?;
/// println!("{}", portal.call(lookup(7))?);
/// // Waits for calls that still run, ends the runtime, joins its thread.
/// drop(portal);
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// When the run can not start.
#[doc(alias = "start_blocking_portal")]
pub fn start_portal(backend: &str) -> Result<PortalGuard, RunError> {
    Builder::new().backend(backend).start_portal()
}

/// A [`Portal`] into a runtime that runs on a thread of its own, until this is closed or dropped.
///
/// Dropping it stops the portal, waits for the calls that run (while the thread is panicking, cancels them), ends the
/// runtime and joins its thread: it blocks. Where a call would be refused, on a thread that polls tasks of whichever run, it
/// blocks nothing and joins nothing; the runtime then ends by itself.
#[must_use = "dropping it ends the runtime"]
pub struct PortalGuard {
    portal: Portal,
    // Taken by the join.
    thread: Option<JoinHandle<Result<(), RunError>>>,
}

/// What the thread runs.
pub(super) type Main = Pin<Box<dyn Future<Output = ()> + Send>>;

impl PortalGuard {
    /// Starts the thread, on which `run` runs what it is given, and waits until the portal is open.
    pub(super) fn start(
        run: impl FnOnce(Main) -> Result<(), RunError> + Send + 'static,
    ) -> Result<Self, RunError> {
        let (opened, open) = mpsc::channel();
        let main = portal(|portal: Portal| async move {
            // Whoever starts it waits for this.
            let _ = opened.send(portal.clone());
            portal.stopped().await;
        });
        let thread = thread::Builder::new()
            .name("anyrt-portal".to_owned())
            .spawn(move || run(Box::pin(main)))
            .map_err(RunError::Launch)?;
        match open.recv() {
            Ok(portal) => Ok(Self {
                portal,
                thread: Some(thread),
            }),
            Err(_never_opened) => match thread.join() {
                Ok(ended) => Err(ended
                    .err()
                    .unwrap_or_else(|| RunError::Launch(anyrt_core::Gone.into()))),
                Err(payload) => panic::resume_unwind(payload),
            },
        }
    }

    /// Stops the portal, ends the runtime, and joins its thread; blocks meanwhile, unless this thread polls tasks.
    ///
    /// # Errors
    ///
    /// When the run did not end well, in time for example.
    ///
    /// # Panics
    ///
    /// With a panic of the run: of a destructor, as the calls' own resume where they are waited for.
    pub fn close(mut self, how: Stop) -> Result<(), RunError> {
        match self.end(how) {
            None => Ok(()),
            Some(Ok(ended)) => ended,
            Some(Err(payload)) => panic::resume_unwind(payload),
        }
    }

    fn end(&mut self, how: Stop) -> Option<thread::Result<Result<(), RunError>>> {
        let thread = self.thread.take()?;
        self.portal.stop(how);
        (!self.portal.is_of_this_thread()).then(|| thread.join())
    }
}

impl Deref for PortalGuard {
    type Target = Portal;

    fn deref(&self) -> &Portal {
        &self.portal
    }
}

impl Drop for PortalGuard {
    fn drop(&mut self) {
        let how = if thread::panicking() {
            Stop::Cancel
        } else {
            Stop::Wait
        };
        // The panic hook has reported a panic of the run; `close` tells of it.
        crate::payload::forget_panic(self.end(how));
    }
}

impl fmt::Debug for PortalGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PortalGuard")
            .field("portal", &self.portal)
            .finish_non_exhaustive()
    }
}

/// One runtime for all who need a portal at the same time: it starts with the first and ends with the last.
///
/// ```no_run
/// use std::sync::LazyLock;
///
/// use anyrt::{Builder, thread::PortalProvider};
///
/// static RUNTIME: LazyLock<PortalProvider> =
///     LazyLock::new(|| PortalProvider::new(|| Builder::new().start_portal()));
///
/// // A synchronous function of a library that is async inside.
/// pub fn lookup(id: u32) -> Result<String, Box<dyn std::error::Error>> {
///     Ok(RUNTIME.get()?.call(lookup_async(id))?)
/// }
/// # async fn lookup_async(_: u32) -> String { String::new() }
/// ```
///
/// A clone is the same provider. Rule H5.
#[derive(Clone)]
pub struct PortalProvider {
    shared: Arc<Provided>,
}

struct Provided {
    start: Box<dyn Fn() -> Result<PortalGuard, RunError> + Send + Sync>,
    state: Mutex<State>,
    /// Told when a start is over.
    started: Condvar,
}

enum State {
    Idle,
    /// This thread starts the runtime, on no lock: that is the program's code.
    Starting(ThreadId),
    Used(Users),
}

struct Users {
    guard: PortalGuard,
    count: usize,
}

impl PortalProvider {
    /// A provider whose runtime is started by `start` whenever there is none.
    pub fn new(start: impl Fn() -> Result<PortalGuard, RunError> + Send + Sync + 'static) -> Self {
        Self {
            shared: Arc::new(Provided {
                start: Box::new(start),
                state: Mutex::new(State::Idle),
                started: Condvar::new(),
            }),
        }
    }

    /// The portal, for as long as the result lives. The first user waits until the runtime has started, and so do those who
    /// come meanwhile.
    ///
    /// # Errors
    ///
    /// When the runtime can not be started.
    ///
    /// # Panics
    ///
    /// Inside the closure that starts the runtime, which would wait for itself; and with a panic of that closure.
    pub fn get(&self) -> Result<SharedPortal, RunError> {
        let portal = match self.shared.join() {
            Some(portal) => portal,
            None => self.shared.start()?,
        };
        Ok(SharedPortal {
            portal,
            shared: Arc::clone(&self.shared),
        })
    }
}

impl Provided {
    /// The portal that is there, with one more user. If there is none, the caller is to start it, and nobody else does.
    fn join(&self) -> Option<Portal> {
        let mut state = self.state();
        loop {
            match &mut *state {
                State::Used(users) => {
                    users.count += 1;
                    return Some(users.guard.portal.clone());
                }
                State::Idle => {
                    *state = State::Starting(thread::current().id());
                    return None;
                }
                State::Starting(by) => assert!(
                    *by != thread::current().id(),
                    "the closure of a `PortalProvider` asked it for the portal that it is to start: start the runtime with \
                     `Builder::start_portal` there"
                ),
            }
            state = self
                .started
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Starts the runtime. If that fails, the next who comes tries again.
    fn start(&self) -> Result<Portal, RunError> {
        struct Over<'a>(&'a Provided, Option<Users>);
        impl Drop for Over<'_> {
            fn drop(&mut self) {
                *self.0.state() = self.1.take().map_or(State::Idle, State::Used);
                self.0.started.notify_all();
            }
        }
        let mut over = Over(self, None);
        let guard = (self.start)()?;
        let portal = guard.portal.clone();
        over.1 = Some(Users { guard, count: 1 });
        Ok(portal)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for PortalProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PortalProvider").finish_non_exhaustive()
    }
}

/// A use of a [`PortalProvider`]'s portal. Dropping the last one ends the runtime, as dropping a [`PortalGuard`] does.
#[must_use = "dropping the last one ends the runtime"]
pub struct SharedPortal {
    portal: Portal,
    shared: Arc<Provided>,
}

impl Deref for SharedPortal {
    type Target = Portal;

    fn deref(&self) -> &Portal {
        &self.portal
    }
}

impl Drop for SharedPortal {
    fn drop(&mut self) {
        let last = {
            let mut state = self.shared.state();
            match &mut *state {
                State::Used(Users { count: 1, .. }) => mem::replace(&mut *state, State::Idle),
                State::Used(others) => {
                    others.count -= 1;
                    return;
                }
                State::Idle | State::Starting(_) => return,
            }
        };
        // Not under the lock: a call that is waited for here may want a portal, and gets a new runtime.
        drop(last);
    }
}

impl fmt::Debug for SharedPortal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedPortal")
            .field("portal", &self.portal)
            .finish_non_exhaustive()
    }
}
