//! A region of code as a future keeps it: its kind, and its node once there is one.

use std::{
    fmt, ptr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU8, AtomicUsize, Ordering::Relaxed},
    },
};

use super::Existing;
use crate::{
    Instant,
    tree::{self, Deadline, Kind, Node, NodeRef},
};

/// A region that a future enters around each poll of its body.
///
/// It lives in the future, so that the node made for one poll serves the next. Dropping it takes the
/// node out of the tree.
#[derive(Debug)]
pub struct Region {
    kind: Kind,
    /// `NOW` and `BEFORE`. Only for whoever polls the region, one at a time.
    refused: AtomicU8,
    deadline: Deadline,
    // All that a region without a node need not set, or look at when it goes, is in here.
    attached: OnceLock<Attached>,
}

/// The budget has refused an operation in the region, and nobody has taken note.
const NOW: u8 = 1 << 0;

/// The region has taken note of a refusal.
const BEFORE: u8 = 1 << 1;

/// What the budget did in a region since that was last asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum Refusal {
    /// It refused nothing.
    None,
    /// It refused an operation for the first time in the region's life.
    First,
    /// It refused an operation, as it had before.
    Again,
}

/// The node of a region, and where it is.
struct Attached {
    node: NodeRef,
    /// The address of the node that this one was put under; zero for none. It can not be taken by another
    /// node meanwhile: a node keeps its parent.
    home: AtomicUsize,
}

/// `NodeRef` has no `Debug` of its own.
impl fmt::Debug for Attached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.node().fmt(f)
    }
}

impl Region {
    /// A region without a node; one is made when it is needed.
    #[inline]
    pub const fn new(kind: Kind, deadline: Deadline) -> Self {
        Self {
            kind,
            refused: AtomicU8::new(0),
            deadline,
            attached: OnceLock::new(),
        }
    }

    /// A region whose node exists and is attached where it belongs.
    pub fn with_node(kind: Kind, node: NodeRef) -> Self {
        Self {
            kind,
            refused: AtomicU8::new(0),
            deadline: Deadline::Never,
            attached: OnceLock::from(Attached {
                node,
                home: AtomicUsize::new(0),
            }),
        }
    }

    /// What the region stands for.
    #[inline]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The node, if anything has needed one.
    #[inline(always)]
    pub fn existing_node(&self) -> Option<&NodeRef> {
        self.attached.get().map(|attached| &attached.node)
    }

    /// Starts the clock, if it has not been started; returns when the region ends by itself.
    ///
    /// Once there is a node the deadline is the node's, where others may move it.
    #[inline]
    pub fn fix_deadline(&mut self, now: impl FnOnce() -> Instant) -> Option<Instant> {
        match self.existing_node() {
            None => self.deadline.fix(now),
            Some(node) => node.node().fix_deadline(now),
        }
    }

    /// What the budget did in here since the last call: a suspension that is a first refusal ends nothing.
    #[inline(always)]
    pub fn take_refusal(&self) -> Refusal {
        if self.refused.load(Relaxed) & NOW == 0 {
            return Refusal::None;
        }
        self.note_refusal()
    }

    #[cold]
    fn note_refusal(&self) -> Refusal {
        let first = self.refused.load(Relaxed) & BEFORE == 0;
        self.refused.store(BEFORE, Relaxed);
        if first {
            Refusal::First
        } else {
            Refusal::Again
        }
    }

    /// An operation in here is refused; returns whether the region has been refused before.
    pub(super) fn refuse(&self) -> bool {
        let before = self.refused.load(Relaxed);
        self.refused.store(before | NOW, Relaxed);
        before & BEFORE != 0
    }

    /// When the region ends by itself, if its clock runs and it is not cancelled yet.
    pub(super) fn pending_deadline(&self) -> Option<Instant> {
        match self.existing_node() {
            Some(node) => node.node().pending_deadline(),
            None => match self.deadline {
                Deadline::At(at) => Some(at),
                _ => None,
            },
        }
    }

    /// Takes the node out of the tree: the region has ended.
    #[inline(always)]
    pub fn end(&mut self) {
        if self.existing_node().is_some() {
            self.detach();
        }
    }

    #[inline(never)]
    fn detach(&mut self) {
        if let Some(attached) = self.attached.take() {
            tree::detach(&attached.node);
        }
    }

    /// Whether the clock runs, and nobody had to know so far.
    #[inline]
    pub(super) fn has_started(&self) -> bool {
        matches!(self.deadline, Deadline::At(_))
    }

    /// Whether the node is where a poll inside the region with node `around` expects it; true while there is no node.
    #[inline(always)]
    pub(super) fn is_at_home(&self, around: Option<Option<Existing<'_>>>) -> bool {
        let Some(attached) = self.attached.get() else {
            return true;
        };
        let home = attached.home.load(Relaxed);
        match around {
            None => home == 0,
            // A region without a node has none below it either.
            Some(node) => node.is_some_and(|node| address(node.node()) == home),
        }
    }

    /// Moves the node to where the region is polled now.
    pub(super) fn rehome(&self, parent: Option<&NodeRef>) {
        if let Some(attached) = self.attached.get() {
            attached
                .home
                .store(parent.map_or(0, |parent| address(parent.node())), Relaxed);
            tree::rehome(&attached.node, parent);
        }
    }

    /// The node, made under `parent` if there is none.
    pub(super) fn make_node(&self, parent: Option<&NodeRef>) -> NodeRef {
        let attached = self.attached.get_or_init(|| {
            let node: NodeRef = Arc::new(Node::new(self.kind, self.deadline));
            if let Some(parent) = parent {
                // Only a group's children node is ever closed, and that is nobody's innermost
                // region: a child task enters with a node of its own.
                let _ = tree::attach(&node, parent);
            }
            Attached {
                node,
                home: AtomicUsize::new(parent.map_or(0, |parent| address(parent.node()))),
            }
        });
        Arc::clone(&attached.node)
    }
}

fn address(node: &Node) -> usize {
    ptr::from_ref(node).addr()
}

impl Drop for Region {
    #[inline(always)]
    fn drop(&mut self) {
        self.end();
    }
}
