//! Reading the tree, for people who watch a program.

use std::panic::Location;

use super::node::{Node, NodeRef};

/// What a task or a group is called, and what it is doing.
#[derive(Clone, Copy, Debug)]
pub struct Label<'a> {
    /// The name that it was given.
    pub name: Option<&'a str>,
    /// Where it was spawned or opened.
    pub place: &'static Location<'static>,
    /// What it is.
    pub activity: Activity,
}

/// What a labelled node is, and for a task what it is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Activity {
    /// The children of a group.
    Group,
    /// A task that has not been polled yet.
    New,
    /// A task that is being polled.
    Running,
    /// A task that waits for something.
    Waiting,
}

impl Node {
    /// The nodes directly below this one.
    pub fn below(&self) -> Vec<NodeRef> {
        self.lock().kids()
    }

    /// Whether something here or further in must not be dropped yet.
    pub fn is_held(&self) -> bool {
        self.lock().holds > 0
    }
}
