//! A thousand generated nests of groups, scopes, shields and cancels end as a small model says, step by step and at
//! the same time.
//!
//! The model follows the rules, and shares no code with the facade. A nest that fails is made shorter until it is
//! minimal, and printed.
#![cfg(feature = "sim")]

mod facade;
mod model;
mod nest;

use anyrt_sim::Order;
use proptest::{
    prop_assert_eq,
    test_runner::{Config, TestCaseError, TestError, TestRng, TestRunner},
};

#[test]
fn a_thousand_nests_end_as_the_rules_say() {
    let cases = std::env::var_os("PROPTEST_CASES").map_or(1_000, |_| Config::default().cases);
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    };
    let algorithm = config.rng_algorithm;
    // The same nests in every run: what fails here fails everywhere.
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(algorithm));
    let outcome = runner.run(&nest::nests(), |nest| {
        let Some(expected) = model::run(&nest) else {
            return Err(TestCaseError::reject("two things happen in one instant"));
        };
        for order in [Order::Fifo, Order::Seeded(1), Order::Seeded(2)] {
            prop_assert_eq!(&facade::run(&nest, order), &expected, "{}", order);
        }
        Ok(())
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(why, nest)) => panic!("{nest:#?}\n{why}"),
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
}
