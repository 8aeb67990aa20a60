//! T: concurrency inside one task.

macro_rules! concurrency {
    ($rest:tt { $($before:tt)* }) => {
        collect! { $rest { $($before)*
            inside since "0.1" {
                "T-201" Must [T12] t201_results_are_in_argument_order =
                    "order: third second first
                     main: 1-two-3";
                "T-202" Must [T12] t202_branches_of_every_form = "main: 103 1kl";
                "T-203" Must [T12] t203_branches_borrow = "main: 12";
                "T-204" Must [T12] t204_an_error_cancels_the_branches =
                    "waiting: dropped dropped
                     main: second 2";
                "T-205" Must [T12 C5] t205_errors_raised_while_cancelled_come_out =
                    "first: gone
                     main: second first";
                "T-206" Must [T12] t206_a_panic_awaits_the_others = "branches: panics free-dropped shield-done branch";
                "T-207" Must [T12] t207_destructors_that_panic =
                    "third: dropped
                     main: in-the-second";
                "T-208" Must [T12 C5] t208_a_cancel_from_outside_reaches_branches =
                    "branches: cancels free-dropped shield-done true held-dropped
                     main: Explicit";
                "T-209" Must [T12 C2] t209_ready_branches_win_over_a_cancel = "main: (1, 2)";
                "T-210" Must [T12 C12] t210_ten_thousand_branches_cancel_with_one_poll_each = "main: one-each";
                "T-211" Must [T12] t211_a_wake_polls_one_branch = "main: 1+3 2+3";
                "T-212" Must [T12] t212_branches_are_woken_from_other_threads = "main: 400";
                "T-213" Must [T12 T6] t213_a_branch_may_own_tasks = "child: dropped Explicit";
                "T-214" Must [T12 C8] t214_a_busy_branch_starves_nobody = "main: done";
                "T-215" Must [T12] t215_dropped_at_each_poll = "main: 20";
                "T-216" Must [T12 C6] t216_unwoken_branches_move_along = "branch: dropped Explicit";
                "T-217" Must [T12 C6] t217_a_cancelled_gather_is_not_awaited_again = "main: true";
                "T-218" Must [T12 C6] t218_a_scope_in_a_branch_is_its_own = "main: Explicit-false";
                "T-219" Must [T12] t219_polled_from_outside = "main: (1, 2)";
                "T-220" Must [T12 C7] t220_a_timeout_around_branches = "main: None";
                "T-221" Must [T12 C12] t221_nested_deeply = "main: 200";

                "T-230" Must [T12] t230_a_race_gives_the_first =
                    "loser: dropped 2
                     main: 3 5";
                "T-231" Must [T12 C5] &[ParallelJobs] t231_losers_are_awaited =
                    "main: shield-done 2
                     thread: done";
                "T-232" Must [T12] t232_a_loser_does_not_run_on = "main: 1-1";
                "T-233" Must [T12] t233_what_has_lost_does_not_start = "main: 1";
                "T-234" Must [T12] t234_the_first_of_none_is_an_error =
                    "race: true
                     first_ok: true
                     as_completed: true";
                "T-235" Must [T12] t235_the_first_ok = "main: 7 early late 9";
                "T-236" Must [T12] t236_the_panic_of_a_loser_comes_out = "main: won loser";
                "T-237" Must [T12] t237_a_race_is_cancelled_from_outside = "main: dropped Explicit";
                "T-238" Must [T12 C5] t238_races_nest =
                    "a: shield-done dropped
                     b: shield-done dropped
                     c: shield-done dropped
                     d: shield-done dropped
                     main: 1";
                "T-240" Must [T12] t240_results_as_they_complete =
                    "second: gone
                     third: gone
                     first: gone
                     main: 2 3 1 true 6";
                "T-241" Must [T12] t241_leaving_the_body_cancels_the_rest =
                    "second: gone
                     third: gone
                     first: gone
                     main: 2";
                "T-242" Must [T12 C5] t242_leaving_the_body_awaits_the_rest = "main: first left shield-done returned";
                "T-243" Must [T12] t243_panics_of_branch_and_body =
                    "branch: body-dropped branch
                     body: branch-dropped body";
                "T-244" Must [T12 C4] t244_a_result_is_not_lost = "main: Explicit 1 5";
                "T-245" Must [T12] t245_as_completed_is_cancelled_from_outside =
                    "branch: dropped true
                     body: dropped
                     main: Explicit";
                "T-246" Must [T12 C5] t246_a_held_body_does_not_wait_for_cancelled_branches =
                    "body: true
                     main: Explicit";

                "T-250" Must [T11] t250_children_borrow = "main: 8 end";
                "T-251" Must [T11] t251_children_take_turns = "main: spawned 0 1 2 2 1 0";
                "T-252" Must [T11 T7] t252_one_child_is_cancelled =
                    "first: started dropped
                     second: started dropped
                     main: Err(Cancelled) Err(Cancelled) Ok(3)";
                "T-253" Must [T11 T5 T10] t253_a_group_is_cancelled =
                    "child: dropped
                     late: started
                     main: 7";
                "T-254" Must [T11 T4 C5] t254_a_panic_cancels_the_rest =
                    "body: dropped
                     free: dropped
                     main: shield-done heard on-purpose";
                "T-255" Must [T11 T6 C5] t255_a_cancel_from_outside_reaches_all =
                    "body: dropped
                     child: dropped
                     shield: done
                     main: Explicit";
                "T-256" Must [T11 T6 C2] t256_a_value_wins_over_a_cancel = "main: 7 true";
                "T-257" Must [T11 T6 C7] t257_deadlines =
                    "child: dropped
                     main: Ok(None) None";
                "T-258" Must [T11 T2] t258_children_spawn = "main: 101 3";
                "T-259" Must [T11 T10] t259_a_closed_group_spawns_nothing = "main: dropped true Err(Cancelled) 1-0";
                "T-260" Must [T11 C10] t260_dropped_at_each_poll = "main: 0 1 2 3 4 5";
                "T-261" Must [T11 C12] t261_a_wake_polls_one_child = "main: 1";
                "T-262" Must [T11] t262_a_child_from_a_thread_wakes_the_group = "main: done";
                "T-263" Must [T11 C6] t263_unwoken_children_move_along =
                    "child: dropped
                     main: false";
                "T-264" Must [T11] t264_children_that_stay = "main: Some(Ready(\"Ok(7) 1\"))";
                "T-265" Must [T11 T10] t265_a_child_goes_with_its_group_unpolled =
                    "kept: 1 0
                     child: Err(Cancelled)";

                "T-270" Must [T12] t270_values_are_in_the_order_of_the_items =
                    "ended: 2 1 0 2 1 0
                     main: 3 3 0";
                "T-271" Must [T12] t271_an_item_is_admitted_before_it_is_started =
                    "iterator: 2 3 5
                     stream: 2 3 5";
                "T-272" Must [T12] t272_a_stream_feels_the_limit =
                    "sent: 1 3
                     sum: 6";
                "T-273" Must [T12] t273_never_more_than_the_limit =
                    "peak: 3
                     sum: 2450";
                "T-274" Must [T12 C5] t274_an_error_ends_the_run =
                    "work: 1 0 1 0
                     pulled: 2 2
                     main: first first-held true";
                "T-275" Must [T12 C5] t275_a_panic_awaits_the_rest =
                    "order: shield-done resumes shield-done resumes
                     main: work source";
                "T-276" Must [T12 C5] t276_a_cancel_ends_the_run =
                    "order: dropped shield-done
                     main: Explicit
                     pulled: 2";
                "T-277" Must [T12 C8] t277_an_endless_source_starves_nobody =
                    "main: ended
                     neighbour: ran";
                "T-278" Must [T12] t278_a_limit_of_zero_is_refused = "text: true";
            }
        } }
    };
}
