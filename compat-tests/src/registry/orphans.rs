//! T: what dropped groups leave behind, groups in structs, groups that are asked to end.

macro_rules! orphans {
    ($rest:tt { $($before:tt)* }) => {
        collect! { $rest { $($before)*
            inside since "0.1" {
                "T-140" Must [C10] t140_the_group_around_waits_for_orphans =
                    "body: ended joined
                     child: clean-up dropped joined";
                "T-141" Must [C10] t141_a_childs_orphans_are_its_groups =
                    "adopted: 1/1
                     child: clean-up dropped joined";
                "T-142" Must [C10] t142_a_dropped_nest_is_adopted_whole =
                    "inner: clean-up dropped joined
                     outer: clean-up dropped joined";
                "T-143" Must [C10 T4] t143_an_orphans_panic_fails_the_adopter = "main: sibling-gone orphan";
                "T-144" Must [C10 T4] t144_a_panic_before_the_drop_is_not_lost = "main: before";
                "T-145" Must [C10] t145_an_orphans_error_goes_to_the_hook = "hook: orphan described joined";
                "T-146" Must [C10] t146_errors_before_the_drop_are_not_lost =
                    "hook: first described last described joined";
                "T-147" Must [C10 T4] t147_a_panicking_body_leaves_orphans =
                    "body: panicked
                     child: clean-up dropped joined";
                "T-150" Must [C10 T8 T9] t150_groups_dropped_at_every_point = "main: nothing-left";
                "T-151" Must [T2 C5] t151_many_children_yield_and_shield = "ended: 300";
                "T-152" Must [T2 T7] t152_ten_thousand_children_give_their_values = "sum: 49995000";

                "T-160" Must [T13 T3] t160_a_join_gives_all_errors = "main: first second closed Cancelled";
                "T-161" Must [T13] t161_an_owned_group_is_in_no_scope =
                    "child: finished joined
                     main: Explicit";
                "T-162" Must [T13] t162_dropping_an_owned_group_cancels = "child: clean-up gone";
                "T-163" Must [T13] t163_a_close_cancels_and_waits = "child: clean-up dropped closed";
                "T-164" Must [T13] t164_a_join_may_be_dropped = "child: pending 1 finished joined";
                "T-165" Must [T13 T4] t165_a_panic_resumes_in_the_join = "main: sibling-gone on-purpose";
                "T-166" Must [T13] t166_a_struct_owns_its_tasks = "task: started gone";
                "T-167" Must [T13] t167_a_running_close_holds_its_scope =
                    "child: finished
                     main: Ok(true)";
                "T-168" Must [T13] t168_cancel_before_the_first_spawn = "main: empty started Cancelled";
                "T-170" Must [T13] t170_a_handle_lends_its_runtime = "child: ran joined";
                "T-171" Must [T13 T8 T9] t171_an_owned_group_has_daemons_and_starts =
                    "daemon: dropped joined
                     main: 5 late";

                "T-180" Must [C11] t180_a_shutdown_asks_first = "child: finished joined";
                "T-181" Must [C11] t181_a_shutdown_cancels_after_the_grace =
                    "child: dropped joined
                     late: asked";
                "T-182" Must [C11 T13] t182_an_owned_group_is_asked_first =
                    "child: finished joined
                     main: Cancelled";
                "T-185" Must [T4] t185_destructors_panic_everywhere =
                    "daemon: bomb
                     owned: bomb
                     start: bomb
                     value: bomb";
                "T-186" Must [T4 T13] t186_a_panicking_error_changes_nothing = "main: first";
                "T-850" Must [T13] t850_a_join_holds_nothing =
                    "child: finished
                     main: None 1 open closed";
                "T-851" Must [T13 T3] t851_one_of_several_gets_the_failures = "main: 1/3 Ok(())";
                "T-852" Must [T13 T9] t852_a_join_ends_daemons_that_are_alone =
                    "daemon: dropped gone
                     main: pending open closed";
                "T-853" Must [T13] t853_a_join_from_inside_panics = "main: true/true true/true";
                "T-854" Must [T13] t854_a_close_from_inside_drops_the_caller = "child: closes dropped joined";
                "T-855" Must [T13 C5] t855_a_shielded_close_from_inside_panics = "main: true";
                "T-856" Must [T13 T10] t856_a_group_that_was_never_used =
                    "late: dropped Cancelled
                     main: open closed 0";
                "T-857" Must [T13 T8 T9] t857_an_owned_group_is_a_group =
                    "group: 4/1 closed
                     start: 5
                     value: 42";
                "T-858" Must [T13 C10] t858_an_error_that_was_not_joined_goes_to_the_hook =
                    "hook: dropping kept described dropped";
                "T-861" Must [T13] t861_a_close_in_a_cancelled_scope_waits = "child: clean-up true closed";
                "T-862" Must [C11] t862_a_request_is_nobodys_child = "main: ready 0/0/0";
                "T-863" Must [C11 T5] t863_the_end_of_the_grace_is_a_cancel =
                    "first: Cancelled
                     late: started Cancelled";
            }

            launching since "0.1" {
                "T-148" Must [C10 R5] t148_a_run_waits_for_orphans = "child: clean-up dropped run-ended";
                "T-149" Must [C10 R5] t149_an_orphans_panic_fails_the_run = "run: orphan";
                "T-169" Must [T13 R6] t169_an_owned_group_outlives_its_run = "order: child-gone run-ended joined";
                "T-859" Must [T13 C10] t859_an_error_that_was_not_joined_is_told_at_the_end =
                    "group: closed
                     hook: main-ends kept described run-ended";
                "T-860" Must [T13 C10] t860_a_panic_that_was_not_joined_fails_the_run =
                    "dropped: main on-purpose
                     kept: main on-purpose";
            }
        } }
    };
}
