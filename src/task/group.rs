//! The two kinds of group, and the handles their bodies get.

use std::{
    borrow::Cow,
    convert::Infallible,
    fmt,
    future::Future,
    panic::{RefUnwindSafe, UnwindSafe},
    sync::Arc,
    time::Duration,
};

use anyrt_core::tree::Kind;

use super::{
    child,
    handle::TaskHandle,
    host::{TaskGroupFuture, TryTaskGroupFuture},
    infallible::Always,
    label::Identity,
    members::Members,
    named::Named,
    shutdown::shutdown,
    start::{Start, TryStart},
    start_cell::Ready,
};

/// Runs `body` with a group in which it can spawn children; returns its value when all are gone.
///
/// ```
/// # async fn heavy(part: u32) -> u32 { part }
/// # async fn shown() {
/// let (a, b) = anyrt::task_group(async |tg| {
///     let a = tg.spawn_value(heavy(1));
///     let b = tg.spawn_value(heavy(2));
///     (a.await, b.await)
/// })
/// .await;
/// assert_eq!((a, b), (Ok(1), Ok(2)));
/// # }
/// ```
///
/// Children return `()` ([`TaskGroup::spawn`]) or a value by handle ([`TaskGroup::spawn_value`]). A
/// child's panic cancels the rest, and resumes here when all are gone. Rules T1 to T7.
///
/// # Cancel safety
///
/// Under a facade scope that is cancelled, the group waits for its children. If the body or one of them was cut short
/// by that, the scope reports, and nothing comes out of the group (rule T6). If foreign code drops this future before completion,
/// the body is dropped at once and the children are cancelled; they end on their own.
///
/// # Panics
///
/// With the panic of a child or of the body. When polled first where there is no runtime (rule R2).
#[doc(alias = "nursery")]
#[track_caller]
pub fn task_group<F, Fut>(body: F) -> TaskGroupFuture<F>
where
    F: FnOnce(TaskGroup) -> Fut,
    Fut: Future,
{
    TaskGroupFuture::new(body)
}

/// Like [`task_group`], for children and a body that may fail: the first error cancels the rest. Rules T1 to T6.
///
/// ```
/// # #[derive(Debug)] struct Error;
/// # async fn store(id: u32) -> Result<(), Error> { Ok(()) }
/// # async fn shown() -> Result<u32, Error> {
/// use anyrt::task::{FirstError, TryTaskGroup};
///
/// let stored = anyrt::try_task_group(async |tg: TryTaskGroup<Error>| {
///     for id in 0..10 {
///         tg.spawn(store(id));
///     }
///     Ok(10)
/// })
/// .await
/// .first_err()?;
/// # Ok(stored) }
/// ```
///
/// # Errors
///
/// All errors of children and body, those raised while being cancelled included, in order.
///
/// # Cancel safety, panics
///
/// See [`task_group`]. A panic beats errors.
#[track_caller]
pub fn try_task_group<F, Fut, T, E>(body: F) -> TryTaskGroupFuture<F, Fut, T, E>
where
    F: FnOnce(TryTaskGroup<E>) -> Fut,
    Fut: Future<Output = Result<T, E>>,
{
    TryTaskGroupFuture::new(body)
}

/// Spawns children that do not fail; see [`task_group`].
#[derive(Clone)]
pub struct TaskGroup {
    pub(super) members: Arc<Members<Infallible>>,
}

/// Spawns children that may fail with `E`; see [`try_task_group`].
pub struct TryTaskGroup<E> {
    pub(super) members: Arc<Members<E>>,
}

/// How many children a group has had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GroupStatistics {
    /// Spawned since the group was opened, or begun to be started.
    pub spawned: usize,
    /// What the group waits for now: children, daemons, pending starts, and groups that it has adopted.
    pub alive: usize,
    /// How many of these are daemons.
    pub daemons: usize,
    /// The most that were alive at once.
    pub peak: usize,
    /// How many were cut: dropped unfinished because of a cancel that came from around the group, and from nowhere else
    /// before. Counts the body, and children that are no daemons. With one of them the group does not return its value,
    /// unless it fails: the cancelled scope around it reports (rule T6).
    pub cut: usize,
    /// Dropped unpolled, because the group was closed.
    pub refused: usize,
}

impl TaskGroup {
    pub(super) fn new(members: Arc<Members<Infallible>>) -> Self {
        Self { members }
    }

    pub(crate) fn members(&self) -> &Arc<Members<Infallible>> {
        &self.members
    }

    /// Starts a child.
    ///
    /// On a closed group the future is dropped unpolled; on a cancelled one it runs to its first
    /// suspension.
    #[doc(alias = "start_soon")]
    #[track_caller]
    pub fn spawn<Fut>(&self, child: Fut) -> TaskHandle<()>
    where
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.spawn_value(child)
    }

    /// Starts a child whose value the handle gives.
    #[track_caller]
    pub fn spawn_value<V, Fut>(&self, child: Fut) -> TaskHandle<V>
    where
        V: Send + 'static,
        Fut: Future<Output = V> + Send + 'static,
    {
        child::spawn(
            &self.members,
            Kind::Task,
            Identity::here(),
            Always::new(child),
        )
    }

    /// Starts a service child, which ends by itself with the group: it is cancelled when the body and all other
    /// children are done.
    ///
    /// ```
    /// # async fn heartbeat() {}
    /// # async fn work() {}
    /// # async fn shown() {
    /// anyrt::task_group(async |tg| {
    ///     tg.spawn_daemon(heartbeat());
    ///     tg.spawn(work());
    /// })
    /// .await; // when `work` is done
    /// # }
    /// ```
    ///
    /// The group then waits for it as for any child, and its panic counts as any child's. Children that a daemon
    /// spawns keep the group going. Rule T9.
    #[track_caller]
    pub fn spawn_daemon<Fut>(&self, child: Fut) -> TaskHandle<()>
    where
        Fut: Future<Output = ()> + Send + 'static,
    {
        child::spawn(
            &self.members,
            Kind::Daemon,
            Identity::here(),
            Always::new(child),
        )
    }

    /// Starts a child and waits until it says that it is ready; gives the value that it says so with.
    ///
    /// ```
    /// # async fn bind() -> u16 { 80 }
    /// # async fn serve(_: u16) {}
    /// # async fn shown() {
    /// anyrt::task_group(async |tg| {
    ///     let port = tg
    ///         .start(async move |ready| {
    ///             let port = bind().await;
    ///             ready.set(port);
    ///             serve(port).await;
    ///         })
    ///         .await;
    ///     assert_eq!(port, Ok(80));
    ///     // `serve` runs on, as a child of the group.
    /// })
    /// .await;
    /// # }
    /// ```
    ///
    /// Until then the child belongs to the scope around this call, not to the group: a cancel of that scope ends
    /// it, one of the group does not. The group does not return meanwhile. Rule T8.
    ///
    /// # Errors
    ///
    /// [`StartError::ExitedEarly`](super::StartError::ExitedEarly) if the child ended without having called
    /// [`Ready::set`], [`StartError::Closed`](super::StartError::Closed) if the group is closed: then `child` is
    /// dropped without being called.
    ///
    /// # Panics
    ///
    /// With the child's panic, if it is not ready by then.
    ///
    /// # Cancel safety
    ///
    /// A facade scope that is cancelled meanwhile waits for the child to end. If foreign code drops this future before
    /// completion, a child that is not ready is cancelled; the group around waits for it (rule C10).
    #[doc(alias = "started")]
    #[track_caller]
    pub fn start<V, F, Fut>(&self, child: F) -> Start<F, Fut, V>
    where
        V: Send + 'static,
        F: FnOnce(Ready<V>) -> Fut,
        Fut: Future<Output = ()> + Send + 'static,
    {
        Start::new(&self.members, Kind::Task, Identity::here(), child)
    }

    /// Like [`start`](Self::start), for a child that is a [daemon](Self::spawn_daemon) from when it is ready. Rules T8, T9.
    ///
    /// # Errors, cancel safety, panics
    ///
    /// See [`start`](Self::start).
    #[track_caller]
    pub fn start_daemon<V, F, Fut>(&self, child: F) -> Start<F, Fut, V>
    where
        V: Send + 'static,
        F: FnOnce(Ready<V>) -> Fut,
        Fut: Future<Output = ()> + Send + 'static,
    {
        Start::new(&self.members, Kind::Daemon, Identity::here(), child)
    }

    /// Asks the children to come to an end, and cancels those that have not after `grace`.
    ///
    /// They see the request by [`cancelled`](crate::cancel::cancelled) and
    /// [`is_cancelled`](crate::cancel::is_cancelled); nothing is dropped for it. Works at once, without being awaited, from
    /// any thread. The end of the grace is a [`cancel`](Self::cancel): children that are spawned later count. The group does
    /// not wait for it if all are done before; of several calls the earliest end counts. Rule C11.
    #[track_caller]
    pub fn shutdown(&self, grace: Duration) {
        shutdown(&self.members, grace, Identity::named("shutdown"));
    }
}

impl<E> TryTaskGroup<E> {
    pub(super) fn new(members: Arc<Members<E>>) -> Self {
        Self { members }
    }
}

impl<E: Send + 'static> TryTaskGroup<E> {
    /// Starts a child; its error cancels the rest of the group and is returned by it.
    ///
    /// On a closed group the future is dropped unpolled; on a cancelled one it runs to its first
    /// suspension.
    #[doc(alias = "start_soon")]
    #[track_caller]
    pub fn spawn<Fut>(&self, child: Fut) -> TaskHandle<()>
    where
        Fut: Future<Output = Result<(), E>> + Send + 'static,
    {
        self.spawn_value(child)
    }

    /// Starts a child whose value the handle gives; its error goes to the group.
    #[track_caller]
    pub fn spawn_value<V, Fut>(&self, child: Fut) -> TaskHandle<V>
    where
        V: Send + 'static,
        Fut: Future<Output = Result<V, E>> + Send + 'static,
    {
        child::spawn(&self.members, Kind::Task, Identity::here(), child)
    }

    /// Starts a service child, which ends by itself with the group; see [`TaskGroup::spawn_daemon`]. Its error counts
    /// as any child's.
    #[track_caller]
    pub fn spawn_daemon<Fut>(&self, child: Fut) -> TaskHandle<()>
    where
        Fut: Future<Output = Result<(), E>> + Send + 'static,
    {
        child::spawn(&self.members, Kind::Daemon, Identity::here(), child)
    }

    /// Starts a child and waits until it says that it is ready; see [`TaskGroup::start`]. Rule T8.
    ///
    /// # Errors
    ///
    /// Also [`StartError::Failed`](super::StartError::Failed) if the child failed before it was ready; the group does not hear
    /// of that. An error that comes later is the group's.
    ///
    /// # Cancel safety, panics
    ///
    /// See [`TaskGroup::start`].
    #[track_caller]
    pub fn start<V, F, Fut>(&self, child: F) -> TryStart<F, Fut, V, E>
    where
        V: Send + 'static,
        F: FnOnce(Ready<V>) -> Fut,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
    {
        TryStart::new(&self.members, Kind::Task, Identity::here(), child)
    }

    /// Like [`start`](Self::start), for a child that is a [daemon](Self::spawn_daemon) from when it is ready. Rules T8, T9.
    ///
    /// # Errors, cancel safety, panics
    ///
    /// See [`start`](Self::start).
    #[track_caller]
    pub fn start_daemon<V, F, Fut>(&self, child: F) -> TryStart<F, Fut, V, E>
    where
        V: Send + 'static,
        F: FnOnce(Ready<V>) -> Fut,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
    {
        TryStart::new(&self.members, Kind::Daemon, Identity::here(), child)
    }

    /// Asks the children to come to an end, and cancels those that have not after `grace`; see
    /// [`TaskGroup::shutdown`].
    #[track_caller]
    pub fn shutdown(&self, grace: Duration) {
        shutdown(&self.members, grace, Identity::named("shutdown"));
    }
}

macro_rules! common {
    () => {
        /// Gives the child that is spawned next a name, for [`task_tree`](crate::debug::task_tree) and reports.
        ///
        /// ```
        /// # fn shown(tg: &anyrt::task::TaskGroup) {
        /// tg.named("reader").spawn(async { /* … */ });
        /// tg.named(format!("worker {}", 7)).spawn_value(async { 7 });
        /// # }
        /// ```
        #[track_caller]
        pub fn named(&self, name: impl Into<Cow<'static, str>>) -> Named<'_, Self> {
            Named::new(self, Identity::named(name))
        }

        /// Cancels all children, present and future. The body goes on: it has a value to return. To
        /// interrupt the body too, put the group in a [`scope`](crate::scope).
        pub fn cancel(&self) {
            self.members.cancel();
        }

        /// Whether the group has returned, or was dropped; a child spawned now is dropped unpolled, and counted as
        /// [`refused`](GroupStatistics::refused).
        pub fn is_closed(&self) -> bool {
            self.members.children().node().is_closed()
        }

        /// How many children there are and have been.
        pub fn statistics(&self) -> GroupStatistics {
            self.members.statistics()
        }
    };
}

impl TaskGroup {
    common!();
}

impl<E> TryTaskGroup<E> {
    common!();
}

impl<E> Clone for TryTaskGroup<E> {
    fn clone(&self) -> Self {
        Self {
            members: Arc::clone(&self.members),
        }
    }
}

// A child that panics leaves the group in order.
impl UnwindSafe for TaskGroup {}
impl RefUnwindSafe for TaskGroup {}
impl<E> UnwindSafe for TryTaskGroup<E> {}
impl<E> RefUnwindSafe for TryTaskGroup<E> {}

impl fmt::Debug for TaskGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskGroup")
            .field("statistics", &self.statistics())
            .finish_non_exhaustive()
    }
}

impl<E> fmt::Debug for TryTaskGroup<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryTaskGroup")
            .field("statistics", &self.statistics())
            .finish_non_exhaustive()
    }
}
