//! T: children that say when they are ready, and service children.

macro_rules! starts {
    ($rest:tt { $($before:tt)* }) => {
        collect! { $rest { $($before)*
            inside since "0.1" {
                "T-101" Must [T8] t101_a_start_gives_a_value =
                    "child: ended joined
                     main: Ok(7) Ok(())";
                "T-102" Must [T8] t102_an_early_error_comes_out_of_the_start =
                    "group: Ok(())
                     start: Err(Failed(\"early\"))";
                "T-103" Must [T8] t103_a_late_error_is_the_groups =
                    "group: late
                     start: Ok(2)";
                "T-104" Must [T8] t104_a_child_that_is_never_ready = "main: Err(ExitedEarly) Err(ExitedEarly)";
                "T-105" Must [T8] t105_a_cancelled_start_waits_for_its_child =
                    "child: clean-up gone scope-gone
                     main: Explicit";
                "T-106" Must [T8 C2] t106_a_cancelled_start_takes_what_is_done = "main: Ok(3)";
                "T-107" Must [T8] t107_a_cancelled_start_gives_the_error = "main: Err(Failed(\"after-all\")) Ok(())";
                "T-108" Must [T8] t108_a_pending_child_is_not_the_groups_yet =
                    "child: ready at-once dropped joined
                     main: Ok(4)";
                "T-109" Must [T8] &[VirtualClock] t109_pending_starts_keep_a_group_open = "group: 6";
                "T-110" Must [T8] &[VirtualClock] t110_a_pending_start_fails_while_the_group_waits =
                    "group: Ok(()) 7
                     start: Err(Failed(1))";
                "T-111" Must [T8 T10] t111_a_closed_group_starts_nothing = "main: dropped Err(Closed)";
                "T-112" Must [T8] t112_an_early_panic_comes_out_of_the_start = "main: on-purpose 5";
                "T-113" Must [T8] t113_a_late_panic_is_the_groups =
                    "group: late
                     start: Ok(1)";
                "T-114" Must [T8] t114_a_child_that_is_ready_is_not_the_callers =
                    "child: finished
                     main: Explicit";
                "T-115" Must [T8] t115_a_cancelled_child_is_not_handed_over =
                    "child: set dropped scope-gone
                     main: Explicit 0
                     value: dropped";
                "T-116" Must [T8 R4] t116_a_start_begins_when_it_is_awaited = "main: 0";
                "T-117" Must [T8] t117_another_task_may_say_ready = "main: Ok(6)";
                "T-118" Must [T8] t118_a_late_word_changes_nothing =
                    "main: Err(ExitedEarly) 0
                     value: dropped";
                "T-119" Must [T8 C10] t119_a_dropped_start_leaves_nothing_behind =
                    "child: clean-up dropped joined
                     target: 0";
                "T-120" Must [T8 C10] t120_a_child_of_a_dropped_group_is_an_orphan = "child: handed-over dropped joined";
                "T-121" Must [T8 T4] t121_a_panicking_value_nobody_wants = "main: value";
                "T-122" Must [T8 T9] t122_a_started_daemon_ends_with_its_group =
                    "daemon: ready dropped joined
                     main: Ok(9) 1/1";
                "T-123" Must [T8] t123_ready_against_cancel = "races: 0/0";

                "T-126" Must [T9] t126_a_daemon_ends_with_its_group =
                    "child: finished joined
                     daemon: started dropped joined";
                "T-127" Must [T9 C5] t127_a_daemon_may_clean_up = "daemon: clean-up joined";
                "T-128" Must [T9] t128_a_daemon_serves_to_the_last = "child: served";
                "T-129" Must [T9] t129_a_daemons_child_keeps_the_group_going = "child: finished";
                "T-130" Must [T9 T3] t130_a_daemons_error_counts =
                    "body: dropped
                     main: daemon";
                "T-131" Must [T9 T3] t131_an_error_of_a_daemons_clean_up_counts = "main: clean-up";
                "T-132" Must [T9 T4] t132_a_daemons_panic_counts = "main: daemon";
                "T-133" Must [T9 T5] t133_daemons_alone_keep_nothing_going =
                    "cancelled: Cancelled
                     ended: cancelled
                     open: 3/3";
                "T-134" Must [T9] t134_a_daemon_may_end_before = "main: ended 2";
                "T-135" Must [T9] &[VirtualClock] t135_a_daemon_takes_no_time = "group: 3";

                "T-864" Must [T8 C6] t864_a_value_that_came_too_late_is_a_cancel =
                    "child: finished
                     main: Explicit";
                "T-865" Must [T8 T4] t865_a_start_whose_function_panics = "main: on-purpose 0 joined";
                "T-867" Must [T8 C5] t867_a_start_that_is_over_holds_nothing = "main: Ok(1) Explicit";
                "T-868" Must [T4 H6] t868_a_context_value_that_panics_harms_nobody = "child: Ok(Ok(7))";
            }

            launching since "0.1" {
                "T-866" Must [T8 R6] t866_a_start_after_the_end_of_the_runtime = "main: closed";
            }
        } }
    };
}
