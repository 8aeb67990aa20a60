//! A task group that lives in a struct.

use std::{
    fmt,
    future::Future,
    panic::{self, Location},
    pin::Pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use anyrt_core::{
    context::{self, Region},
    tree::{self, Deadline, HolderKind, Kind, Node, NodeRef, Reason},
};

use super::{
    errors::Errors, fate::Fate, group::GroupStatistics, group::TryTaskGroup, handle::TaskHandle,
    label::Identity, members::Members,
};
use crate::{cancel::Hold, runtime};

/// A task group that is a value: for a struct whose methods start tasks, and that ends them when it goes.
///
/// ```
/// use std::{io, net::SocketAddr};
/// use anyrt::task::{Errors, OwnedTaskGroup};
///
/// struct Server {
///     connections: OwnedTaskGroup<io::Error>,
/// }
///
/// impl Server {
///     // No `async`, no body around: the tasks belong to the struct.
///     fn serve(&self, peer: SocketAddr) {
///         self.connections.spawn(async move { talk_to(peer).await });
///     }
///
///     async fn close(mut self) -> Result<(), Errors<io::Error>> {
///         self.connections.close().await
///     }
/// }
/// # async fn talk_to(_: SocketAddr) -> io::Result<()> { Ok(()) }
/// ```
///
/// Wherever the work can be put around a body, [`try_task_group`](super::try_task_group) is the better choice: nothing
/// can be forgotten there. Here:
///
/// - The children belong to the run, whichever scope the group was made in: only the end of the run cancels
///   them, or the group itself. In a foreign runtime nothing does but the group.
/// - The first error cancels the other children; all errors come out of [`join`](Self::join) or [`close`](Self::close),
///   and a panic resumes there.
/// - Dropping the group cancels the children, and waits for nothing; the run does, before it returns. Their errors
///   go to [`on_unhandled_error`](crate::debug::on_unhandled_error), a panic fails the run (rule C10).
/// - Its runtime is the one around the first spawn. From a thread that is in none,
///   [`Handle::enter`](crate::runtime::Handle::enter) gives it one.
///
/// Rule T13.
pub struct OwnedTaskGroup<E> {
    members: OnceLock<Arc<Members<E>>>,
    /// Before the first spawn there is nothing else to cancel.
    cancelled: AtomicBool,
}

impl<E> OwnedTaskGroup<E> {
    /// A group without children, on no runtime yet.
    pub const fn new() -> Self {
        Self {
            members: OnceLock::new(),
            cancelled: AtomicBool::new(false),
        }
    }

    /// Cancels all children, present and future.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
        if let Some(members) = self.members.get() {
            members.cancel();
        }
    }

    /// Whether [`join`](Self::join) or [`close`](Self::close) has returned after children had been spawned; a child
    /// spawned now is dropped unpolled.
    pub fn is_closed(&self) -> bool {
        self.members
            .get()
            .is_some_and(|members| members.children().node().is_closed())
    }

    /// How many children there are and have been.
    pub fn statistics(&self) -> GroupStatistics {
        self.members
            .get()
            .map_or_else(GroupStatistics::default, |members| members.statistics())
    }

    /// Waits until every child is gone, and closes the group. Rules T2 to T4, T13.
    ///
    /// Daemons are cancelled when all others are gone, as in any group.
    ///
    /// # Errors
    ///
    /// All errors of the children, in order.
    ///
    /// # Panics
    ///
    /// With the panic of a child.
    ///
    /// # Cancel safety
    ///
    /// If dropped before completion, the children run on and the group can be joined again. While it is being awaited
    /// a facade scope around it that is cancelled waits for the children, and does not cancel them: to bound the wait,
    /// [`shutdown`](Self::shutdown) before, or [`close`](Self::close) instead.
    #[track_caller]
    pub fn join(&mut self) -> Join<'_, E> {
        Join::new(self, false)
    }

    /// Cancels the children, and waits until every one is gone. Rule T13.
    ///
    /// # Errors, panics, cancel safety
    ///
    /// See [`join`](Self::join). Nothing is cancelled before the first poll.
    #[track_caller]
    pub fn close(&mut self) -> Join<'_, E> {
        Join::new(self, true)
    }

    /// The group's runtime and nodes, made now if nothing was spawned before.
    #[track_caller]
    fn members(&self) -> &Arc<Members<E>> {
        let place = Location::caller();
        // Not inside the closure: the panic is to name the caller.
        let members = match self.members.get() {
            Some(members) => members,
            None => match runtime::attached() {
                Ok(attached) => self.members.get_or_init(|| {
                    let outer: NodeRef = Arc::new(Node::new(Kind::Scope, Deadline::Never));
                    if let Some(root) = runtime::root_of_run(&attached.0) {
                        // The root of a run is never closed.
                        let _ = tree::attach(&outer, root);
                    } else {
                        // Below nobody: whoever watches would not find it from the root.
                        attached.0.shared().remember(&outer);
                    }
                    let fate = Fate::new(&outer, Reason::SiblingFailed, Some(place));
                    Members::new(attached, fate)
                }),
                Err(error) => panic!("{error}"),
            },
        };
        if self.cancelled.load(Ordering::SeqCst) {
            members.cancel();
        }
        members
    }
}

impl<E: Send + 'static> OwnedTaskGroup<E> {
    /// Starts a child; its error cancels the rest of the group, and comes out of [`join`](Self::join).
    ///
    /// # Panics
    ///
    /// When it is the first one, and there is no runtime around the caller (rule R2).
    #[track_caller]
    pub fn spawn<Fut>(&self, child: Fut) -> TaskHandle<()>
    where
        Fut: Future<Output = Result<(), E>> + Send + 'static,
    {
        self.spawn_value(child)
    }

    /// Starts a child whose value the handle gives; its error comes out of [`join`](Self::join).
    ///
    /// # Panics
    ///
    /// See [`spawn`](Self::spawn).
    #[track_caller]
    pub fn spawn_value<V, Fut>(&self, child: Fut) -> TaskHandle<V>
    where
        V: Send + 'static,
        Fut: Future<Output = Result<V, E>> + Send + 'static,
    {
        super::child::spawn(self.members(), Kind::Task, Identity::here(), child)
    }

    /// Starts a service child, which [`join`](Self::join) cancels when all others are gone.
    ///
    /// # Panics
    ///
    /// See [`spawn`](Self::spawn).
    #[track_caller]
    pub fn spawn_daemon<Fut>(&self, child: Fut) -> TaskHandle<()>
    where
        Fut: Future<Output = Result<(), E>> + Send + 'static,
    {
        super::child::spawn(self.members(), Kind::Daemon, Identity::here(), child)
    }

    /// The group as its children may use it, to spawn others or to [`start`](TryTaskGroup::start) them.
    ///
    /// # Panics
    ///
    /// See [`spawn`](Self::spawn).
    #[track_caller]
    pub fn handle(&self) -> TryTaskGroup<E> {
        TryTaskGroup::new(Arc::clone(self.members()))
    }

    /// Asks the children to come to an end, and cancels those that have not after `grace`; see
    /// [`TaskGroup::shutdown`](super::TaskGroup::shutdown). Before the first spawn there is nobody to give a grace to: it
    /// is [`cancel`](Self::cancel).
    #[track_caller]
    pub fn shutdown(&self, grace: Duration) {
        match self.members.get() {
            Some(members) => TryTaskGroup::new(Arc::clone(members)).shutdown(grace),
            None => self.cancel(),
        }
    }
}

impl<E> Default for OwnedTaskGroup<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E> Drop for OwnedTaskGroup<E> {
    fn drop(&mut self) {
        if let Some(members) = self.members.get() {
            if !members.children().node().is_closed() {
                members.abandon();
                tree::detach(members.outer());
            }
        }
    }
}

impl<E> fmt::Debug for OwnedTaskGroup<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedTaskGroup")
            .field("statistics", &self.statistics())
            .finish_non_exhaustive()
    }
}

/// The future of [`OwnedTaskGroup::join`] and [`OwnedTaskGroup::close`].
#[must_use = "futures do nothing until they are awaited"]
pub struct Join<'a, E> {
    group: &'a mut OwnedTaskGroup<E>,
    cancels: bool,
    region: Region,
    hold: Hold,
}

impl<'a, E> Join<'a, E> {
    #[track_caller]
    fn new(group: &'a mut OwnedTaskGroup<E>, cancels: bool) -> Self {
        Self {
            group,
            cancels,
            region: Region::new(Kind::Scope, Deadline::Never),
            hold: Hold::new(HolderKind::TaskGroup, Location::caller()),
        }
    }
}

impl<E> Future for Join<'_, E> {
    type Output = Result<(), Errors<E>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if std::mem::take(&mut this.cancels) {
            this.group.cancel();
        }
        let Some(members) = this.group.members.get() else {
            return Poll::Ready(Ok(()));
        };
        if !members.close_if_done(cx.waker()) {
            let node = context::enter(&this.region, None, context::node)
                .expect("the region was just entered");
            this.hold.place(&node);
            return Poll::Pending;
        }
        let failures = members.take_failures();
        members.retire();
        tree::detach(members.outer());
        this.hold.release();
        this.region.end();
        if let Some(payload) = failures.panic {
            super::forget_panic(failures.errors);
            panic::resume_unwind(payload);
        }
        Poll::Ready(match Errors::new(failures.errors) {
            Some(errors) => Err(errors),
            None => Ok(()),
        })
    }
}

impl<E> fmt::Debug for Join<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Join").finish_non_exhaustive()
    }
}
