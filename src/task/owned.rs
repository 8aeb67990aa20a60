//! Task groups that live in structs.

use std::{
    fmt,
    ops::Deref,
    panic::{Location, RefUnwindSafe, UnwindSafe},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak},
    time::Duration,
};

use anyrt_core::{
    Runtime,
    tree::{self, Branch, Deadline, Kind, Node, NodeRef, Reason},
};

use super::{
    child::Place,
    fate::Fate,
    group::{GroupStatistics, TaskGroup, TryTaskGroup},
    joining::{Close, Join, Joiners},
    label::Identity,
    members::Members,
    ownable::{OwnableGroup, sealed},
    shutdown::shutdown,
};
use crate::runtime::{self, AnyBackend};

/// A [`TaskGroup`] that is a value: for a struct whose methods start tasks, and that ends them when it goes.
///
/// ```
/// use std::{
///     future::poll_fn,
///     io,
///     net::SocketAddr,
///     panic::{AssertUnwindSafe, catch_unwind},
///     pin::pin,
/// };
///
/// use anyrt::task::OwnedTaskGroup;
///
/// struct Server {
///     connections: OwnedTaskGroup,
/// }
///
/// impl Server {
///     // No `async`, no body around: the tasks belong to the struct.
///     fn serve(&self, peer: SocketAddr) {
///         self.connections.named(format!("connection to {peer}")).spawn(async move {
///             // How one connection ends, with a panic too, is no concern of the others.
///             let mut talk = pin!(talk_to(peer));
///             let polled = poll_fn(|cx| {
///                 match catch_unwind(AssertUnwindSafe(|| talk.as_mut().poll(cx))) {
///                     Ok(polled) => polled.map(|outcome| outcome.map_err(|error| error.to_string())),
///                     Err(_panic) => Err("it panicked".to_owned()).into(),
///                 }
///             });
///             if let Err(why) = polled.await {
///                 eprintln!("{peer}: {why}");
///             }
///         });
///     }
///
///     async fn close(&self) {
///         self.connections.close().await;
///     }
/// }
/// # async fn talk_to(_: SocketAddr) -> io::Result<()> { Ok(()) }
/// ```
///
/// See [`Owned`] for the rules.
pub type OwnedTaskGroup = Owned<TaskGroup>;

/// A [`TryTaskGroup`] that is a value: the first error of a child cancels the others.
///
/// For tasks that are of no use without each other. Tasks that serve strangers belong in an [`OwnedTaskGroup`]: whatever one
/// of them makes fail here ends all.
///
/// ```
/// # #[derive(Debug)] struct Error;
/// # async fn read() -> Result<(), Error> { Ok(()) }
/// # async fn write() -> Result<(), Error> { Ok(()) }
/// # async fn shown() {
/// use anyrt::task::TryOwnedTaskGroup;
///
/// let halves = TryOwnedTaskGroup::<Error>::new();
/// halves.spawn(read());
/// halves.spawn(write());
/// if let Err(errors) = halves.join().await {
///     eprintln!("{:?}, and {} more", errors.first(), errors.len() - 1);
/// }
/// # }
/// ```
///
/// See [`Owned`] for the rules.
pub type TryOwnedTaskGroup<E> = Owned<TryTaskGroup<E>>;

/// A task group that is a value: [`OwnedTaskGroup`] or [`TryOwnedTaskGroup`].
///
/// It dereferences to the group itself, and so has its methods: [`spawn`](TaskGroup::spawn),
/// [`spawn_value`](TaskGroup::spawn_value), [`spawn_daemon`](TaskGroup::spawn_daemon), [`start`](TaskGroup::start),
/// [`start_daemon`](TaskGroup::start_daemon), [`named`](TaskGroup::named).
///
/// Wherever the work can be put around a body, [`task_group`](super::task_group) is the better choice: nothing can be
/// forgotten there. Here:
///
/// - The children belong to the run, whichever scope the group was made in: only the end of the run cancels
///   them, or the group itself. In a foreign runtime nothing does but the group.
/// - [`join`](Self::join) waits for the children, [`close`](Self::close) cancels them first. All errors come out there, in
///   order, and a panic resumes there, once: of several that wait one gets them.
/// - Dropping the group cancels the children, and waits for nothing; the run does, before it returns.
/// - What nobody took when the group is dropped, or at the end of the run, is not lost: an error goes to
///   [`on_unhandled_error`](crate::debug::on_unhandled_error), and a panic fails the run (rule C10). In a foreign runtime a
///   group in a `static` is never dropped, so that nobody hears of either.
/// - Its runtime is the one around the first spawn. From a thread that is in none,
///   [`Handle::enter`](crate::runtime::Handle::enter) gives it one.
///
/// Rule T13.
///
/// # Panics
///
/// Using a method of the group, when it is the first one and there is no runtime around the caller (rule R2).
pub struct Owned<G: OwnableGroup> {
    opened: OnceLock<Opened<G>>,
    early: Mutex<Early>,
}

/// What has become of a group before anything was spawned in it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Early {
    Fresh,
    Cancelled,
    Closed,
}

/// The group once it has a runtime, and who waits for its end.
pub(super) struct Opened<G: OwnableGroup> {
    group: G,
    pub(super) members: Arc<Members<G::Error>>,
    pub(super) joiners: Arc<Joiners>,
}

impl<G: OwnableGroup> Opened<G>
where
    G::Error: Send + 'static,
{
    fn new((runtime, handle): (Arc<Runtime>, AnyBackend), place: Place) -> Self {
        let home = Arc::new(Home::<G::Error> {
            node: Node::new(Kind::Scope, Deadline::Never),
            members: OnceLock::new(),
        });
        let outer = Arc::clone(&home) as NodeRef;
        if let Some(root) = runtime::root_of_run(&runtime) {
            // The root of a run is never closed.
            let _ = tree::attach(&outer, root);
        } else {
            // Below nobody: whoever watches would not find it from the root.
            runtime.shared().remember(&outer);
        }
        let fate = Fate::new(&outer, Reason::SiblingFailed, Some(place));
        let members = Members::new((runtime, handle), fate);
        let _ = home.members.set(Arc::downgrade(&members));
        Self {
            group: G::of(sealed::Shared(Arc::clone(&members))),
            members,
            joiners: Joiners::new(),
        }
    }
}

/// The node around an owned group, in which the end of the run finds what nobody has taken.
struct Home<E> {
    node: Node,
    members: OnceLock<Weak<Members<E>>>,
}

impl<E: Send + 'static> Branch for Home<E> {
    fn node(&self) -> &Node {
        &self.node
    }

    fn run_ended(&self) {
        if let Some(members) = self.members.get().and_then(Weak::upgrade) {
            leave(&members);
        }
    }
}

/// Nobody will join the group any more.
fn leave<E>(members: &Members<E>) {
    members.abandon();
    tree::detach(members.outer());
}

impl<G: OwnableGroup> Owned<G> {
    /// A group without children, on no runtime yet.
    pub const fn new() -> Self {
        Self {
            opened: OnceLock::new(),
            early: Mutex::new(Early::Fresh),
        }
    }

    /// Cancels all children, present and future.
    pub fn cancel(&self) {
        self.raise(Early::Cancelled);
        if let Some(opened) = self.opened.get() {
            opened.members.cancel();
        }
    }

    /// Whether [`join`](Self::join) or [`close`](Self::close) has completed, or the group's run has ended; a child spawned
    /// now is dropped unpolled. A `join` before anything was spawned closes nothing.
    pub fn is_closed(&self) -> bool {
        match self.opened.get() {
            Some(opened) => opened.members.children().node().is_closed(),
            None => *self.early() == Early::Closed,
        }
    }

    /// How many children there are and have been.
    pub fn statistics(&self) -> GroupStatistics {
        self.opened
            .get()
            .map_or_else(GroupStatistics::default, |opened| {
                opened.members.statistics()
            })
    }

    /// Waits until every child is gone, and closes the group. Rules T2 to T4, T13.
    ///
    /// Daemons are cancelled when all others are gone, as in any group. Before anything was spawned there is nothing to
    /// wait for, and the group stays open. Any number may wait: one of them gets the errors or the panic.
    ///
    /// # Errors
    ///
    /// Of a [`TryOwnedTaskGroup`]: all errors of the children, in order.
    ///
    /// # Panics
    ///
    /// With the panic of a child. In a task of the group itself, which would wait for its own end.
    ///
    /// # Cancel safety
    ///
    /// A cancelled scope drops it at once: it holds nothing. If dropped before completion the group is as it was, and
    /// can be joined again; but daemons that were left alone meanwhile have been cancelled. To bound the wait, put it into
    /// a [deadline](crate::move_on_after); to bound the children, call [`shutdown`](Self::shutdown) before, or
    /// [`close`](Self::close) instead.
    #[track_caller]
    pub fn join(&self) -> Join<'_, G> {
        Join::new(self, Location::caller())
    }

    /// Cancels the children, waits until every one is gone, and closes the group. Rule T13.
    ///
    /// In a task of the group itself it waits for nothing: the caller, which it cancels, is dropped there.
    ///
    /// # Errors
    ///
    /// Of a [`TryOwnedTaskGroup`]: all errors of the children, in order.
    ///
    /// # Panics
    ///
    /// With the panic of a child. In a task of the group itself, inside a [shield](crate::shield()), which would not let the
    /// caller be dropped.
    ///
    /// # Cancel safety
    ///
    /// A facade scope around it that is cancelled waits for the children. Nothing is cancelled before the first poll. If
    /// foreign code drops it after that, the children are cancelled all the same, and the group can be joined.
    #[track_caller]
    pub fn close(&self) -> Close<'_, G> {
        Close::new(self, Location::caller())
    }

    /// The group, if anything was ever spawned in it.
    pub(super) fn opened(&self) -> Option<&Opened<G>> {
        self.opened.get()
    }

    /// Cancels the group for good; one without a runtime is closed by it.
    pub(super) fn end(&self) {
        self.raise(Early::Closed);
        self.cancel();
    }

    fn raise(&self, to: Early) {
        let mut early = self.early();
        *early = to.max(*early);
    }

    fn early(&self) -> MutexGuard<'_, Early> {
        self.early.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<G: OwnableGroup> Owned<G>
where
    G::Error: Send + 'static,
{
    /// The group as its children may use it, to spawn others.
    ///
    /// # Panics
    ///
    /// When nothing was spawned so far, and there is no runtime around the caller (rule R2).
    #[track_caller]
    pub fn handle(&self) -> G {
        G::clone(self)
    }

    /// Asks the children to come to an end, and cancels those that have not after `grace`; see
    /// [`TaskGroup::shutdown`]. Before the first spawn there is nobody to give a grace to: it is [`cancel`](Self::cancel).
    #[track_caller]
    pub fn shutdown(&self, grace: Duration) {
        match self.opened.get() {
            Some(opened) => shutdown(&opened.members, grace, Identity::named("shutdown")),
            None => self.cancel(),
        }
    }

    /// The group's runtime and nodes, made for the first spawn.
    #[cold]
    #[track_caller]
    fn open(&self) -> &Opened<G> {
        let attached = match runtime::attached() {
            Ok(attached) => attached,
            Err(error) => panic!("{error}"),
        };
        let opened = Opened::new(attached, Location::caller());
        let surplus = {
            let early = self.early();
            // Before anybody can spawn in it. Nobody is in the group, so that nobody is woken.
            if *early >= Early::Cancelled {
                tree::cancel(opened.members.children(), Reason::Explicit);
            }
            if *early == Early::Closed {
                opened.members.children().node().close();
            }
            self.opened.set(opened).err()
        };
        if let Some(surplus) = surplus {
            tree::detach(surplus.members.outer());
        }
        self.opened.get().expect("the group was just opened")
    }
}

impl<G: OwnableGroup> Deref for Owned<G>
where
    G::Error: Send + 'static,
{
    type Target = G;

    #[track_caller]
    fn deref(&self) -> &G {
        match self.opened.get() {
            Some(opened) => &opened.group,
            None => &self.open().group,
        }
    }
}

impl<G: OwnableGroup> Default for Owned<G> {
    fn default() -> Self {
        Self::new()
    }
}

impl<G: OwnableGroup> Drop for Owned<G> {
    fn drop(&mut self) {
        if let Some(opened) = self.opened.get() {
            if !self.is_closed() {
                leave(&opened.members);
            }
        }
    }
}

// A child that panics leaves the group in order.
impl<G: OwnableGroup> UnwindSafe for Owned<G> {}
impl<G: OwnableGroup> RefUnwindSafe for Owned<G> {}

impl<G: OwnableGroup> fmt::Debug for Owned<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Owned")
            .field("statistics", &self.statistics())
            .finish_non_exhaustive()
    }
}
