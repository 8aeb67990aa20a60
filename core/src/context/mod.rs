//! Where the code being polled stands: in which region, on which runtime, with how much budget left.
//!
//! Each region enters itself around every poll, and around dropping its body ([`enter`]); whatever
//! runs inside finds the chain of regions of this poll, innermost first. The chain lives on the
//! stack, so that entering allocates nothing; a region gets a [node](crate::tree) only when somebody
//! needs one (a handle, a hold, a part of an operation that suspends). A mere timeout needs none.
//!
//! The chain is found through one raw pointer in a thread-local `Cell`, set and restored around the
//! poll; a counted reference there was measured thirty times dearer. `pointer` holds the `unsafe`
//! that this costs, and nothing else.

mod budget;
mod pointer;
mod region;
mod values;

use std::sync::Arc;

pub use budget::{charge, has_room_for, refuse, renew};
pub use region::{Refusal, Region};
pub use values::{Kept, Key, Snapshot};

use crate::{
    Runtime,
    tree::{self, Branch, Kind, Node, NodeRef, Reason},
};

/// One region on the chain of the poll that is going on.
pub(crate) struct Frame<'a> {
    outer: Option<&'a Frame<'a>>,
    place: Place<'a>,
    runtime: Option<&'a Arc<Runtime>>,
}

/// What a frame stands for.
#[derive(Clone, Copy)]
enum Place<'a> {
    Region(&'a Region),
    /// The top of a child task, or of a worker thread's call, whose node was there before.
    Top(Existing<'a>),
}

/// What carries the node of a task, as the task's future keeps it. That future moves until it is spawned, and is smaller
/// with a thin pointer than with a `NodeRef`.
trait Top {
    fn share(&self) -> NodeRef;
}

impl<B: Branch> Top for Arc<B> {
    fn share(&self) -> NodeRef {
        Arc::clone(self) as NodeRef
    }
}

/// The node of a frame that has one, as it is kept there.
#[derive(Clone, Copy)]
enum Existing<'a> {
    Node(&'a NodeRef),
    /// The node is found without a call: every operation in the task asks whether it is cancelled.
    Task(&'a Node, &'a dyn Top),
}

impl<'a> Existing<'a> {
    #[inline]
    fn node(self) -> &'a Node {
        match self {
            Self::Node(node) => node.node(),
            Self::Task(node, _) => node,
        }
    }

    #[inline]
    fn share(self) -> NodeRef {
        match self {
            Self::Node(node) => Arc::clone(node),
            Self::Task(_, top) => top.share(),
        }
    }
}

impl<'a> Place<'a> {
    #[inline]
    fn existing_node(self) -> Option<Existing<'a>> {
        match self {
            Self::Region(region) => region.existing_node().map(Existing::Node),
            Self::Top(top) => Some(top),
        }
    }

    #[inline]
    fn kind(self) -> Kind {
        match self {
            Self::Region(region) => region.kind(),
            Self::Top(_) => Kind::Task,
        }
    }

    fn is_of_interest(self) -> bool {
        match self {
            Self::Region(region) => region.existing_node().is_some() || region.has_started(),
            Self::Top(_) => true,
        }
    }

    fn make_node(self, parent: Option<&NodeRef>) -> NodeRef {
        match self {
            Self::Region(region) => region.make_node(parent),
            Self::Top(top) => top.share(),
        }
    }
}

/// Polls something inside `region`, and inside `runtime` where one is given.
///
/// A region that was polled elsewhere before moves here (rule C6). The context before is restored when
/// `f` returns or unwinds.
#[inline(always)]
pub fn enter<R>(region: &Region, runtime: Option<&Arc<Runtime>>, f: impl FnOnce() -> R) -> R {
    settle(region);
    enter_where_it_is(region, runtime, f)
}

/// Polls a child task, or drops its body, under the node that the task was given.
///
/// It stays where it was put, whoever polls it, and starts with a fresh budget.
#[inline(always)]
pub fn enter_task<B: Branch, R>(top: &Arc<B>, runtime: &Arc<Runtime>, f: impl FnOnce() -> R) -> R {
    top.node().begin_poll();
    enter_top(Existing::Task(top.node(), top), runtime, f)
}

/// Runs a function on a worker thread, under the node of the call that it serves.
#[inline(always)]
pub fn enter_call<R>(node: &NodeRef, runtime: &Arc<Runtime>, f: impl FnOnce() -> R) -> R {
    enter_top(Existing::Node(node), runtime, f)
}

#[inline(always)]
fn enter_top<R>(top: Existing<'_>, runtime: &Arc<Runtime>, f: impl FnOnce() -> R) -> R {
    pointer::with(|outer| {
        let frame = Frame {
            outer,
            place: Place::Top(top),
            runtime: Some(runtime),
        };
        budget::fresh(|| pointer::set(&frame, f))
    })
}

/// Moves a region that was polled elsewhere before to where it is polled now.
///
/// [`enter`] does so by itself; this is for a poll that enters nothing.
#[inline(always)]
pub fn settle(region: &Region) {
    // Without a node it is nowhere.
    if let Some(node) = region.existing_node() {
        node.node().begin_poll();
        pointer::with(|outer| {
            if !region.is_at_home(outer.map(|outer| outer.place.existing_node())) {
                move_to(region, outer);
            }
        });
    }
}

#[cold]
fn move_to(region: &Region, outer: Option<&Frame<'_>>) {
    region.rehome(outer.map(Frame::node).as_ref());
}

/// Like [`enter`], for dropping what is inside `region`: whoever drops it is not where it runs.
#[inline(always)]
pub fn enter_where_it_is<R>(
    region: &Region,
    runtime: Option<&Arc<Runtime>>,
    f: impl FnOnce() -> R,
) -> R {
    pointer::with(|outer| {
        let frame = Frame {
            outer,
            place: Place::Region(region),
            runtime: runtime.or(outer.and_then(|outer| outer.runtime)),
        };
        pointer::set(&frame, f)
    })
}

/// Runs `f` outside every region, as foreign code would.
#[inline]
pub fn leave<R>(f: impl FnOnce() -> R) -> R {
    pointer::clear(f)
}

/// Runs `f` as it would run on another thread: outside every region, without values, with a budget of its own.
///
/// For a runtime that polls one task in the middle of another's poll.
pub fn elsewhere<R>(f: impl FnOnce() -> R) -> R {
    Snapshot::EMPTY.enter(|| pointer::clear(|| budget::fresh(f)))
}

/// The runtime of the task being polled, or of the facade worker thread this is.
#[inline]
pub fn runtime<R>(f: impl FnOnce(Option<&Arc<Runtime>>) -> R) -> R {
    pointer::with(|frame| f(frame.and_then(|frame| frame.runtime)))
}

/// Whether any region is entered on this thread.
#[inline]
pub fn is_inside() -> bool {
    pointer::with(|frame| frame.is_some())
}

/// Whether the code being polled is cancelled: its own region, or one around it up to a shield.
#[inline]
pub fn is_cancelled() -> bool {
    here(|node| node.node().is_cancelled())
}

/// Whether the code being polled is cancelled, or was asked to come to an end by itself.
pub fn is_asked_to_end() -> bool {
    here(|node| node.node().is_cancelled() || node.node().is_soft())
}

/// Why the code being polled is cancelled: what the outermost cancelled region up to a shield will report.
pub fn cancel_reason() -> Option<Reason> {
    here(|node| {
        node.node()
            .is_cancelled()
            .then(|| tree::effective_reason(&node.share()))
            .flatten()
    })
}

/// What the nearest node says of the place that is being polled; nothing where a shield comes first.
#[inline]
fn here<T: Default>(says: impl FnOnce(Existing<'_>) -> T) -> T {
    pointer::with(|innermost| {
        let mut current = innermost;
        while let Some(frame) = current {
            if let Some(node) = frame.place.existing_node() {
                return says(node);
            }
            if frame.place.kind() == Kind::Shield {
                break;
            }
            current = frame.outer;
        }
        T::default()
    })
}

/// The node of the innermost region, made now if it has none yet.
pub fn node() -> Option<NodeRef> {
    pointer::with(|innermost| innermost.map(Frame::node))
}

/// Like [`node()`], but of the innermost region that something needed a node in, or whose clock runs.
///
/// For reading the tree, deadlines included, without making it larger than that takes.
pub fn existing_node() -> Option<NodeRef> {
    pointer::with(|innermost| {
        let mut current = innermost;
        while let Some(frame) = current {
            if frame.place.is_of_interest() {
                return Some(frame.node());
            }
            current = frame.outer;
        }
        None
    })
}

/// The nearest region that a cancel ends and that reports it: its node, unless a shield comes first.
pub fn nearest_scope() -> Option<NodeRef> {
    pointer::with(|innermost| {
        let mut current = innermost;
        while let Some(frame) = current {
            match frame.place.kind() {
                Kind::Part | Kind::Group => current = frame.outer,
                Kind::Shield => return None,
                _ => return Some(frame.node()),
            }
        }
        None
    })
}

impl Frame<'_> {
    /// The node of the region; the regions around it have theirs by then.
    fn node(&self) -> NodeRef {
        if let Some(node) = self.place.existing_node() {
            return node.share();
        }
        match self.outer.map(|outer| outer.place.existing_node()) {
            None => self.place.make_node(None),
            Some(Some(parent)) => self.place.make_node(Some(&parent.share())),
            Some(None) => self.nodes(),
        }
    }

    /// A loop, not a recursion: hundreds of regions may have to be given nodes at once.
    #[cold]
    fn nodes(&self) -> NodeRef {
        let mut bare = Vec::new();
        let mut current = Some(self);
        let mut parent = None;
        while let Some(frame) = current {
            if let Some(node) = frame.place.existing_node() {
                parent = Some(node.share());
                break;
            }
            bare.push(frame.place);
            current = frame.outer;
        }
        while let Some(place) = bare.pop() {
            parent = Some(place.make_node(parent.as_ref()));
        }
        parent.expect("the walk starts at a frame, so there is a node")
    }
}
