//! C: cancels on their way down, and regions that are left behind.

macro_rules! walks {
    ($rest:tt { $($before:tt)* }) => {
        collect! { $rest { $($before)*
            inside since "0.1" {
                "C-600" Must [C3] c600_nobody_runs_on_in_a_cancelled_group = "main: returned";
                "C-601" Must [C3] c601_a_waker_that_panics_harms_nobody =
                    "wakes: 1
                     body: goes-on
                     main: Explicit";
            }
        } }
    };
}
