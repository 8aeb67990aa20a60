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
                "C-611" Must [R5 C6] c611_a_cancel_passes_a_scope_that_has_ended =
                    "child: dropped
                     main: true";
                "C-612" Must [R5 T2] c612_a_task_that_ends_leaves_its_group_what_it_polled =
                    "child: dropped
                     group: returned";
                "C-613" Must [R5 T2] c613_a_group_returns_beside_what_is_kept =
                    "child: dropped
                     tree: [false,true]
                     group: returned
                     main: true";
                "C-614" Must [R5 C6] c614_what_is_kept_moves_on =
                    "kept: Ok(false)
                     main: true";
                "C-615" Must [R5 C5] c615_what_is_kept_holds_nothing = "main: Explicit";
                "C-616" Must [R5 C5 C7] c616_what_has_ended_counts_no_more =
                    "child: no-deadline
                     main: true";
                "C-617" Must [R5 C10] c617_orphans_of_what_is_kept_are_adopted = "order: cleaned-up returned";
                "C-620" Must [C7 C6 C8] c620_of_one_instant_the_inner_scope_reports =
                    "inner: true true
                     outer: true true";
            }
            launching since "0.1" {
                "C-610" Must [R5 T14] c610_the_end_of_the_run_reaches_what_is_kept =
                    "child: dropped
                     main: listed true";
            }
        } }
    };
}
