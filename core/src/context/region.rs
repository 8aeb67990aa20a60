//! A region of code as a future keeps it: its kind, and its node once there is one.

use std::sync::{Arc, OnceLock};

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
    pub const fn new(kind: Kind, deadline: Deadline) -> Self {
        Self {
            kind,
            deadline,
            node: OnceLock::new(),
        }
    }

    /// A region whose node exists and is attached where it belongs.
    pub fn with_node(kind: Kind, node: NodeRef) -> Self {
        Self {
            kind,
            deadline: Deadline::Never,
            node: OnceLock::from(Handed(node)),
        }
    }

    /// What the region stands for.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The node, if anything has needed one.
    pub fn existing_node(&self) -> Option<&NodeRef> {
        self.node.get().map(|handed| &handed.0)
    }

    /// Takes the node out of the tree: the region has ended.
    pub fn end(&mut self) {
        if let Some(Handed(node)) = self.node.take() {
            tree::detach(&node);
        }
    }

    /// The node, made under `parent` if there is none.
    pub(super) fn make_node(&self, parent: Option<&NodeRef>) -> NodeRef {
        let handed = self.node.get_or_init(|| {
            let node: NodeRef = Arc::new(Node::new(self.kind, self.deadline));
            if let Some(parent) = parent {
                // Only a group's children node is ever closed, and that is nobody's innermost
                // region: a child task enters with a node of its own.
                let _ = tree::attach(&node, parent);
            }
            Handed(node)
        });
        Arc::clone(&handed.0)
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        self.end();
    }
}
