//! T: groups and combinators that a cancel from around them cuts.

macro_rules! cuts {
    ($rest:tt { $($before:tt)* }) => {
        collect! { $rest { $($before)*
            inside since "0.1" {
                "T-550" Must [T6 C7] t550_a_deadline_that_cuts_children_is_reported =
                    "group: Deadline
                     try: Deadline
                     local: Deadline
                     gather: Deadline
                     bounded: Deadline";
                "T-551" Must [T6 C5] t551_children_that_finish_leave_the_value =
                    "group: value
                     try: value
                     local: value
                     gather: value
                     bounded: value";
                "T-552" Must [T6] t552_one_that_is_cut_is_enough =
                    "group: reported
                     try: reported
                     local: reported
                     gather: reported
                     bounded: reported";
                "T-553" Must [T6 T9] t553_daemons_do_not_count =
                    "daemon: value 0
                     spawned: reported 1";
                "T-554" Must [T6 T7] t554_a_handle_that_came_first =
                    "before: value
                     after: reported
                     local: value";
                "T-555" Must [T6 T5] t555_the_first_cancel_decides =
                    "inside: value value
                     around: reported reported";
                "T-556" Must [T6 T3 T4] t556_failures_come_before_the_cut =
                    "error: 7
                     group: on-purpose
                     try: on-purpose
                     local: on-purpose
                     gather: on-purpose
                     bounded: on-purpose";
                "T-557" Must [T6 T12] t557_a_race_has_its_winner =
                    "group: 2
                     try: 2
                     local: 2
                     gather: 2
                     bounded: 2";
                "T-558" Must [T6 C9] t558_a_group_in_a_cleanup_has_its_value =
                    "group: value reported
                     try: value reported
                     local: value reported
                     gather: value reported
                     bounded: value reported";
                "T-559" Must [T6 T8] t559_a_started_child_counts_from_its_hand_over =
                    "before: value
                     elsewhere: value
                     after: reported";
                "T-561" Must [T6 C11] t561_a_grace_and_a_cancel_from_around =
                    "grace: value
                     around: reported";
                "T-562" Must [T6 T5] t562_a_groups_own_cancel_cuts_inner_groups_only =
                    "inner: 2
                     outer: 0";
                "T-563" Must [T6] t563_statistics_tell =
                    "group: 2/3
                     local: 2/2";
                "T-564" Must [T6 C6] t564_a_cut_group_is_not_awaited_again =
                    "group: true
                     try: true
                     local: true
                     gather: true
                     bounded: true
                     body: true";
                "T-567" Must [T6] t567_a_ledger_keeps_partial_results = "main: reported [0, 2]";

                "T-570" Must [C6 T12] t570_what_has_lost_a_part_is_not_awaited_again =
                    "scope: true
                     finally: true
                     gather: true
                     race: true
                     first_ok: true
                     try_gather: true
                     bounded: true
                     completed: true
                     start: true";
                "T-571" Must [T6 T12] t571_a_held_branch_wins =
                    "there: 2
                     moved: 2";
                "T-572" Must [T6 T12] t572_the_last_item_cancels =
                    "iterator: Some([1, 2]) Some([1, 2])
                     stream: Some([1, 2]) Some([1, 2])";
                "T-573" Must [T12 C6] t573_a_cancelled_run_does_not_go_on =
                    "main: true
                     pulled: 2";
                "T-574" Must [T12 C2] t574_what_was_pulled_already =
                    "cancel: item reported
                     error: 0 0";
                "T-575" Must [T11 C13] t575_a_local_group_holds =
                    "local: 1
                     gather: 0";
                "T-576" Must [T7] t576_a_body_hears_of_a_failing_child =
                    "error: true
                     panic: true";
                "T-577" Must [T7 C4] t577_a_ready_handle_in_a_cancelled_scope =
                    "ended: Ready(Ok(5))
                     cancelled: Pending Ready(Err(Cancelled))";
                "T-578" Must [T2 T7 T12] t578_a_waker_that_panics_harms_nobody =
                    "handle: Ready(Ok(5))
                     gather: ((), ())
                     local: Ok(6)
                     completed: Some(7)";
                "T-579" Must [T6 T12] t579_some_of_the_results_are_not_all = "main: None";

                "T-580" Must [T12 R12] t580_the_last_reader_is_woken = "main: (0, 1, Some(7))";
                "T-581" Must [T12] t581_results_end_with_their_branches = "main: None";
                "T-582" Must [T12 C4] t582_each_next_is_an_operation = "main: (true, true)";
                "T-583" Must [T11 R12] t583_a_child_wakes_the_last_task = "wakes: 0 1";
                "T-584" Must [T11 T10] t584_a_kept_local_group_is_closed =
                    "child: dropped
                     main: true true Ready(Err(Cancelled))";
                "T-585" Must [T11 T4] t585_destructors_of_children_panic =
                    "child: dropped dropped dropped
                     main: true";
                "T-586" Must [T12 T3] t586_many_branches_that_may_fail =
                    "vec: Ok([1, 2]) 9
                     array: Ok([3, 4]) 9
                     parked: true true true true";
                "T-587" Must [T12 T3] t587_a_bounded_run_that_goes_well =
                    "iterator: Ok([0, 10, 20, 30])
                     stream: Ok([0, 10, 20, 30])";
                "T-588" Must [T12] t588_an_error_drops_the_source =
                    "order: source-dropped returned
                     main: 0";
                "T-589" Must [T12] t589_a_stream_keeps_to_its_limit = "main: 3 20";
            }

            launching since "0.1" {
                "T-565" Must [T6 R5] t565_the_end_of_a_run_is_reported_around =
                    "task: dropped
                     main: ended";
                "T-566" Must [T6 R6] &[Shutdown] t566_a_cut_group_outlives_its_runtime = "main: 5";
            }
        } }
    };
}
