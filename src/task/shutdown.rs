//! Ending a group in two steps: a request first, a cancel after a while (rule C11).

use std::{sync::Arc, time::Duration};

use anyrt_core::tree::{self, Kind, NodeRef};

use super::{child, handle::Child, label::Identity, members::Members};

/// Asks the children to come to an end, and cancels those that have not after `grace`.
pub(super) fn shutdown<E: Send + 'static>(
    members: &Arc<Members<E>>,
    grace: Duration,
    identity: Identity,
) {
    tree::soften(members.children());
    if grace.is_zero() {
        members.cancel();
        return;
    }
    // A daemon, so that the group need not wait for the end of the grace; and not counted as anybody's child.
    let child = Child::new(Kind::Daemon, identity);
    let node: NodeRef = Arc::clone(&child) as NodeRef;
    if tree::attach(&node, members.children()).is_err() {
        return;
    }
    let waits = Arc::clone(members);
    let body = async move {
        crate::time::sleep(grace).await;
        waits.cancel();
        Ok(())
    };
    child::launch(members, Kind::Daemon, child, body);
}
