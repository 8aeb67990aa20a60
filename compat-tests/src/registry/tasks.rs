//! T: groups, children, handles.

macro_rules! tasks {
    ($rest:tt { $($before:tt)* }) => {
        collect! { $rest { $($before)*
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

                "T-048" Must [T10 T3 T4] t048_a_group_that_failed_is_closed =
                    "failed: true dropped Cancelled
                     panicked: true dropped Cancelled";
                "T-049" Must [T3] t049_errors_are_joined_and_converted =
                    "flat: abcd
                     mapped: 2-2
                     boxed: e+1 e
                     one: g";

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
                "T-071" Must [T7 T4] t071_a_late_cancel_keeps_the_failure =
                    "group: error panic
                     failed: Failed
                     panicked: Panicked";
            }
        } }
    };
}
