//! What the crate `tracing` is told: a span for each task, and what becomes of tasks, groups and scopes (rule T16).
//!
//! A subscriber is foreign code: where it panics, the task goes on, and the panic is reported.

use std::mem;

use anyrt_core::{
    tree::{Kind, Reason},
    unhandled::contain,
};
use tracing::{Span, debug, error, info_span, warn};

use crate::task::Identity;

/// The span of a task. It is entered around each poll, and while what is left of the task is dropped.
pub(crate) struct TaskSpan(Span);

impl TaskSpan {
    /// Below the span that is current where the task is spawned.
    pub(crate) fn new(kind: Kind, identity: &Identity) -> Self {
        let kind = match kind {
            Kind::Daemon => "daemon",
            _ => "task",
        };
        let span = contain(|| {
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

    pub(crate) fn inside<R>(&self, act: impl FnOnce() -> R) -> R {
        let entered = contain(|| self.0.enter());
        let result = act();
        contain(|| drop(entered));
        result
    }

    /// Nothing is left of the task: its span closes before anybody hears that it has ended.
    pub(crate) fn close(&mut self) {
        let span = mem::replace(&mut self.0, Span::none());
        contain(|| drop(span));
    }
}

/// A task ended with an error, which goes to its group.
pub(crate) fn failed() {
    contain(|| warn!(target: "anyrt", "the task failed"));
}

/// A task panicked, or something of it did when it was dropped.
pub(crate) fn panicked() {
    contain(|| error!(target: "anyrt", "the task panicked"));
}

/// `what` was cancelled, for the first time.
pub(crate) fn cancelled(what: &'static str, reason: Reason) {
    contain(|| debug!(target: "anyrt", what, %reason, "cancelled"));
}
