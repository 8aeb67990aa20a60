//! `suite!` as a third party writes it, on a harness that is quick.

use anyrt_compat_tests::Harness;
use anyrt_sim::{Order, SimRuntime};

/// The simulation, first in first out.
struct Quick;

impl Harness for Quick {
    type Launch = SimRuntime;
    const NAME: &'static str = "sim-fifo";

    fn launch() -> SimRuntime {
        SimRuntime::new(Order::Fifo)
    }

    fn lacks(need: anyrt_compat_tests::Need) -> Option<&'static str> {
        anyrt_compat_tests::shipped::SimSeeded::lacks(need)
    }
}

anyrt_compat_tests::suite!(Quick);

mod waivers {
    use super::Quick;

    #[test]
    #[should_panic(expected = "delete their waivers")]
    fn a_waiver_that_is_not_needed_fails() {
        anyrt_compat_tests::waivers::<Quick>(&["m006_an_instant_converts_both_ways"]);
    }
}
