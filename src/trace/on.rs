//! What the crate `tracing` is told: a span for each task, and what becomes of tasks, groups and scopes (rule T16).
//!
//! A subscriber is foreign code that may panic. Each call to one is contained: nobody waits for a task that ended in the
//! middle of telling that it ends.

use std::mem;

use anyrt_core::tree::{Kind, Reason};
use tracing::{Span, debug, error, info_span, warn};

use crate::{
    payload::caught,
    task::{Identity, unhandled},
};

/// The span of a task. It is entered around each poll, and while what is left of the task is dropped.
pub(crate) struct TaskSpan(Span);

impl TaskSpan {
    /// Below the span that is current where the task is spawned.
    pub(crate) fn new(kind: Kind, identity: &Identity) -> Self {
        let kind = match kind {
            Kind::Daemon => "daemon",
            _ => "task",
        };
        let span = told(|| {
            info_span!(
                target: "anyrt",
                "task",
                name = identity.name(),
                place = %identity.place(),
                kind,
            )
        });
        Self(span.unwrap_or_else(Span::none))
    }

    /// `act` panics nowhere: what it runs of the program's is caught inside it.
    pub(crate) fn inside<R>(&self, act: impl FnOnce() -> R) -> R {
        let entered = told(|| self.0.enter());
        let done = act();
        told(|| drop(entered));
        done
    }

    /// Nothing is left of the task: its span closes before anybody hears that it has ended.
    pub(crate) fn close(&mut self) {
        let span = mem::replace(&mut self.0, Span::none());
        told(|| drop(span));
    }
}

/// A task ended with an error, which goes to its group.
pub(crate) fn failed() {
    told(|| warn!(target: "anyrt", "the task failed"));
}

/// A task panicked, or something of it did when it was dropped.
pub(crate) fn panicked() {
    told(|| error!(target: "anyrt", "the task panicked"));
}

/// A task was spawned on a closed group, and will not run.
pub(crate) fn refused(identity: &Identity) {
    told(|| {
        warn!(
            target: "anyrt",
            name = identity.name(),
            place = %identity.place(),
            "the task was refused: its group is closed"
        );
    });
}

/// `what` was cancelled, for the first time.
pub(crate) fn cancelled(what: &'static str, reason: Reason) {
    told(|| debug!(target: "anyrt", what, %reason, "cancelled"));
}

/// Calls the subscriber; a panic of it goes to the unhandled-error hook.
fn told<R>(tell: impl FnOnce() -> R) -> Option<R> {
    caught(tell).map_err(unhandled::tell_of_a_subscriber).ok()
}
