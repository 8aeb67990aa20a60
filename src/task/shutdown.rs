//! Ending a group in two steps: a request first, a cancel after a while (rule C11).

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyrt_core::{
    Instant,
    tree::{self, NodeRef, Reason},
};

use super::{detached::spawn_detached, label::Identity, members::Members};

/// The end of a group's grace. The task that waits for it is nobody's child: the group neither counts it nor waits for it.
#[derive(Default)]
pub(super) struct Grace(Mutex<State>);

#[derive(Default)]
struct State {
    /// The earliest end, and the task that waits for it.
    pending: Option<(Instant, NodeRef)>,
    /// The group has ended.
    over: bool,
}

impl Grace {
    /// Whether an end at `at` would change anything.
    fn would_shorten(&self, at: Instant) -> bool {
        self.state().would_shorten(at)
    }

    /// Puts a task in the place of one that would end later; returns the task that is of no use.
    fn shorten(&self, at: Instant, task: NodeRef) -> Option<NodeRef> {
        let mut state = self.state();
        if !state.would_shorten(at) {
            return Some(task);
        }
        state.pending.replace((at, task)).map(|(_, task)| task)
    }

    /// The group has ended, before the grace has or after: nobody waits for that any more.
    pub(super) fn group_ended(&self) {
        let pending = {
            let mut state = self.state();
            state.over = true;
            state.pending.take()
        };
        if let Some((_, task)) = pending {
            tree::cancel(&task, Reason::Explicit);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn would_shorten(&self, at: Instant) -> bool {
        !self.over && self.pending.as_ref().is_none_or(|(end, _)| at < *end)
    }
}

/// Asks the children to come to an end, and cancels the group after `grace`, with what is spawned in it later.
pub(super) fn shutdown<E: Send + 'static>(
    members: &Arc<Members<E>>,
    grace: Duration,
    identity: Identity,
) {
    // Before the node's lock is taken: a group that closes later finds it, and one that closed before is seen to be closed.
    let end = members.grace();
    tree::soften(members.children());
    if grace.is_zero() {
        members.cancel();
        return;
    }
    let Some(at) = members.handle().now().checked_add(grace) else {
        return;
    };
    if members.children().node().is_closed() || !end.would_shorten(at) {
        return;
    }
    let waits = Arc::downgrade(members);
    let runtime = (Arc::clone(&members.runtime), members.handle().clone());
    let task = spawn_detached(runtime, identity, async move {
        crate::time::sleep_until(at).await;
        if let Some(members) = waits.upgrade() {
            members.cancel();
        }
    });
    if let Some(superfluous) = end.shorten(at, task) {
        tree::cancel(&superfluous, Reason::Explicit);
    }
}
