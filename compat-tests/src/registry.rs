//! Every case, with its rules and its golden trace.
//!
//! Goldens are written by hand from the rule; nothing rewrites them. Identities are never reused: a
//! case that goes leaves a gap. An entry reads: identity, level, rules, what the backend must be able to
//! do, name, golden trace.

#[cfg(unix)]
#[allow(clippy::wildcard_imports)]
use crate::cases::contract::sources::*;
#[allow(clippy::wildcard_imports)]
use crate::cases::{
    checkpoints::*, contract::jobs::*, contract::tasks::*, contract::timers::*, deadlines::*,
    entry::*, failures::*, groups::*, handles::*, limiter::*, scopes::*, shields::*, threads::*,
    time::*,
};
use crate::{
    Body, Case,
    Level::Must,
    Need::{
        Descriptors, OwnThreads, ParallelJobs, ParallelTasks, RealClock, Shutdown, VirtualClock,
    },
};

/// Makes the table of cases, the list of their names, and the macro that visits each name.
macro_rules! cases {
    (
        ($d:tt)
        $(
            $kind:ident since $since:literal {
                $(
                    $id:literal $level:ident [$($rule:ident)*] $(&[$($need:ident)*])?
                    $name:ident = $golden:literal;
                )*
            }
        )*
    ) => {
        /// All cases, in the order of the report.
        pub const CASES: &[Case] = &[
            $($(
                Case {
                    id: $id,
                    name: stringify!($name),
                    level: $level,
                    rules: &[$(stringify!($rule)),*],
                    since: $since,
                    needs: &[$($($need),*)?],
                    golden: $golden,
                    body: body!($kind $name),
                },
            )*)*
        ];

        /// A constant for each case, so that a waiver can be checked when it is compiled.
        #[doc(hidden)]
        #[allow(non_upper_case_globals, missing_docs)]
        pub mod names {
            $($(pub const $name: &str = stringify!($name);)*)*
        }

        /// Hands the names of all cases to the macro that makes the tests.
        #[doc(hidden)]
        #[macro_export]
        macro_rules! __anyrt_each_case {
            ($d($d arguments:tt)*) => {
                $crate::__anyrt_suite! { ($) $d($d arguments)* $($($name)*)* }
            };
        }
    };
}

macro_rules! body {
    (inside $name:ident) => {
        Body::Inside(|trace| Box::pin($name(trace)))
    };
    (launching $name:ident) => {
        Body::Launching($name)
    };
}

cases! {
    ($)
    launching since "0.1" {
        "K-001" Must [K1] k001_spawn_never_polls_inline = "task: later";
        "K-002" Must [K2] k002_a_task_is_polled_by_one_thread_at_a_time = "main: alone";
        "K-003" Must [K3] k003_a_finished_task_is_not_polled_again = "late-polls: 0";
        "K-004" Must [K4] k004_wakes_from_foreign_threads_arrive = "task: woken";
        "K-005" Must [K4] k005_wakes_between_tasks_are_not_lost = "main: passed-on";
        "K-006" Must [K5] &[Shutdown] k006_shutdown_drops_tasks =
            "blocked: dropped
             ready: dropped
             main: ended";
        "K-007" Must [K5] &[Shutdown] k007_a_refused_task_is_dropped_unpolled = "main: dropped gone";
        "K-008" Must [K6] k008_a_panic_in_a_task_is_survived = "next: ran";
        "K-009" Must [K6] k009_block_on_survives_a_panic_and_runs_again = "main: panicked again";
        "K-010" Must [K7] &[OwnThreads] k010_tasks_run_without_block_on = "main: ran";
        "K-011" Must [K7] &[ParallelTasks] k011_tasks_run_in_parallel = "main: met";
        "K-012" Must [K26] k012_a_runtime_knows_its_threads =
            "outside: false false
             main: true
             task: true
             foreign: false";
        "K-013" Must [K27] k013_a_runtime_has_one_identity = "handles: equal";
        "K-014" Must [K27] &[Shutdown] k014_two_runtimes_have_two_identities = "runtimes: different";
        "K-015" Must [K4 K3] &[Shutdown] k015_a_wake_after_shutdown_does_nothing = "main: woke";

        "K-020" Must [K8] k020_a_timer_is_never_early = "timers: not-early";
        "K-021" Must [K9] k021_the_last_waker_wins = "poll: pending pending ready";
        "K-022" Must [K10] k022_ready_stays_ready = "poll: ready ready ready ready";
        "K-023" Must [K10 K8] k023_a_timer_moved_later_is_late =
            "poll: pending
             moved: ready";
        "K-024" Must [K10] k024_a_timer_moved_earlier_is_early =
            "poll: pending
             moved: ready";
        "K-025" Must [K10] k025_an_elapsed_timer_can_be_set_again =
            "poll: ready
             again: pending ready
             never: pending";
        "K-026" Must [K12] k026_far_away_means_never =
            "poll: pending pending pending pending
             others: go-on";
        "K-027" Must [K11] &[RealClock] k027_a_timer_works_on_any_thread =
            "home: pending ready
             foreign: pending";
        "K-028" Must [K13] &[Shutdown] k028_a_timer_outlives_its_runtime =
            "old: pending gone gone
             new: gone";
        "K-029" Must [K14] k029_an_elapsed_timer_needs_no_budget = "pending: 0";
        "K-030" Must [K25] k030_the_clock_is_one_and_monotonic = "clock: monotonic";
        "K-031" Must [K8] k031_many_timers_each_elapse = "timers: elapsed";
    }

    launching since "0.1" {
        "K-040" Must [K15] &[Descriptors] k040_the_first_poll_runs_the_operation = "read: pending ran";
        "K-041" Must [K15] &[Descriptors] k041_without_an_event_the_operation_does_not_run = "read: waited";
        "K-042" Must [K16] &[Descriptors] k042_an_event_wakes_the_reader = "read: woken";
        "K-043" Must [K16] &[Descriptors] k043_drained_clears_readiness = "read: drained";
        "K-044" Must [K16] &[Descriptors] k044_what_is_left_is_read_without_an_event = "read: 2 2 2 2 2 pending";
        "K-045" Must [K16] &[Descriptors] k045_an_event_during_the_operation_is_not_lost = "read: woken";
        "K-046" Must [K16] &[Descriptors] k046_interrupted_is_tried_again = "write: InvalidData";
        "K-047" Must [K17] &[Descriptors] k047_a_hang_up_wakes_both_directions =
            "read: pending ended
             write: failed";
        "K-048" Must [K18] &[Descriptors] k048_the_newest_waker_of_a_direction_wins = "read: pending pending 1";
        "K-049" Must [K20] &[Descriptors] k049_a_duplicate_is_watched_on_its_own =
            "first: 1
             second: 2";
        "K-050" Must [K19] k050_a_regular_file_is_refused_and_comes_back = "file: came-back open";
        "K-051" Must [K20] &[Descriptors] k051_dropping_a_source_closes_it =
            "peer: 0
             next: 2";
        "K-052" Must [K20] &[Descriptors] k052_a_source_gives_its_descriptor_back = "io: WouldBlock 3";
        "K-053" Must [K21] &[Descriptors Shutdown] k053_a_source_outlives_its_runtime =
            "old: pending gone
             new: gone 1";
        "K-054" Must [K18] &[Descriptors] k054_directions_are_independent =
            "read: pending 5
             write: 4";
    }

    launching since "0.1" {
        "K-060" Must [K22] k060_every_job_runs_exactly_once = "once: 200";
        "K-061" Must [K22] k061_a_job_runs_off_the_runtimes_threads = "job: outside elsewhere";
        "K-062" Must [K23] k062_a_panic_in_a_job_is_survived = "next: ran";
        "K-063" Must [K24] &[Shutdown] k063_a_job_after_shutdown_is_refused = "main: dropped refused";
        "K-064" Must [K28] &[ParallelJobs] k064_jobs_that_wait_for_each_other_all_run = "jobs: met";
        "K-065" Must [K28] &[ParallelJobs] k065_a_blocked_job_blocks_no_task = "main: passed";
        "K-066" Must [K24] k066_no_job_is_leaked_at_shutdown = "main: all-ended none-alive";
    }

    inside since "0.1" {
        "R-001" Must [R1] r001_a_call_finds_its_runtime =
            "main: ours
             child: ours
             worker: ours
             asked: ours";
        "R-003" Must [R4] r003_making_a_future_does_nothing = "counts: unchanged";
        "R-004" Must [R4] r004_spawn_starts_at_once = "child: started";
        "R-008" Must [R3] r008_a_run_in_a_task_is_refused =
            "scope: nested
             child: nested";
        "R-009" Must [R3] r009_a_run_on_a_worker_thread_is_refused = "worker: nested";
        "R-017" Must [T2 R7] r017_counts_return_to_zero = "tasks: 5 0";
    }

    launching since "0.1" {
        "R-002" Must [R2] r002_outside_a_runtime_the_text_helps = "both: agree";
        "R-005" Must [R5] r005_run_returns_the_value = "run: 42";
        "R-006" Must [R5 C5] r006_a_run_waits_for_shields_of_orphans = "order: clean-up-ends run-ends";
        "R-007" Must [R5 T4] r007_a_panic_in_main_resumes_after_everything = "order: child-gone on-purpose";
        "R-010" Must [R7] r010_runs_after_each_other_are_independent = "run: 2 3 4";
        "R-011" Must [R7] r011_runs_at_the_same_time_are_independent = "run: 1 1";
        "R-012" Must [R8 R7] r012_a_thread_is_as_it_was_after_a_panicking_run =
            "first: panicked
             outside: false
             second: false";
        "R-013" Must [R5] &[Shutdown] r013_a_shutdown_timeout_names_what_is_left = "left: 1-0 dropped";
        "R-014" Must [R6] &[Shutdown] r014_a_handle_outlives_its_run = "handle: cancelled";
        "R-015" Must [R6] &[Shutdown] r015_a_sleep_outlives_its_run =
            "alone: ended
             scoped: shutdown";
        "R-016" Must [R8] r016_main_is_dropped_inside_its_run = "drop: inside run-ends";
        "R-018" Must [R7 H1] r018_each_run_has_a_default_limiter_of_its_own = "main: 7 40";
    }

    inside since "0.1" {
        "C-001" Must [C1] c001_a_cancelled_body_is_dropped_where_it_suspends =
            "body: runs-on dropped
             main: Explicit";
        "C-002" Must [C3] c002_the_first_reason_is_kept =
            "body: Explicit
             main: Explicit";
        "C-003" Must [C2] c003_a_body_that_does_not_suspend_returns =
            "body: true
             main: 1";
        "C-004" Must [C3] c004_a_cancel_is_sticky =
            "shield: false false
             body: true true
             main: Explicit";
        "C-005" Must [C1 C3] c005_another_task_cancels = "main: Explicit";
        "C-006" Must [C1 C3] c006_another_thread_cancels = "main: woken";
        "C-007" Must [C3] c007_a_handle_outlives_its_scope =
            "main: goes-on
             caller: false";
        "C-008" Must [C2] c008_ready_wins_over_cancelled = "main: 1 1";
        "C-009" Must [C6] c009_the_outermost_cancelled_scope_reports = "outer: Explicit";
        "C-010" Must [C6] c010_an_inner_cancel_stays_inside =
            "inner: Explicit
             outer: 2";
        "C-011" Must [C3] c011_a_handle_speaks_of_its_own_scope =
            "inner: false
             place: true
             outer: true
             main: value";
        "C-012" Must [C1] c012_a_dropped_scope_is_gone = "main: body-dropped goes-on";
        "C-013" Must [R8] c013_a_body_is_dropped_in_its_own_context =
            "drop: true
             main: Explicit false";
        "C-014" Must [R8] c014_the_context_is_restored_on_unwind = "main: on-purpose false goes-on";
        "C-015" Must [C1] c015_a_cancel_spares_its_neighbours =
            "neighbour: 3
             main: Explicit";
        "C-016" Must [C6] c016_a_scope_whose_body_is_gone_never_hangs = "main: Explicit panicked";
        "C-017" Must [C12] c017_five_hundred_scopes_nest = "main: Explicit";
        "C-018" Must [C12] c018_two_hundred_and_fifty_groups_nest = "main: Explicit";
        "C-019" Must [C1] c019_a_cancelled_sleep_ends_at_once = "main: Explicit";

        "C-030" Must [C5] c030_a_shield_completes =
            "body: shielded
             main: Explicit";
        "C-031" Must [C5] c031_a_scope_inside_a_shield_works =
            "inner: alive Explicit
             main: 4";
        "C-032" Must [C5 C7] c032_a_deadline_inside_a_shield_works =
            "body: moved-on timed-out
             main: Explicit";
        "C-033" Must [C5] c033_a_shield_holds_every_scope_around_it =
            "bodies: shield-ends inner-dropped outer-dropped
             main: Explicit";
        "C-034" Must [C5 C4] c034_a_body_lives_as_a_whole =
            "beside: went-on
             main: Explicit";
        "C-035" Must [C5 C7] c035_the_state_inside_and_after_a_shield =
            "state: never cancelled never cancelled
             main: value";
        "C-036" Must [C5] c036_shields_nest =
            "inner: false
             outer: done
             main: Explicit";
        "C-037" Must [C5 T6] c037_a_shield_in_a_child_holds_the_group =
            "order: shield-ends scope-ends
             main: Explicit";
        "C-038" Must [C5] c038_a_dropped_shield_holds_nothing =
            "shield: dropped
             main: Explicit";
        "C-039" Must [C5 R8] c039_a_panic_opens_a_shield =
            "body: on-purpose dropped
             main: Explicit";
        "C-040" Must [C5] c040_a_later_cancel_stops_at_the_shield =
            "inner: false went-on
             main: both-returned";

        "C-050" Must [C7] c050_move_on_after_moves_on =
            "body: dropped dropped
             main: none none 1";
        "C-051" Must [C7] c051_fail_after_fails = "main: Deadline Deadline true";
        "C-052" Must [C2 C7] c052_a_ready_body_beats_a_deadline_of_zero = "main: 1 2 3";
        "C-053" Must [C2 C7] c053_a_deadline_of_zero_ends_at_the_first_suspension =
            "body: started
             main: none";
        "C-054" Must [C7 M1] c054_too_far_means_never = "main: true true never";
        "C-055" Must [C3 C7] c055_the_cause_is_stored =
            "explicit: Explicit
             deadline: Deadline";
        "C-056" Must [C6] c056_a_cancel_from_outside_is_no_timeout = "main: Explicit";
        "C-057" Must [C7 T6] c057_a_timeout_around_a_group =
            "a: dropped
             b: dropped
             main: Deadline";
        "C-058" Must [C6 C7] c058_the_earlier_outer_deadline_wins = "outer: none";
        "C-059" Must [C6 C7] c059_the_earlier_inner_deadline_stays_inside =
            "inner: none
             outer: 5";
        "C-060" Must [C7] c060_a_deadline_moves_later = "main: 6";
        "C-061" Must [C7] c061_a_deadline_moves_into_the_past =
            "body: runs-on
             main: Deadline";
        "C-062" Must [C7] c062_a_deadline_moved_from_outside_is_seen = "main: Deadline";
        "C-063" Must [C7] c063_the_clock_starts_at_the_first_poll = "main: first-poll";
        "C-064" Must [C7 C5] c064_the_deadline_around_the_caller =
            "deadline: Never 5000 3000 10000 Never 5000 Never";
        "C-065" Must [C8] c065_a_deadline_ends_an_always_ready_loop = "main: ended";
        "C-066" Must [C8] c066_a_deadline_ends_a_yielding_loop =
            "facade: ended
             native: ended";
        "C-067" Must [C7] c067_a_timeout_that_is_not_needed_leaves_nothing = "timers: 0";
        "C-068" Must [C7 C3] c068_a_handle_knows_of_a_deadline =
            "before: false
             after: Deadline";

        "C-080" Must [C4 M1] c080_a_checkpoint_yields_exactly_once =
            "polls: 2 2
             shielded: 2 went-on";
        "C-081" Must [C4] c081_no_operation_takes_effect_in_a_cancelled_scope =
            "checkpoint: cancelled
             sleep: cancelled cancelled
             acquire: cancelled cancelled 0
             to_thread: cancelled false";
        "C-082" Must [C4 C5] c082_operations_go_on_in_a_body_that_is_held =
            "beside: all-done
             main: Explicit";
        "C-083" Must [C4] c083_combinators_are_no_cancel_points = "main: 10";
        "C-084" Must [C4] c084_releasing_is_no_cancel_point = "main: released 2";
        "C-085" Must [C8] c085_an_always_ready_loop_starves_nobody = "main: seen";
        "C-086" Must [C8] c086_yielding_tasks_take_turns = "tasks: all-advanced";
    }

    inside since "0.1" {
        "T-001" Must [T2] t001_a_group_joins_its_children =
            "main: spawned joined
             a: ran
             b: ran
             children: ran ran joined";
        "T-002" Must [T2 T6] t002_an_empty_group_returns_its_value = "main: 5 6";
        "T-003" Must [T6] t003_the_end_of_a_group_is_no_cancel_point =
            "child: ran
             main: 7";
        "T-004" Must [T2] t004_a_child_can_spawn_into_its_group =
            "first: ran
             last: ran joined";
        "T-005" Must [T10] t005_a_closed_group_drops_what_is_spawned = "main: closed dropped spawned Cancelled";
        "T-006" Must [T5] t006_cancelling_a_group_spares_its_body =
            "child: dropped
             body: goes-on
             main: 8";
        "T-007" Must [T10 C2] t007_a_cancelled_group_runs_a_child_to_its_first_suspension = "child: started dropped";
        "T-008" Must [T6 C5] t008_a_cancelled_group_waits_for_clean_up =
            "clean-up: done group-gone
             main: 9";
        "T-009" Must [T6] t009_a_cancel_cascades_through_groups =
            "left: dropped dropped
             right: dropped dropped
             main: Explicit";
        "T-010" Must [T6 C6] t010_one_cancel_comes_out = "main: Explicit";
        "T-011" Must [T6 C5] t011_a_shield_in_the_body_leaves_children_alone =
            "body: child-gone
             main: Explicit";
        "T-012" Must [C6] t012_a_scope_in_a_child_is_the_childs_own =
            "child: Explicit went-on
             body: went-on";
        "T-013" Must [T2] t013_a_dropped_group_cancels_its_children =
            "body: dropped
             main: dropped child-gone";
        "T-014" Must [C12] t014_ten_thousand_children_cancel_with_one_poll_each = "main: one-each";
        "T-015" Must [T2] t015_a_group_counts_its_children =
            "open: 3/3/3
             closed: 4/0/3";
        "T-016" Must [T1] t016_bodies_of_all_forms_are_send = "main: 10";
        "T-017" Must [T1] t017_a_body_borrows_from_its_caller = "main: one two";
        "T-018" Must [T6 T1] t018_a_child_belongs_to_the_group_not_to_the_spawner =
            "scope: cancelled
             child: finished";
        "T-019" Must [T7] t019_a_group_keeps_nothing_of_a_finished_child = "kept: 0";
        "T-020" Must [T7] t020_a_cancelled_group_tells_its_handles = "handle: cancelled";

        "T-030" Must [T3] t030_an_error_cancels_the_siblings =
            "sibling: dropped
             main: first";
        "T-031" Must [T3] t031_an_error_cancels_the_body =
            "body: dropped
             main: child";
        "T-032" Must [T3] t032_an_error_of_the_body_cancels_the_children =
            "child: dropped
             main: body";
        "T-033" Must [T3] t033_no_error_is_lost = "main: first second";
        "T-034" Must [T3] t034_the_errors_of_body_and_child_come_out = "main: body child";
        "T-035" Must [T3] t035_a_late_error_cancels_the_others =
            "body: ended
             sibling: dropped
             main: late";
        "T-036" Must [T3 T10] t036_a_failing_group_still_takes_children =
            "late: started dropped
             main: first";
        "T-037" Must [T3] t037_an_inner_groups_error_stays_inside =
            "main: inner
             sibling: finished";
        "T-038" Must [T4] t038_a_panic_joins_the_others_and_resumes = "main: sibling-gone on-purpose";
        "T-039" Must [T4] t039_a_panic_of_the_body_joins_the_children = "main: child-gone on-purpose";
        "T-040" Must [T4] t040_a_panic_beats_errors = "main: second";
        "T-041" Must [T4] t041_a_panic_keeps_its_payload = "main: 9";
        "T-042" Must [T4] t042_a_panicking_destructor_is_a_panic = "main: sibling-gone in-drop";
        "T-043" Must [T4] t043_a_panicking_payload_changes_nothing = "main: first";
        "T-044" Must [T3] t044_errors_tell_the_first_and_the_number =
            "errors: 2-of-2
             source: first
             text: first";
        "T-045" Must [T3] t045_first_err_keeps_the_first = "main: no";
        "T-046" Must [T6 T3] t046_an_error_of_a_cancelled_group_is_returned = "main: clean-up Explicit";
        "T-047" Must [T3] t047_every_error_of_many_comes_out =
            "errors: all
             futures: 20";

        "T-060" Must [T7] t060_a_handle_gives_the_value = "main: 6 finished 7";
        "T-061" Must [T7 T3] t061_a_handle_tells_of_a_failure =
            "group: broken
             handle: Failed";
        "T-062" Must [T7 T4] t062_a_handle_tells_of_a_panic =
            "group: on-purpose
             handle: Panicked";
        "T-063" Must [T7] t063_a_handle_cancels_its_child_only =
            "child: dropped Cancelled
             sibling: Ok(())";
        "T-064" Must [T7 C2] t064_a_child_cancelled_at_once_still_starts = "child: started Cancelled";
        "T-065" Must [T7] t065_a_late_cancel_keeps_the_value = "child: 5";
        "T-066" Must [T7 C2] t066_a_ready_child_keeps_its_value = "child: 4";
        "T-067" Must [T7] t067_dropping_a_handle_does_nothing = "child: finished joined";
        "T-068" Must [T7] t068_a_handle_may_be_awaited_again = "main: pending 3";
        "T-069" Must [T2 T7] t069_an_unwanted_value_is_dropped_with_its_child = "value: dropped group-gone";
        "T-070" Must [T7] t070_outcomes_have_texts = "texts: task task task";
    }

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

    inside since "0.1" {
        "S-001" Must [S4] s001_borrowing_counts =
            "limiter: 2/0/0 1/1/0 0/2/0 2/0/0
             peak: 2";
        "S-002" Must [S4] s002_a_key_has_at_most_one_token =
            "key: true true true
             other: true true
             limiter: 4/1/0";
        "S-003" Must [S2] s003_waiters_are_served_in_order = "served: 0 1 2";
        "S-004" Must [S4 S2] s004_raising_serves_exactly_so_many =
            "limiter: 0/2/3 0/4/1
             last: waits";
        "S-005" Must [S4] s005_lowering_revokes_nothing =
            "limiter: 0/4/1 0/3/1 0/2/1 0/1/1 0/1/0 1/0/0";
        "S-006" Must [S4] s006_zero_and_unbounded_are_legal =
            "limiter: 0/1/1 0/0/1
             unbounded: -/0/0";
        "S-007" Must [S2] s007_a_returned_token_belongs_to_the_waiter = "third: would-block served";
        "S-008" Must [S3] s008_a_dropped_waiter_leaves_no_trace = "limiter: 0/1/1 1/0/0";
        "S-009" Must [S3] s009_a_granted_token_is_passed_on = "limiter: 1/0/0 1/0/0";
        "S-010" Must [S3 S4] s010_a_cancelled_wait_borrows_nothing =
            "guard: true
             key: true true
             limiter: 0/1/0 1/0/0";
        "S-011" Must [S4] s011_never_more_than_the_total =
            "peak: within
             limiter: 3/0/0";
        "S-012" Must [S3] s012_a_token_comes_back_with_its_task =
            "cancelled: true-1/0/0
             panicked: true-1/0/0";
    }

    launching since "0.1" {
        "S-013" Must [S1] s013_a_limiter_belongs_to_no_runtime = "limiter: 1/0/0";
    }

    inside since "0.1" {
        "M-001" Must [M1] m001_a_sleep_is_never_early = "sleeps: not-early";
        "M-002" Must [M1] m002_a_sleep_of_zero_yields_once = "polls: 2 2";
        "M-003" Must [M1] m003_a_sleep_without_end_is_pending = "endless: pending pending";
        "M-004" Must [M1] m004_a_finished_sleep_stays_finished = "again: ready ready ready ready";
        "M-005" Must [R4 M1] m005_a_sleep_counts_from_its_first_poll = "sleep: from-first-poll";
        "M-006" Must [M2] m006_an_instant_converts_both_ways = "instant: same 2 0 never";
        "M-007" Must [M1] &[VirtualClock] m007_deadlines_round_up_to_the_grid = "micros: 1000 2000 3000";
        "M-008" Must [M1] &[VirtualClock] m008_virtual_sleeps_are_exact = "ended: 0 10 30 50 70 90";
        "M-009" Must [M1] &[RealClock] m009_a_real_sleep_is_not_much_too_long = "sleep: in-time";
        "M-010" Must [M1] m010_a_thousand_sleeps_all_end = "sleeps: 1000";
        "M-011" Must [M1] m011_a_dropped_sleep_leaves_no_timer = "timers: 1 0";
        "M-012" Must [K25 M2] m012_the_clock_is_monotonic_across_threads = "clock: monotonic";
    }
}
