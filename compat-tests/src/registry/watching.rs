//! T, the part that is for watching: names, places, the tree of tasks, polls that block.

macro_rules! watching {
    ($rest:tt { $($before:tt)* }) => {
        collect! { $rest { $($before)*
            inside since "0.1" {
                "T-401" Must [T14] t401_every_kind_of_child_has_its_name =
                    "infallible: five
                     fallible: five";
                "T-402" Must [T14] t402_the_tree_says_what_tasks_do =
                    "new: New
                     running: Running
                     waiting: Waiting
                     cancelled: Waiting-cancelled-held";
                "T-403" Must [T14 T2] t403_the_tree_does_not_show_the_dead = "tree: shown gone gone";
                "T-404" Must [T14] t404_a_place_is_where_the_call_was =
                    "task: here
                     group: here";
                "T-405" Must [T14] t405_the_tree_is_nested = "depth: 0 1 2 3";
                "T-406" Must [T14] t406_the_tree_prints_a_line_for_each =
                    "group: opened-at
                     child: indented named spawned-at waiting";
                "T-407" Must [T14 C12] t407_a_deep_tree_is_no_recursion = "depth: 201";
            }

            launching since "0.1" {
                "T-408" Must [T14] t408_main_has_a_name =
                    "run: main-Running
                     run_local: main-Running";
                "T-409" Must [T15] t409_a_poll_that_blocks_is_reported =
                    "report: blocking here long-enough
                     local: main";
                "T-410" Must [T15] t410_without_a_limit_nothing_is_reported = "reports: 0 0";
                "T-411" Must [T15 T4] t411_a_poll_that_blocks_and_panics_is_reported = "report: panicking";
            }
        } }
    };
}
