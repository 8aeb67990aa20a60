//! What a simulation says when it can not go on.

use std::{fmt::Write as _, time::Duration};

use crate::{job::JobName, order::Order, task::Name};

/// Nothing can run, and nothing will.
pub(crate) fn hang(
    blocked: impl Iterator<Item = Name>,
    waiting: impl Iterator<Item = JobName>,
    stuck: impl Iterator<Item = JobName>,
    order: Order,
    grace: Duration,
) -> String {
    let mut text =
        String::from("the simulation hangs: nothing can run, no timer is set, no job waits\n");
    for name in blocked {
        let _ = writeln!(text, "  blocked: {name}");
    }
    for name in waiting {
        let _ = writeln!(text, "  waits for a task: {name}");
    }
    for name in stuck {
        let _ = writeln!(text, "  given up earlier: {name}");
    }
    let _ = write!(
        text,
        "  order: {order}\n\
         Look for what should have woken them. A wake from a thread that the simulation does not \
         know was awaited for {grace:?} (SimRuntime::with_hang_grace); give such work to \
         spawn_blocking instead."
    );
    text
}

/// A job has not returned.
pub(crate) fn stuck_job(name: JobName, order: Order, watchdog: Duration) -> String {
    format!(
        "the simulation stands still: a blocking job has not returned within {watchdog:?} of real time\n  \
         stuck: {name}\n  \
         order: {order}\n\
         A job runs alone, while every task and every other job waits for it, so it must not block on \
         anything that one of them has to do: let the task await that first, or split the job. If it \
         only takes long, raise the limit with SimRuntime::with_watchdog."
    )
}
