//! What is done around each poll of a task for those who watch.

use anyrt_core::Shared;

use super::{label::TaskLabel, slow_poll};
use crate::trace::TaskSpan;

/// Polls in the task's span; its label says so meanwhile, and it is measured if the run asks for that.
#[inline(always)]
pub(super) fn watched<R>(
    shared: &Shared,
    task: &TaskLabel,
    span: &TaskSpan,
    poll: impl FnOnce() -> R,
) -> R {
    let poll = || span.inside(poll);
    task.polling();
    let polled = match shared.slow_poll() {
        None => poll(),
        Some(limit) => slow_poll::measured(limit, task, poll),
    };
    task.polled();
    polled
}
