//! The two kinds of group, and the handles their bodies get.

use std::{convert::Infallible, fmt, future::Future, sync::Arc};

use anyrt_core::tree::{self, Reason};

use super::{
    child,
    handle::TaskHandle,
    host::{TaskGroupFuture, TryTaskGroupFuture},
    infallible::Always,
    members::Members,
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
/// Under a facade scope, the group waits for its children. If foreign code drops this future before completion,
/// the body is dropped at once and the children are cancelled; they end on their own.
///
/// # Panics
///
/// With the panic of a child or of the body. When polled first where there is no runtime (rule R2).
#[doc(alias = "nursery")]
pub fn task_group<F, Fut>(body: F) -> TaskGroupFuture<F>
where
    F: FnOnce(TaskGroup) -> Fut,
    Fut: Future,
{
    TaskGroupFuture::new(body)
}

/// Like [`task_group`], for children and a body that may fail: the first error cancels the rest.
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
    members: Arc<Members<Infallible>>,
}

/// Spawns children that may fail with `E`; see [`try_task_group`].
pub struct TryTaskGroup<E> {
    members: Arc<Members<E>>,
}

/// How many children a group has had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GroupStatistics {
    /// Spawned since the group was opened.
    pub spawned: usize,
    /// Alive now.
    pub alive: usize,
    /// The most that were alive at once.
    pub peak: usize,
}

impl TaskGroup {
    pub(super) fn new(members: Arc<Members<Infallible>>) -> Self {
        Self { members }
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
        child::spawn(&self.members, Always::new(child))
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
        child::spawn(&self.members, child)
    }
}

macro_rules! common {
    () => {
        /// Cancels all children, present and future. The body goes on: it has a value to return. To
        /// interrupt the body too, put the group in a [`scope`](crate::scope).
        pub fn cancel(&self) {
            tree::cancel(&self.members.children, Reason::Explicit);
        }

        /// Whether the group has returned, or was dropped; a child spawned now is dropped unpolled.
        pub fn is_closed(&self) -> bool {
            self.members.children.node().is_closed()
        }

        /// How many children there are and have been.
        pub fn statistics(&self) -> GroupStatistics {
            GroupStatistics {
                spawned: self.members.spawned(),
                alive: self.members.children.node().children(),
                peak: self.members.peak(),
            }
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
