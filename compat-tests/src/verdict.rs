//! Running one case, and what came of it.

use std::{
    panic,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyrt_core::{Backend, Capabilities, Launch};

use crate::{
    Body, Case, Harness, Need, Trace,
    leftovers::Baseline,
    rig::Rig,
    spec,
    trace::{Setting, normal},
    watchdog::{Watched, text_of, watch},
};

/// What came of a case on one backend.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It did what the golden trace says.
    Passed,
    /// It did something else; the text says what, and what the rule is.
    Failed(String),
    /// It never ended; the text says how far it came.
    Hung(String),
    /// It means nothing on this backend; the text says why.
    Skipped(String),
}

/// A case, its outcome, and what is needed to see it again.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Verdict {
    /// Which case.
    pub case: &'static Case,
    /// What came of it.
    pub outcome: Outcome,
    /// How long it took, all its runs together.
    pub elapsed: Duration,
    /// The schedule on which it failed, where the harness tries several.
    pub schedule: Option<String>,
}

/// How far a case has come; looked at when it hangs.
#[derive(Default)]
struct Progress {
    trace: Option<Trace>,
    schedule: Option<String>,
}

type Shared = Arc<Mutex<Progress>>;

/// Runs one case on fresh runtimes of the harness, under a watchdog.
pub fn run<H: Harness>(case: &'static Case) -> Verdict {
    let began = Instant::now();
    let verdict = |outcome, schedule| Verdict {
        case,
        outcome,
        elapsed: began.elapsed(),
        schedule,
    };
    if let Some(reason) = skipped::<H>(case) {
        return verdict(Outcome::Skipped(reason), None);
    }
    // Inside foreign runtimes the counts are the process's: one case at a time.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _alone =
        H::is_ambient().then(|| ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner));
    let progress = Shared::default();
    let shared = Arc::clone(&progress);
    let watched = watch(case.name, H::patience(), move || {
        attempts::<H>(case, &shared)
    });
    let progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
    let schedule = progress.schedule.clone();
    let explain = |what: &str| explain(case, H::NAME, what, &progress);
    match watched {
        Watched::Returned => verdict(Outcome::Passed, None),
        Watched::Panicked(payload) => {
            let text = explain(&text_of(&*payload));
            verdict(Outcome::Failed(text), schedule)
        }
        Watched::Hung => {
            let text = explain(&format!("it has not ended within {:?}", H::patience()));
            verdict(Outcome::Hung(text), schedule)
        }
    }
}

/// Every run that the harness wants of the case; panics at the first that fails.
fn attempts<H: Harness>(case: &'static Case, progress: &Shared) {
    let backend = H::launch().backend().name();
    let virtual_clock = !H::capabilities().real_clock();
    H::explore(&|| {
        let trace = Trace::new(Setting {
            backend,
            tolerance: H::tolerance(),
            virtual_clock,
        });
        *progress.lock().unwrap_or_else(PoisonError::into_inner) = Progress {
            trace: Some(trace.clone()),
            schedule: H::schedule(),
        };
        match case.body {
            Body::Launching(body) => body(&Rig::of::<H>(), &trace),
            Body::Inside(body) => {
                let body = body(trace.clone());
                H::enter(Box::pin(async {
                    let before = Baseline::take();
                    body.await;
                    before.check().await;
                }));
            }
        }
        if !trace.matches(case.golden) {
            // Not a panic of the case: the hook has nothing to add.
            panic::resume_unwind(Box::new(String::from("the trace is another one")));
        }
    });
}

fn explain(case: &Case, column: &str, what: &str, progress: &Progress) -> String {
    let mut text = format!(
        "{} {} ({}) failed on {column}: {what}\n",
        case.id, case.name, case.level
    );
    if let Some(schedule) = &progress.schedule {
        text += &format!("  schedule: {schedule}\n");
    }
    for rule in case.rules {
        text += &format!("  rule {rule}: {}\n", spec::text_of(rule).unwrap_or("?"));
    }
    let got = progress
        .trace
        .as_ref()
        .map(Trace::lanes)
        .unwrap_or_default();
    text += &format!("  wanted:\n{}", indented(&normal(case.golden)));
    text += &format!("  got:\n{}", indented(&got));
    text
}

fn indented(lanes: &str) -> String {
    lanes.lines().map(|line| format!("    {line}\n")).collect()
}

/// Why the case means nothing on this backend.
pub(crate) fn skipped<H: Harness>(case: &Case) -> Option<String> {
    if H::is_ambient() && matches!(case.body, Body::Launching(_)) {
        return Some("the runtime is there already: nothing is launched".to_owned());
    }
    let capabilities = H::capabilities();
    case.needs.iter().find_map(|need| {
        ruled_out(capabilities, *need)
            .or_else(|| H::lacks(*need))
            .map(str::to_owned)
    })
}

fn ruled_out(capabilities: Capabilities, need: Need) -> Option<&'static str> {
    let (possible, reason) = match need {
        Need::OwnThreads => (
            capabilities.own_threads(),
            "tasks run only inside `block_on`",
        ),
        Need::ParallelTasks => (capabilities.parallel_tasks(), "tasks share one thread"),
        Need::Descriptors => (capabilities.descriptors(), "there is no reactor"),
        Need::Shutdown => (capabilities.shutdown(), "the runtime never ends"),
        Need::RealClock => (capabilities.real_clock(), "time is virtual"),
        Need::VirtualClock => (!capabilities.real_clock(), "time is real"),
        Need::ParallelJobs => (true, ""),
    };
    (!possible).then_some(reason)
}

#[cfg(all(test, feature = "shipped"))]
mod tests;
