//! Who keeps a cancelled region alive: for people who wonder why it does not end.

use std::{fmt, panic::Location, sync::Arc};

use super::{
    deadline::effective_reason,
    flags::CANCELLED,
    node::{Node, NodeRef, Reason, State},
};

/// An operation that keeps cancelled scopes waiting, and where it was called.
///
/// Printed as `a shield at src/store.rs:17:5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// What kind of operation.
    pub kind: HolderKind,
    /// Where it was called.
    pub place: &'static Location<'static>,
}

/// What kinds of operation hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HolderKind {
    /// A shield.
    Shield,
    /// A body with a clean-up, or the clean-up.
    Cleanup,
    /// A group that waits for its members.
    TaskGroup,
    /// The start of a task, which waits until that is ready.
    Start,
    /// A function on a worker thread.
    WorkerThread,
    /// A call that waits for a token of a limiter. It holds nothing itself, and is named where something around it
    /// does.
    Token,
}

impl fmt::Display for HolderKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shield => "a shield",
            Self::Cleanup => "a clean-up",
            Self::TaskGroup => "a task group",
            Self::Start => "the start of a task",
            Self::WorkerThread => "a worker thread",
            Self::Token => "a token of a limiter",
        })
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.kind, self.place)
    }
}

impl Node {
    /// Who keeps this node waiting, or would if something around it did: what holds here, or a call that waits for a
    /// token.
    pub fn holder(&self) -> Option<Holder> {
        self.lock().named_holder()
    }

    /// Says who places a hold on this node, or takes that back. Returns what was said before.
    pub fn set_holder(&self, holder: Option<Holder>) -> Option<Holder> {
        std::mem::replace(&mut self.lock().holder, holder)
    }
}

impl State {
    /// A name may stay when its hold has gone: it counts only while something holds.
    fn named_holder(&self) -> Option<Holder> {
        self.holder
            .filter(|holder| self.holds > 0 || holder.kind == HolderKind::Token)
    }
}

/// The outermost regions of the tree that `node` is in which are cancelled and held: why each was cancelled, and all
/// who hold inside it, in child tasks, too.
///
/// Reads the tree node by node while it goes on changing; what is found was so when it was looked at.
pub fn overdue(node: &NodeRef) -> Vec<(Option<Reason>, Vec<Holder>)> {
    let mut root = Arc::clone(node);
    while let Some(parent) = { root.node().lock().parent.clone() } {
        root = parent;
    }
    let mut found: Vec<(Option<Reason>, Vec<Holder>)> = Vec::new();
    // With each node the region found above it.
    let mut pending: Vec<(NodeRef, Option<usize>)> = vec![(root, None)];
    while let Some((node, mut inside)) = pending.pop() {
        let (held, holder, kids) = {
            let state = node.node().lock();
            (state.holds > 0, state.named_holder(), state.kids())
        };
        if held && inside.is_none() && node.node().flags() & CANCELLED != 0 {
            inside = Some(found.len());
            found.push((effective_reason(&node), Vec::new()));
        }
        if let (Some(holder), Some(inside)) = (holder, inside) {
            found[inside].1.push(holder);
        }
        pending.extend(kids.into_iter().rev().map(|kid| (kid, inside)));
    }
    found
}
