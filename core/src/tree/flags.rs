//! The state of a node, flag by flag.
//!
//! Flags are changed under the node's lock and read without it. Nothing clears `SELF`: a cancel is
//! final.

/// This node itself was cancelled, or its deadline passed.
///
/// Set by `cancel`, together with the reason. Never cleared.
pub(super) const SELF: u32 = 1 << 0;

/// A node around this one is cancelled, with no shield between.
///
/// Set by the walk from above, or copied from the parent (`SELF | INHERITED`) by `attach`. Excludes
/// nothing: a node can be cancelled both by itself and from above.
pub(super) const INHERITED: u32 = 1 << 1;

/// This node is a shield: a cancel from outside stops here.
///
/// Set at birth. Excludes `INHERITED`.
pub(super) const SHIELD: u32 = 1 << 2;

/// A cancel from outside has reached this shield.
///
/// Only ever set together with `SHIELD`, by the walk or by `attach`. Children do not copy it.
pub(super) const OUTER: u32 = 1 << 3;

/// This node is the top of a task: holds do not travel beyond it.
///
/// Set at birth. A cancelled scope waits for what *its own* task must finish; that its group waits for the
/// other task is the group's hold.
pub(super) const ROOT: u32 = 1 << 4;

/// Somebody waits for this node's last child; the detach that empties the list wakes the node.
///
/// Set at birth, on a group's children node.
pub(super) const JOIN: u32 = 1 << 5;

/// No child may attach any more.
///
/// Set by `Node::close_if_empty` or `Node::close`. Never cleared.
pub(super) const CLOSED: u32 = 1 << 6;

/// Cancelled in either way.
pub(super) const CANCELLED: u32 = SELF | INHERITED;
