//! What a simulation says when it can not go on.

use std::{fmt::Write as _, time::Duration};

use crate::{
    job::JobName,
    order::Order,
    task::{Name, SpawnedBy},
};

/// Nothing can run, and nothing will.
///
/// `described` is what the facade says of its tasks, main among them; without a facade each task is named by itself.
pub(crate) fn hang(
    described: Option<&str>,
    blocked: impl Iterator<Item = Name>,
    waiting: impl Iterator<Item = JobName>,
    stuck: impl Iterator<Item = JobName>,
    order: Order,
    grace: Duration,
) -> String {
    let mut text =
        String::from("the simulation hangs: nothing can run, no timer is set, no job waits\n");
    add_indented(&mut text, described);
    let is_described = |name: &Name| match name {
        Name::Main => true,
        Name::Spawned { by, .. } => matches!(by, SpawnedBy::Facade(_)),
    };
    for name in blocked.filter(|name| described.is_none() || !is_described(name)) {
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
pub(crate) fn stuck_job(
    described: Option<&str>,
    name: JobName,
    order: Order,
    watchdog: Duration,
) -> String {
    let mut text = format!(
        "the simulation stands still: a blocking job has not returned within {watchdog:?} of real time\n  \
         stuck: {name}\n"
    );
    add_indented(&mut text, described);
    let _ = write!(
        text,
        "  order: {order}\n\
         A job runs alone, while every task and every other job waits for it, so it must not block on \
         anything that one of them has to do: let the task await that first, or split the job. If it \
         only takes long, raise the limit with SimRuntime::with_watchdog."
    );
    text
}

fn add_indented(text: &mut String, lines: Option<&str>) {
    for line in lines.unwrap_or_default().lines() {
        let _ = writeln!(text, "  {line}");
    }
}
