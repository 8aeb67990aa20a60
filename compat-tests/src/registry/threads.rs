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
                "H-020" Must [H1 H2] &[ParallelJobs] h020_abandoned_functions_stay_within_the_limit =
                    "kept: 3 10
                     wait: 3 10
                     peak: 3 10
                     ran: 6 20";
                "H-401" Must [H4] h401_a_function_has_a_future_run = r#"main: (7,Err("failed"),"sync",false)"#;
                "H-402" Must [H4] h402_a_panic_resumes_in_the_function =
                    "function: caught
                     main: again works";
                "H-403" Must [H4 C2] h403_a_cancel_reaches_what_is_run =
                    "future: begins dropped
                     function: Explicit 5 6
                     main: value";
                "H-404" Must [H4] h404_a_function_can_ask = "function: true-cancelled true-cancelled";
                "H-405" Must [H4] h405_elsewhere_it_panics =
                    "task: true
                     thread: true";
                "H-406" Must [H4 H2] h406_an_abandoned_function_gets_nothing_more =
                    "function: cancelled cancelled
                     main: Explicit";
                "H-407" Must [H4 C7] h407_what_is_run_is_inside_the_callers_scopes =
                    "deadline: seen
                     function: Deadline
                     main: value";
                "H-408" Must [H4] h408_what_is_run_is_in_the_same_run =
                    "backend: same
                     limiter: same";
                "H-409" Must [H4] h409_functions_wait_for_each_other_through_tasks = "main: met";
                "H-410" Must [H4 C5 C13] h410_a_deadlock_is_named =
                    "waits-for: a-worker-thread a-shield a-worker-thread a-token-of-a-limiter
                     main: 1";
                "H-412" Must [H4 H2] h412_a_dropped_call_is_told_to_its_function = "function: Explicit cancelled";
                "H-501" Must [H5] h501_threads_call_through_a_portal =
                    "values: 0 10 20
                     main: stopped";
                "H-502" Must [H5] h502_the_runtimes_own_thread_is_refused =
                    "call: OnRuntimeThread
                     start: OnRuntimeThread
                     wait: OnRuntimeThread
                     spawned: 7
                     worker: 8";
                "H-503" Must [H5] h503_a_stopped_portal_refuses =
                    "after-stop: Stopped Stopped
                     after-body: Stopped";
                "H-504" Must [H5] h504_the_portal_waits_for_its_calls = "order: body-ends call-ends portal-ends";
                "H-505" Must [H5] h505_a_body_that_panics_cancels_the_calls =
                    "call: Cancelled
                     main: on-purpose";
                "H-506" Must [H5] h506_a_stop_can_cancel =
                    "call: Cancelled
                     main: stopped";
                "H-507" Must [H5] h507_a_panic_resumes_in_the_caller =
                    "thread: on-purpose next
                     main: unharmed";
                "H-508" Must [H5] h508_a_call_can_be_cancelled_and_timed_out =
                    "waited: none
                     ended: Cancelled
                     value: 7";
                "H-509" Must [H5] h509_a_task_says_that_it_is_ready =
                    "ready: port 9
                     early: ExitedEarly
                     panicked: on-purpose
                     cancelled: Cancelled";
                "H-510" Must [H5 C1] h510_a_cancel_from_around_ends_the_calls =
                    "call: Cancelled
                     main: Explicit";
                "H-511" Must [H5] h511_a_dropped_call_runs_on_unless_asked =
                    "kept: ran
                     cancelled: dropped";
                "H-740" Must [C10 H4] h740_a_function_waits_for_what_it_leaves_behind =
                    "order: future-ends orphan-ends run-returns-true group-returns";
                "H-741" Must [C10 H4] h741_an_orphans_panic_resumes_in_the_function =
                    "function: after beats-a-value before works";
                "H-742" Must [H4 T4] h742_a_destructors_panic_resumes_in_the_function =
                    "function: destructor Explicit
                     main: Ok(())";
                "H-743" Must [C10 H4] h743_the_group_waits_for_the_tasks_of_an_abandoned_function =
                    "body: Explicit
                     function: true true
                     order: first-ends second-ends group-returns";
                "H-704" Must [C10 H5] h704_an_orphans_panic_is_its_calls =
                    "call: future-ends orphan
                     main: unharmed";
                "H-710" Must [H4 H1] h710_nested_calls_do_not_use_up_the_limiter = "main: 200 bounded";
                "H-711" Must [H4] h711_what_was_lent_is_lent_on =
                    "borrowed: 1 0
                     peak: 1";
                "H-712" Must [H4 H6] h712_one_at_a_time_of_what_the_future_starts =
                    "ran: 4
                     at-once: 1
                     tokens: 1";
                "H-713" Must [H4 S3] h713_whichever_comes_first =
                    "second: true-1 token
                     borrowed: 0";
                "H-714" Must [H4 S4] h714_a_lowered_total_revokes_nothing =
                    "nested: ran
                     borrowed: 0";
                "H-715" Must [H4 H2] &[ParallelJobs] h715_an_abandoned_function_keeps_a_token_above_the_total =
                    "run: true
                     borrowed: 2 1
                     free: false true";
                "H-716" Must [H4 H5] h716_a_portals_call_lends_nothing = "nested: waits 1";
                "H-717" Must [H4] h717_another_limiter_in_between =
                    "nested: ran
                     borrowed: 0";
                "H-726" Must [H1] h726_a_call_suspends = "suspended: 50";
            }

            launching since "0.1" {
                "H-512" Must [H5] h512_a_runtime_on_a_thread_of_its_own =
                    "value: 7
                     order: call-ends closed
                     late: Stopped";
                "H-513" Must [H5] h513_a_portal_from_another_runtime =
                    "value: other-run
                     cancelled: dropped
                     main: Explicit";
                "H-514" Must [H5] h514_users_share_one_runtime = "started: 1 1 2";
                "H-515" Must [H5 R6] h515_a_wait_ends_with_the_run = "call: Cancelled";
                "H-411" Must [H4 R6] &[ParallelJobs] h411_after_its_run_a_function_gets_nothing = "function: Err(Explicit)";
                "H-720" Must [H5] h720_a_task_of_another_run_is_refused =
                    "call: OnRuntimeThread
                     start: OnRuntimeThread
                     wait: OnRuntimeThread OnRuntimeThread
                     awaited: 7
                     worker: 8
                     thread: 9";
                "H-721" Must [H5] h721_a_facade_future_polled_by_hand_is_refused =
                    "inside: OnRuntimeThread
                     outside: 7";
                "H-722" Must [H5] h722_a_guard_that_a_task_drops_joins_nothing =
                    "order: dropped call-ends
                     late: Stopped";
                "H-723" Must [H5] h723_a_late_call_is_refused_as_stopped = "wrong: 0";
                "H-724" Must [H5] h724_a_guard_in_a_thread_local =
                    "value: 7
                     late: Stopped";
                "H-725" Must [H5] h725_a_provider_starts_on_no_lock =
                    "inside: true
                     again: true";
                "H-727" Must [H4 R6] &[ParallelJobs Shutdown] h727_after_its_run_no_closure_runs = "gone: true";
                "H-705" Must [C10 R5] h705_an_orphans_panic_cancels_main = "order: main-dropped orphan";
                "H-018" Must [H2 R5] h018_a_run_waits_for_its_functions = "order: function-ends run-ends";
            }
        } }
    };
}
