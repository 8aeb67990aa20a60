//! Who keeps a cancelled region alive: for people who wonder why it does not end.

use std::{
    fmt,
    panic::Location,
    sync::{Arc, OnceLock},
    time::Duration,
};

use super::{
    deadline::effective_reason,
    flags::{CANCELLED, OUTER, UNPOLLED},
    node::{Node, NodeRef, Reason},
};
use crate::Instant;

/// An operation that keeps cancelled scopes waiting, and where it was called.
///
/// Printed as `a shield at src/store.rs:17:5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holder {
    /// What kind of operation.
    pub kind: HolderKind,
    /// Where it was called.
    pub place: &'static Location<'static>,
    /// A cancel has woken it, and in the second since then it has not been polled: the future that it is in was given up by what
    /// polls it, or that waits for something else first. It then ends nothing by itself.
    pub not_polled: bool,
}

impl Holder {
    /// An operation that was called at `place`, and is being polled.
    pub const fn new(kind: HolderKind, place: &'static Location<'static>) -> Self {
        Self {
            kind,
            place,
            not_polled: false,
        }
    }
}

/// How long after a cancel an operation that was not polled is called so.
const PATIENCE: Duration = Duration::from_secs(1);

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
        write!(f, "{} at {}", self.kind, self.place)?;
        if self.not_polled {
            f.write_str(", not polled since the cancel")?;
        }
        Ok(())
    }
}

/// A time in milliseconds, small enough to be kept in each node; it begins anew after 49 days.
#[derive(Clone, Copy, Default)]
pub(super) struct Millis(u32);

impl Millis {
    /// `now` by whichever clock: only times of one clock are compared.
    fn from(now: Instant) -> Self {
        static ORIGIN: OnceLock<Instant> = OnceLock::new();
        let origin = *ORIGIN.get_or_init(|| now);
        let since = now.duration_since(origin).as_millis();
        let until = origin.duration_since(now).as_millis();
        // One of the two is zero; what does not fit is cut off on purpose.
        Self((since as u32).wrapping_sub(until as u32))
    }

    fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.wrapping_sub(earlier.0).into())
    }
}

/// A cancel has reached those who hold here, and is about to wake them.
#[cold]
pub(super) fn note_told(told: Vec<NodeRef>) {
    let now = Millis::from(Instant::now());
    for node in told {
        let mut state = node.node().lock();
        // It may have been moved out of the cancel since.
        if node.node().flags() & (CANCELLED | OUTER) != 0 {
            node.node().raise(UNPOLLED);
            state.told_at = now;
        }
    }
}

impl Node {
    /// Who keeps this node waiting, or would if something around it did: what holds here, or a call that waits for a
    /// token.
    /// `now` is the time on the runtime's clock; none where it stands still, and nothing goes on.
    pub fn holder(&self, now: Option<Instant>) -> Option<Holder> {
        self.holder_at(now).0
    }

    /// Says who places a hold on this node, or takes that back. Returns what was said before.
    pub fn set_holder(&self, holder: Option<Holder>) -> Option<Holder> {
        std::mem::replace(&mut self.lock().holder, holder)
    }

    /// Who was said to place a hold on this node.
    pub fn placed_holder(&self) -> Option<Holder> {
        self.lock().holder
    }

    /// Who holds here, or waits for a token, as it is at `now`; and whether the node is held.
    ///
    /// A name may stay when its hold has gone: it counts only while something holds.
    pub(super) fn holder_at(&self, now: Option<Instant>) -> (Option<Holder>, bool) {
        let state = self.lock();
        let held = state.holds > 0;
        let is_long_ago = |now| Millis::from(now).since(state.told_at) >= PATIENCE;
        let not_polled = self.flags() & UNPOLLED != 0 && now.is_none_or(is_long_ago);
        let holder = state
            .holder
            .filter(|holder| held || holder.kind == HolderKind::Token)
            .map(|holder| Holder {
                not_polled,
                ..holder
            });
        (holder, held)
    }
}

/// The outermost regions of the tree that `node` is in which are cancelled and held: why each was cancelled, and all
/// who hold inside it, in child tasks, too.
///
/// Reads the tree node by node while it goes on changing; what is found was so when it was looked at. `now` is the time on
/// the runtime's clock; none where it stands still, and nothing goes on.
pub fn overdue(node: &NodeRef, now: Option<Instant>) -> Vec<(Option<Reason>, Vec<Holder>)> {
    let mut root = Arc::clone(node);
    while let Some(parent) = { root.node().lock().parent.clone() } {
        root = parent;
    }
    let mut found: Vec<(Option<Reason>, Vec<Holder>)> = Vec::new();
    // With each node the region found above it.
    let mut pending: Vec<(NodeRef, Option<usize>)> = vec![(root, None)];
    while let Some((node, mut inside)) = pending.pop() {
        let (holder, held) = node.node().holder_at(now);
        let kids = node.node().below();
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
