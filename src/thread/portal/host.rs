//! The portal, and the region of code that it is open in.

use std::{
    convert::Infallible,
    fmt,
    future::Future,
    panic::{RefUnwindSafe, UnwindSafe},
    sync::Arc,
};

use super::{
    call::PortalCall,
    error::PortalError,
    start::{self, Arrival},
};
use crate::{
    sync::Event,
    task::{Identity, Members, Ready, TaskGroup, task_group},
    thread::remote::{block_on, would_block},
};

/// Runs `body` with a portal, through which threads that are none of the runtime's call async code.
///
/// When the body has returned, the portal takes no more calls, and waits for those that run. To leave it open, the body waits
/// for [`Portal::stopped`]. Rule H5.
///
/// # Cancel safety
///
/// Under a facade scope that is cancelled, the calls are cancelled and waited for. If foreign code drops this future before
/// completion, the calls are cancelled and end on their own.
///
/// # Panics
///
/// With the panic of the body, which cancels the calls. When polled first where there is no runtime (rule R2).
#[doc(alias = "BlockingPortal")]
#[track_caller]
pub fn portal<F, Fut>(body: F) -> impl Future<Output = Fut::Output>
where
    F: FnOnce(Portal) -> Fut,
    Fut: Future,
{
    task_group(|group: TaskGroup| async move {
        let portal = Portal {
            members: Arc::clone(group.members()),
            stopped: Arc::new(Event::new()),
        };
        let _stopping = Stopping(Arc::clone(&portal.stopped));
        body(portal).await
    })
}

/// Whether the body returned or not, nothing more is let in.
struct Stopping(Arc<Event>);

impl Drop for Stopping {
    fn drop(&mut self) {
        self.0.set();
    }
}

/// Calls async code from any thread that polls no tasks; see [`portal()`].
///
/// A clone is the same portal. It keeps neither the runtime nor the portal's body alive.
#[derive(Clone)]
pub struct Portal {
    members: Arc<Members<Infallible>>,
    stopped: Arc<Event>,
}

/// What becomes of the calls that run when a portal is stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stop {
    /// They are waited for.
    #[default]
    Wait,
    /// They are cancelled, and then waited for.
    Cancel,
}

impl Portal {
    /// Runs a future on the runtime, and blocks this thread until it is done.
    ///
    /// A function on a worker thread that waits here keeps its token, and lends it to nobody, as
    /// [`from_thread::run`](crate::thread::from_thread::run) does: where the future needs one of the same limiter, and none is
    /// left, neither goes on.
    ///
    /// # Errors
    ///
    /// See [`PortalError`]. On a thread that polls tasks the future is dropped unpolled.
    ///
    /// # Panics
    ///
    /// With the panic of the future.
    #[doc(alias = "block_on")]
    #[track_caller]
    pub fn call<Fut>(&self, future: Fut) -> Result<Fut::Output, PortalError>
    where
        Fut: Future + Send + 'static,
        Fut::Output: Send + 'static,
    {
        if would_block(self.members.handle()) {
            return Err(PortalError::OnRuntimeThread);
        }
        self.spawn(future)?.wait()
    }

    /// Runs a future on the runtime, and returns at once; from any thread, and from async code.
    ///
    /// # Errors
    ///
    /// [`PortalError::Stopped`].
    #[doc(alias = "start_task_soon")]
    #[track_caller]
    pub fn spawn<Fut>(&self, future: Fut) -> Result<PortalCall<Fut::Output>, PortalError>
    where
        Fut: Future + Send + 'static,
        Fut::Output: Send + 'static,
    {
        if self.stopped.is_set() {
            return Err(PortalError::Stopped);
        }
        PortalCall::new(&self.members, Identity::here(), future)
    }

    /// Starts a task, and blocks this thread until the task says that it is ready; gives what it says, and the call.
    ///
    /// # Errors
    ///
    /// See [`PortalError`]. With [`PortalError::ExitedEarly`] the task's own value is dropped.
    ///
    /// # Panics
    ///
    /// With the panic of the task, before it was ready.
    #[track_caller]
    pub fn start<V, F, Fut>(&self, task: F) -> Result<(V, PortalCall<Fut::Output>), PortalError>
    where
        V: Send + 'static,
        F: FnOnce(Ready<V>) -> Fut,
        Fut: Future + Send + 'static,
        Fut::Output: Send + 'static,
    {
        if would_block(self.members.handle()) {
            return Err(PortalError::OnRuntimeThread);
        }
        let (ready, arrival) = start::hand_over();
        let call = self.spawn(task(ready))?;
        match block_on(self.members.handle(), arrival) {
            Arrival::Ready(value) => Ok((value, call)),
            Arrival::Never => match call.wait() {
                Ok(_early) => Err(PortalError::ExitedEarly),
                Err(error) => Err(error),
            },
        }
    }

    /// Lets nothing more in: a call from now on is refused. Those that run are waited for, or cancelled, and the body of the
    /// portal hears of it by [`stopped`](Self::stopped).
    ///
    /// It does not block. The last word counts: what was to be waited for can still be cancelled.
    pub fn stop(&self, how: Stop) {
        self.stopped.set();
        if how == Stop::Cancel {
            self.members.cancel();
        }
    }

    /// Ready once the portal has been stopped. Rule H5.
    ///
    /// # Cancel safety
    ///
    /// If dropped before completion, nothing has happened.
    #[doc(alias = "sleep_until_stopped")]
    pub async fn stopped(&self) {
        self.stopped.wait().await;
    }

    /// Whether the calling thread would wait for itself.
    pub(crate) fn is_of_this_thread(&self) -> bool {
        would_block(self.members.handle())
    }
}

// What runs through it is contained in its own task.
impl UnwindSafe for Portal {}
impl RefUnwindSafe for Portal {}

impl fmt::Debug for Portal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Portal")
            .field("backend", &self.members.handle().name())
            .field("stopped", &self.stopped.is_set())
            .finish_non_exhaustive()
    }
}
