//! The state of a node, flag by flag.
//!
//! Flags are changed under the node's lock (`COUNTED` under its parent's) and read without it. `INHERITED`, `FROM_AROUND`, `OUTER` and
//! `SOFT_AROUND` follow from the parent's flags, and change when those do or when the node moves; the others stay
//! once they are set: a cancel is final.

/// This node itself was cancelled, or its deadline passed.
///
/// Set by `cancel`, together with the reason. Never cleared.
pub(super) const SELF: u32 = 1 << 0;

/// A node around this one is cancelled, with no shield between.
///
/// Exactly if the parent has `SELF | INHERITED`. Excludes nothing: a node can be cancelled both by
/// itself and from above.
pub(super) const INHERITED: u32 = 1 << 1;

/// This node is a shield: a cancel from outside stops here.
///
/// Set at birth, cleared when the shield has ended and something is still below it. Excludes `INHERITED` and `SOFT_AROUND`.
pub(super) const SHIELD: u32 = 1 << 2;

/// A cancel from outside has reached this shield.
///
/// Only ever set together with `SHIELD`, when another node would have `INHERITED`. Children do not
/// take it over.
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

/// This node was asked to come to an end by itself.
///
/// Set by `soften`. Never cleared. Drops no body; only those who ask see it.
pub(super) const SOFT: u32 = 1 << 7;

/// A node around this one was asked to come to an end, with no shield between.
///
/// Exactly if the parent has `SOFT | SOFT_AROUND`.
pub(super) const SOFT_AROUND: u32 = 1 << 8;

/// Somebody waits here to be asked to come to an end; `soften` wakes no other node.
///
/// Set at birth.
pub(super) const WATCH: u32 = 1 << 9;

/// The node keeps the waker that its region left.
///
/// Set with the waker, cleared when the waker is taken. A region that finds it set needs no lock to know that
/// its waker is still there.
pub(super) const ARMED: u32 = 1 << 10;

/// This node is around the body and the children of a group: what reaches it from above comes from around the group.
///
/// Set at birth.
pub(super) const GROUP: u32 = 1 << 11;

/// The first cancel that reached this node came from around the group that it is in.
///
/// Set together with `INHERITED`: on a `GROUP` node, and below it where the parent has it. A cancel that comes later
/// changes nothing; with `INHERITED` it is taken back.
pub(super) const FROM_AROUND: u32 = 1 << 12;

/// Nobody waits for this child by itself: its group ends it when only such children are left.
///
/// Set at birth.
pub(super) const DAEMON: u32 = 1 << 16;

/// The group of this children node was dropped: with its last child it leaves the group that adopted it.
///
/// Set by `adopt`. Never cleared.
pub(super) const ORPHANED: u32 = 1 << 17;

/// This task belongs to the group it was started for, no longer to whoever started it.
///
/// Set by `hand_over`. Never cleared.
pub(super) const HANDED: u32 = 1 << 18;

/// This task has ended: it is too late to hand it over.
///
/// Set by `settle`. Never cleared.
pub(super) const SETTLED: u32 = 1 << 19;

/// Everything below knows that this node is cancelled: a walk that finds it so need not go on.
///
/// Set by a walk that has come by all of it, and where there is nothing below. Cleared when the node is no longer cancelled.
pub(super) const SPREAD: u32 = 1 << 20;

/// The region of this node has ended, and something was below it: it is a mark of where that is.
///
/// Set by `detach`, under the lock under which the node had children. Never cleared. Holds do not pass it.
pub(super) const ENDED: u32 = 1 << 21;

/// The parent counts this node as a mark, no longer as a child.
///
/// Set together with the count, under the parent's lock. Never cleared.
pub(super) const COUNTED: u32 = 1 << 22;

/// An operation below has come to its end elsewhere, and has let go, since the region was polled last: it is polled once more
/// before it drops its body, for the outcome is there.
///
/// Set by `land`. Cleared when the region is polled.
pub(super) const LANDED: u32 = 1 << 23;

/// A cancel has reached, and woken, the operation that holds here, and it has not been polled since.
///
/// Set at the end of a walk, with the time. Cleared when the region is polled.
pub(super) const UNPOLLED: u32 = 1 << 24;

/// The last child that goes closes the group: its body has ended.
///
/// Set by `close_when_empty`. Never cleared.
pub(super) const LAST_CLOSES: u32 = 1 << 25;

/// An operation below that came to its end elsewhere has given its outcome since the region began to be polled, so that the
/// region is not polled once more for it: code after the operation runs to its next suspension, as ever.
///
/// Set by `take_outcome`. Cleared when the region is polled.
pub(super) const TAKEN: u32 = 1 << 26;

/// What a poll of the region settles.
pub(super) const SINCE_POLLED: u32 = LANDED | UNPOLLED | TAKEN;

/// Cancelled in either way.
pub(super) const CANCELLED: u32 = SELF | INHERITED;

/// Asked to come to an end in either way.
pub(super) const SOFTENED: u32 = SOFT | SOFT_AROUND;

/// What follows from the parent.
const FROM_ABOVE: u32 = INHERITED | OUTER | SOFT_AROUND | FROM_AROUND;

/// Whether a node with these flags has anything to pass on to its children.
#[inline]
pub(super) fn passes_on(flags: u32) -> bool {
    flags & (CANCELLED | SOFTENED) != 0
}

/// The flags of a node that had `before`, under a parent that has `above`.
pub(super) fn under(before: u32, above: u32) -> u32 {
    let mut flags = before & !FROM_ABOVE;
    if flags & SHIELD != 0 {
        if above & CANCELLED != 0 {
            flags |= OUTER;
        }
        return flags;
    }
    if above & CANCELLED != 0 {
        flags |= INHERITED;
        flags |= if before & CANCELLED != 0 {
            before & FROM_AROUND
        } else if flags & GROUP != 0 {
            FROM_AROUND
        } else {
            above & FROM_AROUND
        };
    }
    if above & SOFTENED != 0 {
        flags |= SOFT_AROUND;
    }
    if flags & CANCELLED == 0 {
        flags &= !SPREAD;
    }
    flags
}
