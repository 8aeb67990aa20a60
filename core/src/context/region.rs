//! A region of code as a future keeps it: its kind, and its node once there is one.

use std::{
    ptr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use super::Existing;
use crate::tree::{self, Deadline, Kind, Node, NodeRef};

/// A region that a future enters around each poll of its body.
///
/// It lives in the future, so that the node made for one poll serves the next. Dropping it takes the
/// node out of the tree.
#[derive(Debug)]
pub struct Region {
    kind: Kind,
    deadline: Deadline,
    node: OnceLock<Handed>,
    /// The address of the node that this one was put under; zero for none. It can not be taken by another
    /// node meanwhile: a node keeps its parent.
    home: AtomicUsize,
}

/// The node of a region; `NodeRef` has no `Debug` of its own.
struct Handed(NodeRef);

impl std::fmt::Debug for Handed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.node().fmt(f)
    }
}

impl Region {
    /// A region without a node; one is made when it is needed.
    #[inline]
    pub const fn new(kind: Kind, deadline: Deadline) -> Self {
        Self {
            kind,
            deadline,
            node: OnceLock::new(),
            home: AtomicUsize::new(0),
        }
    }

    /// A region whose node exists and is attached where it belongs.
    pub fn with_node(kind: Kind, node: NodeRef) -> Self {
        Self {
            kind,
            deadline: Deadline::Never,
            node: OnceLock::from(Handed(node)),
            home: AtomicUsize::new(0),
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
        self.node.get().map(|handed| &handed.0)
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
        if let Some(Handed(node)) = self.node.take() {
            tree::detach(&node);
        }
    }

    /// Whether the node is where a poll inside the region with node `around` expects it; true while there is no node. The top of
    /// a task stays where it was put.
    #[inline(always)]
    pub(super) fn is_at_home(&self, around: Option<Option<Existing<'_>>>) -> bool {
        if self.kind == Kind::Task || self.existing_node().is_none() {
            return true;
        }
        let home = self.home.load(Relaxed);
        match around {
            None => home == 0,
            // A region without a node has none below it either.
            Some(node) => node.is_some_and(|node| address(node.node()) == home),
        }
    }

    /// Moves the node to where the region is polled now.
    pub(super) fn rehome(&self, parent: Option<&NodeRef>) {
        if let Some(node) = self.existing_node() {
            self.home
                .store(parent.map_or(0, |parent| address(parent.node())), Relaxed);
            tree::rehome(node, parent);
        }
    }

    /// The node, made under `parent` if there is none.
    pub(super) fn make_node(&self, parent: Option<&NodeRef>) -> NodeRef {
        let handed = self.node.get_or_init(|| {
            let node: NodeRef = Arc::new(Node::new(self.kind, self.deadline));
            if let Some(parent) = parent {
                self.home.store(address(parent.node()), Relaxed);
                // Only a group's children node is ever closed, and that is nobody's innermost
                // region: a child task enters with a node of its own.
                let _ = tree::attach(&node, parent);
            }
            Handed(node)
        });
        Arc::clone(&handed.0)
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
