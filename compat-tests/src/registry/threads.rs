//! H: worker threads.

macro_rules! threads {
    ($rest:tt { $($before:tt)* }) => {
        collect! { $rest { $($before)*
            inside since "0.1" {
                "H-001" Must [H1] h001_a_value_comes_back_from_another_thread = "main: another-thread 7";
                "H-002" Must [H3] h002_a_panic_resumes_in_the_caller = "main: on-purpose on-purpose on-purpose works";
                "H-003" Must [H2 C4] h003_a_cancelled_call_never_starts = "main: Explicit 0";
                "H-004" Must [H2] h004_a_running_function_is_waited_for =
                    "order: function-ends value
                     main: 5";
                "H-005" Must [H2] &[ParallelJobs] h005_an_abandoned_function_is_left_behind =
                    "main: Explicit
                     order: scope-ended function-ends
                     token: 1 0";
                "H-006" Must [H1] h006_a_limiter_bounds_the_calls =
                    "at-once: bounded bounded
                     tokens: bounded bounded
                     ran: 6 10";
                "H-007" Must [H1] h007_the_default_limiter_is_the_same_everywhere =
                    "total: 40
                     zero: waits
                     forty: 3";
                "H-008" Must [H2] h008_a_call_without_a_token_is_withdrawn =
                    "function: dropped
                     main: moved-on 0";
                "H-009" Must [H2 H3] h009_the_token_comes_back =
                    "returned: 0
                     panicked: true-0";
                "H-010" Must [H2] &[ParallelJobs] h010_a_dropped_call_is_abandoned =
                    "token: 1 0
                     function: ended";
                "H-011" Must [H3] h011_no_call_is_lost = "runs: 200";
                "H-012" Must [H2 C5] h012_a_running_call_holds_what_is_around =
                    "order: function-ends body-dropped
                     main: Explicit";
                "H-013" Must [H1 R1] h013_the_function_knows_its_run =
                    "backend: same
                     clock: same
                     limiter: same";
                "H-014" Must [R4] h014_a_call_is_lazy = "order: made ran";
                "H-015" Must [C5 H2] h015_a_shielded_call_runs =
                    "body: 9
                     main: cancelled";
                "H-016" Must [H2 H3] h016_try_run_gives_the_value = "main: 4 on-purpose";
                "H-017" Must [H1] &[ParallelJobs] h017_calls_that_wait_for_each_other_all_run = "calls: met";
                "H-019" Must [H2] &[ParallelJobs] h019_a_cancel_leaves_a_running_function_its_caller =
                    "body: 7
                     main: Explicit";
            }

            launching since "0.1" {
                "H-018" Must [H2 R5] h018_a_run_waits_for_its_functions = "order: function-ends run-ends";
            }
        } }
    };
}
