//! The runner tells a case that fails from one that passes, and says why.

use std::{mem, time::Duration};

use anyrt_sim::{Order, SimRuntime};
use anyrt_smol::SmolRuntime;

use super::{Outcome, run};
use crate::{
    Body, BoxFuture, Case, Harness, Level, Need, Trace,
    tools::{forever, peek},
};

struct Sim;

impl Harness for Sim {
    type Launch = SimRuntime;
    const NAME: &'static str = "sim";

    fn launch() -> SimRuntime {
        SimRuntime::new(Order::Fifo)
    }

    fn schedule() -> Option<String> {
        Some("seed 7".to_owned())
    }
}

struct Impatient;

impl Harness for Impatient {
    type Launch = SmolRuntime;
    const NAME: &'static str = "smol";

    fn launch() -> SmolRuntime {
        SmolRuntime::new(Some(1)).unwrap()
    }

    fn patience() -> Duration {
        Duration::from_millis(200)
    }
}

const fn case(body: fn(Trace) -> BoxFuture, needs: &'static [Need]) -> Case {
    Case {
        id: "X-001",
        name: "x001_a_case",
        level: Level::Must,
        rules: &["T2"],
        since: "0.1",
        needs,
        golden: "main: one two",
        body: Body::Inside(body),
    }
}

fn log(t: &Trace, events: &[&str]) {
    events.iter().for_each(|event| t.log("main", event));
}

#[test]
fn the_golden_trace_passes() {
    static CASE: Case = case(|t| Box::pin(async move { log(&t, &["one", "two"]) }), &[]);
    assert_eq!(run::<Sim>(&CASE).outcome, Outcome::Passed);
}

#[test]
fn another_trace_fails_with_all_that_is_needed() {
    static CASE: Case = case(|t| Box::pin(async move { log(&t, &["two", "one"]) }), &[]);
    let verdict = run::<Sim>(&CASE);
    let Outcome::Failed(text) = verdict.outcome else {
        panic!("{:?}", verdict.outcome);
    };
    for part in [
        "X-001",
        "MUST",
        "sim",
        "seed 7",
        "rule T2",
        "main: one two",
        "main: two one",
    ] {
        assert!(text.contains(part), "{part} is missing in: {text}");
    }
}

#[test]
fn a_panic_fails_with_its_text() {
    static CASE: Case = case(|_| Box::pin(async { panic!("on-purpose") }), &[]);
    let outcome = run::<Sim>(&CASE).outcome;
    assert!(
        matches!(&outcome, Outcome::Failed(text) if text.contains("on-purpose")),
        "{outcome:?}"
    );
}

#[test]
fn a_hang_is_told_with_how_far_it_came() {
    static CASE: Case = case(
        |t| {
            Box::pin(async move {
                log(&t, &["one"]);
                forever().await;
            })
        },
        &[],
    );
    let outcome = run::<Impatient>(&CASE).outcome;
    assert!(
        matches!(&outcome, Outcome::Hung(text) if text.contains("main: one\n")),
        "{outcome:?}"
    );
}

#[test]
fn what_is_left_behind_fails() {
    static CASE: Case = case(
        |t| {
            Box::pin(async move {
                let mut sleep = Box::pin(anyrt::sleep(Duration::from_secs(3600)));
                assert!(peek(&mut sleep).await.is_pending());
                mem::forget(sleep);
                log(&t, &["one", "two"]);
            })
        },
        &[],
    );
    let outcome = run::<Sim>(&CASE).outcome;
    assert!(
        matches!(&outcome, Outcome::Failed(text) if text.contains("is left")),
        "{outcome:?}"
    );
}

#[test]
fn what_is_ruled_out_is_skipped_with_a_reason() {
    static CASE: Case = case(|_| Box::pin(async { panic!("it ran") }), &[Need::RealClock]);
    assert_eq!(
        run::<Sim>(&CASE).outcome,
        Outcome::Skipped("time is virtual".to_owned())
    );
}
