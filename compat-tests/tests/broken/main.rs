//! The suite tested: backends that are broken in one act each, and the case that says so.
//!
//! Each works well enough to pass a smoke test, and fails a named case.

#![forbid(unsafe_code)]

mod descriptors;
mod jobs;
mod tasks;
mod timers;
mod wrapper;

use std::{marker::PhantomData, time::Duration};

use anyrt_compat_tests::{CASES, Case, Harness, Outcome, run};
use wrapper::{Broken, Fault};

/// smol with two workers, broken.
struct Column<F>(PhantomData<F>);

impl<F: Fault> Harness for Column<F> {
    type Launch = Broken<F>;
    const NAME: &'static str = F::NAME;

    fn launch() -> Broken<F> {
        Broken::new()
    }

    fn patience() -> Duration {
        Duration::from_secs(4)
    }
}

fn case(name: &str) -> &'static Case {
    let found = CASES.iter().find(|case| case.name == name);
    found.unwrap_or_else(|| panic!("there is no case {name}"))
}

/// Green on the smoke test, red on the case.
#[track_caller]
fn assert_caught<F: Fault>(by: &str) {
    let smoke = run::<Column<F>>(case("r005_run_returns_the_value")).outcome;
    assert_eq!(smoke, Outcome::Passed, "`{}` is too broken", F::NAME);
    let outcome = run::<Column<F>>(case(by)).outcome;
    assert!(
        matches!(outcome, Outcome::Failed(_) | Outcome::Hung(_)),
        "`{}` survives {by}: {outcome:?}",
        F::NAME
    );
}

/// The wrapper by itself breaks nothing, so that what is caught below is the fault.
#[test]
fn nothing_broken_passes() {
    struct Sound;
    impl Fault for Sound {
        const NAME: &'static str = "sound";
        fn new() -> Self {
            Self
        }
    }
    for case in CASES.iter().filter(|case| case.id.starts_with('K')) {
        let outcome = run::<Column<Sound>>(case).outcome;
        assert_eq!(outcome, Outcome::Passed, "{}", case.name);
    }
}
