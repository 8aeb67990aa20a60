//! Deadlines, read along the way up.

use std::{sync::Arc, task::Waker, time::Duration};

use super::{
    flags::SHIELD,
    node::{Node, NodeRef, Reason},
};
use crate::{Instant, unhandled};

/// When a region ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// Not by itself.
    Never,
    /// So long after the clock is first read, which happens when somebody asks or when the body is
    /// first pending.
    After(Duration),
    /// At this instant.
    At(Instant),
}

impl Deadline {
    /// `After` becomes `At`, or `Never` where the clock has no such instant.
    #[inline]
    pub(crate) fn fix(&mut self, now: impl FnOnce() -> Instant) -> Option<Instant> {
        if let Self::After(delay) = *self {
            *self = match now().checked_add(delay) {
                Some(at) => Self::At(at),
                None => Self::Never,
            };
        }
        match *self {
            Self::At(at) => Some(at),
            _ => None,
        }
    }
}

impl Node {
    /// The deadline, fixed by reading the clock if it was still a delay.
    pub fn fix_deadline(&self, now: impl FnOnce() -> Instant) -> Option<Instant> {
        let mut deadline = self.lock().deadline;
        if let Deadline::After(_) = deadline {
            // The clock is a backend's, and is not read under the lock.
            let now = now();
            let mut state = self.lock();
            state.deadline.fix(|| now);
            deadline = state.deadline;
        }
        match deadline {
            Deadline::At(at) => Some(at),
            _ => None,
        }
    }

    /// When the region ends by itself, if its clock runs and it was not cancelled.
    pub(crate) fn pending_deadline(&self) -> Option<Instant> {
        let state = self.lock();
        match state.deadline {
            Deadline::At(at) if state.reason.is_none() => Some(at),
            _ => None,
        }
    }

    /// Moves the deadline and wakes the region to see it.
    pub fn set_deadline(&self, deadline: Deadline) {
        let waker: Option<Waker> = {
            let mut state = self.lock();
            if !self.has_ended() {
                state.deadline = deadline;
            }
            self.take_waker(&mut state)
        };
        waker.into_iter().for_each(unhandled::wake);
    }
}

/// What the code at `node` has to reckon with: the earliest deadline up to the next shield.
///
/// `None` means that it is cancelled already; `Some(Deadline::Never)` that no deadline is set.
pub fn effective_deadline(node: &NodeRef, now: impl Fn() -> Instant) -> Option<Deadline> {
    let mut earliest: Option<Instant> = None;
    let mut current = Some(Arc::clone(node));
    while let Some(node) = current {
        if node.node().is_cancelled() {
            return None;
        }
        if let Some(at) = node.node().fix_deadline(&now) {
            earliest = Some(earliest.map_or(at, |earliest| earliest.min(at)));
        }
        if node.node().flags() & SHIELD != 0 {
            break;
        }
        current = node.node().lock().parent.clone();
    }
    Some(earliest.map_or(Deadline::Never, Deadline::At))
}

/// Why the code at `node` is cancelled: the reason of the outermost cancelled node up to the next shield.
pub fn effective_reason(node: &NodeRef) -> Option<Reason> {
    let mut reason = None;
    let mut current = Some(Arc::clone(node));
    while let Some(node) = current {
        let state = node.node().lock();
        reason = state.reason.or(reason);
        current = (node.node().flags() & SHIELD == 0)
            .then(|| state.parent.clone())
            .flatten();
    }
    reason
}
