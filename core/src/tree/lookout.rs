//! Looking again, without a lock.

use std::{ptr, task::Waker};

use super::{
    Look, Node,
    flags::{ARMED, CANCELLED},
};

/// What a region remembers of its last [look](Node::look), so that the next one is free where nothing has
/// changed.
///
/// Most polls find everything as it was: not cancelled, the same deadline, the same waker still registered.
/// One atomic load tells; the lock and the comparison under it took forty times as long.
#[derive(Debug, Default)]
pub struct Lookout {
    /// Data and table of the waker that the last look left. While the node keeps a clone of it, no other
    /// waker has both.
    left: Option<(usize, usize)>,
}

impl Lookout {
    /// Nothing has been looked at yet.
    pub const fn new() -> Self {
        Self { left: None }
    }

    /// Looks at the region's node; `None` if it is not cancelled and nothing has changed since the
    /// last look.
    ///
    /// A change that comes later takes the waker that is there, and wakes it: that is the waker of this poll.
    #[inline]
    pub fn look(&mut self, node: &Node, waker: &Waker) -> Option<Look> {
        let waker_is = (waker.data().addr(), ptr::from_ref(waker.vtable()).addr());
        if self.left == Some(waker_is) && node.flags() & (ARMED | CANCELLED) == ARMED {
            return None;
        }
        let look = node.look(waker);
        // A region that has to drop its body leaves no waker.
        self.left = (!look.must_drop()).then_some(waker_is);
        Some(look)
    }
}
