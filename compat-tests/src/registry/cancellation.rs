//! C: scopes, deadlines, shields.

macro_rules! cancellation {
    ($rest:tt { $($before:tt)* }) => {
        collect! { $rest { $($before)*
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

                "C-021" Must [C12] c021_thousands_of_tasks_nest =
                    "innermost: deadline-seen
                     main: Explicit";

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

                "C-087" Must [C4] c087_every_operation_is_a_cancel_point =
                    "cancelled: lock lock-owned read write acquire acquire-many acquire-owned token token-for event \
                     barrier once-cell once-made send receive stream oneshot sleep yield";
                "C-088" Must [C8 S6] c088_every_operation_is_charged_to_the_budget =
                    "ended: lock lock-owned read write acquire acquire-many acquire-owned token token-for event \
                     barrier once-cell once-made send receive stream oneshot sleep yield";
                "C-089" Must [C8 S6] c089_no_operation_starves_a_neighbour =
                    "seen: lock lock-owned read write acquire acquire-many acquire-owned token token-for event \
                     barrier once-cell once-made send receive stream oneshot sleep yield";

                "C-650" Must [C2 C8] c650_what_is_ready_is_not_timed_out =
                    "one-by-one: 1000
                     a-budget-each: 20
                     beside-another: 20";
                "C-651" Must [C8] c651_a_loop_of_scopes_ends_in_time =
                    "neighbour: ran
                     beside-cancelled: ran
                     ended: true";
                "C-652" Must [C8] c652_a_loop_ends_two_budgets_late_at_most =
                    "ended: true
                     late: true";
                "C-653" Must [C8 T12] c653_a_race_gets_what_is_there =
                    "race: 1000
                     first_ok: 1000";
                "C-654" Must [C8] c654_a_loop_of_scopes_yields_in_a_foreign_task = "pending: true";

                "C-660" Must [H2 C5] c660_calls_that_nobody_polls_hold_no_longer_than_they_run =
                    "stream: TimedOut
                     parked: TimedOut";
                "C-661" Must [T2 C5] c661_a_group_without_a_member_holds_nothing =
                    "parked: TimedOut
                     shielded-member: TimedOut";
                "T-662" Must [T10 T2] t662_the_last_child_closes_its_group =
                    "late: refused
                     polled: false";
                "T-663" Must [T8 C5] t663_a_start_with_its_answer_holds_nothing = "parked: TimedOut";
                "H-664" Must [H2 C2] &[ParallelJobs] h664_a_value_that_comes_between_poll_and_look_is_taken =
                    "value: 7
                     main: Explicit";
                "C-665" Must [C13] c665_what_is_not_polled_since_the_cancel_is_marked =
                    "at-once: false
                     after-a-second: marked plain
                     in-the-tree: 1
                     after: true";
                "C-666" Must [C13 C5] c666_a_cancel_wakes_who_holds =
                    "shield: woken
                     main: Explicit";
                "H-667" Must [H2 C5] &[ParallelJobs] h667_a_call_that_nobody_polls_holds_until_its_function_returns =
                    "function: runs TimedOut";

                "C-101" Must [C11 C4] c101_cancelled_is_ready_where_a_cancel_is =
                    "body: seen
                     main: 1";
                "C-102" Must [C11] c102_cancelled_wakes =
                    "watch: seen
                     main: Explicit";
                "C-103" Must [C11] c103_a_request_drops_nothing =
                    "before: false
                     after: true false true
                     inner: true
                     main: 3 false";
                "C-104" Must [C11] c104_a_request_wakes_the_last_waker =
                    "wakes: 0 1
                     main: true true";
                "C-105" Must [C11 C5] c105_a_request_stops_at_a_shield =
                    "inside: false false false
                     after: true";
                "C-106" Must [C11] c106_a_request_reaches_child_tasks =
                    "first: seen
                     second: true went-on";

                "C-110" Must [C6] c110_a_future_belongs_where_it_is_polled =
                    "first: Explicit
                     moved: false
                     second: 5";
                "C-111" Must [C6] c111_a_late_cancel_of_the_old_place_is_not_heard =
                    "moved: false
                     main: 5";
                "C-112" Must [C6] c112_a_future_is_cancelled_where_it_is_polled =
                    "moved: true
                     main: Explicit";
                "C-113" Must [C6 C5] c113_a_hold_moves_along =
                    "first: Explicit
                     second: shield-ends Explicit";
                "C-114" Must [C6] c114_into_the_facade_and_out_of_it =
                    "moved: true false
                     main: Explicit 5";
                "C-115" Must [C6 T6] c115_a_group_moves_with_its_children =
                    "child: false dropped
                     main: Explicit";
                "C-116" Must [C6 C7] c116_a_deadline_moves_along =
                    "first: Explicit
                     second: Deadline";
                "C-117" Must [C6 H2] &[ParallelJobs] c117_a_running_function_holds_where_it_is_awaited =
                    "body: 7
                     main: Explicit";
            }
            inside since "0.1" {
                "C-130" Must [C5] c130_a_grace_has_an_end =
                    "body: dropped
                     main: Explicit";
                "C-131" Must [C5] c131_a_grace_begins_with_the_cancel =
                    "body: dropped
                     main: Explicit";
                "C-132" Must [C5] &[VirtualClock] c132_a_grace_that_is_not_needed =
                    "timers: 0 1 0
                     main: 5";
                "C-133" Must [C5] c133_a_shield_inside_outlasts_the_grace =
                    "body: inner-ends true dropped
                     main: Explicit";
                "C-134" Must [C5 C7] c134_a_grace_is_a_deadline =
                    "inside: never at false
                     main: 9";
                "C-135" Must [C5] c135_no_grace_and_an_endless_one =
                    "body: runs runs ends
                     main: Explicit Explicit";

                "C-140" Must [C9] c140_cleanup_follows_success =
                    "order: body-dropped cleanup-begins false cleanup-ends at-once
                     main: 6 7";
                "C-141" Must [C9] c141_cleanup_follows_a_cancel =
                    "order: body-dropped cleanup-begins false cleanup-ends scope-ends
                     main: Explicit";
                "C-142" Must [C9] c142_a_cancel_at_any_time =
                    "order: cleanup-begins false cleanup-ends cleanup-begins false cleanup-ends
                     main: Explicit Explicit";
                "C-143" Must [C9] c143_cleanup_follows_a_panic =
                    "order: body-dropped cleanup-begins false cleanup-ends
                     main: of-the-body the-first";
                "C-144" Must [C9] c144_a_panic_of_the_cleanup =
                    "main: after-a-value after-a-cancel of-the-closure";
                "C-145" Must [C9 C5] c145_a_shield_in_the_body_comes_first =
                    "order: shield-ends cleanup-begins false cleanup-ends
                     main: Explicit";
                "C-146" Must [C9] c146_cleanups_nest =
                    "order: inner middle outer
                     main: Explicit";
                "C-147" Must [C9 R4] c147_what_a_foreign_drop_loses =
                    "body: dropped
                     main: Explicit";
                "C-148" Must [C9] c148_a_resource_is_lent_to_both =
                    "resource: used dropped
                     main: Explicit 2";
                "C-149" Must [C9 T6] c149_a_timeout_waits_for_the_cleanups_of_children = "main: 10 false";
                "C-150" Must [C9] c150_a_destructor_that_panics =
                    "order: cleanup-begins false cleanup-ends
                     main: of-the-destructor";
                "C-151" Must [C9 C6] c151_an_unfinished_cleanup_moves =
                    "order: cleanup-begins false cleanup-ends
                     main: 7 panicked";
            }
            inside since "0.1" {
                "C-160" Must [C3 C6] c160_a_place_knows_why_it_is_cancelled =
                    "place: none Deadline Explicit
                     shield: none
                     destructor: Explicit
                     main: Explicit none";
                "C-161" Must [C3 T3 C5] c161_each_cause_has_its_reason =
                    "sibling: SiblingFailed
                     deadline: Deadline
                     grace: Deadline";
                "C-170" Must [C9] c170_a_dropped_cleanup_is_spawned =
                    "body: dropped
                     cleanup: false done";
                "C-171" Must [C9] c171_a_cleanup_that_has_begun_goes_on = "cleanup: begun dropped false done";
                "C-172" Must [C9] c172_what_is_not_dropped_is_not_spawned =
                    "order: cleanup scope-ends cleanup
                     main: Explicit 3";
                "C-180" Must [C13] c180_what_a_scope_waits_for_is_named =
                    "before: none
                     waiting: Explicit group shield cleanup shield
                     after: none";
                "C-163" Must [C2 C3] c163_cancel_against_completion = "main: true";
                "C-164" Must [T6 C9] c164_a_timeout_leaves_no_grandchild = "main: 0 true";
            }
            launching since "0.1" {
                "C-162" Must [R6] &[Shutdown] c162_every_scope_ends_with_its_runtime =
                    "scope: Shutdown
                     fail_after: Shutdown
                     move_on_after: None
                     group: Shutdown
                     finally: cleaned Shutdown
                     bare_group: returned";
                "C-173" Must [C9 R5] c173_a_run_waits_for_what_was_spawned = "order: body-dropped false done run-ends";
                "C-174" Must [C9 R5] c174_a_panic_of_a_spawned_cleanup_fails_the_run = "run: of-the-cleanup";
                "C-181" Must [C13 R5] &[Shutdown] c181_a_run_names_what_it_waits_for =
                    "left: Shutdown shield
                     text: named";
                "C-020" Must [C3 R6] &[Shutdown] c020_handles_outlive_their_runtime =
                    "child: Ready(Ok(5))
                     late: refused";
                "C-118" Must [C6 R6] c118_a_future_moves_into_another_run =
                    "moved: false
                     main: 5";
            }
        } }
    };
}
