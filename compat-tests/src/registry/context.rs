//! H6, H7: context variables and variables of runs.

macro_rules! context {
    ($rest:tt { $($before:tt)* }) => {
        collect! { $rest { $($before)*
            inside since "0.1" {
                "H-601" Must [H6] h601_what_is_started_inherits =
                    "spawn: ada
                     daemon: ada
                     start: ada
                     owned: ada
                     gather: ada
                     local: ada
                     thread: ada
                     from-thread: ada
                     portal: ada
                     main: none";
                "H-602" Must [H6] h602_a_snapshot_is_no_link =
                    "child: before childs before
                     parent: after before";
                "H-603" Must [H6 R8] h603_scopes_nest =
                    "main: outer-1 inner-2 inner-1 outer-1 outer-1 outer-0 none-0
                     panicked: on-purpose";
                "H-604" Must [H6] h604_values_do_not_mix = "main: 100 none";
                "H-605" Must [H6 R8] h605_destructors_see_the_values =
                    "scoped: scopes
                     child: tasks
                     foreign: dropped";
                "H-606" Must [H6 T11] h606_a_local_child_has_its_own =
                    "child: spawners-spawners
                     body: none";
                "H-607" Must [H6] h607_a_future_that_moves = "moved: here-Some(7) there-Some(7)";
                "H-701" Must [H7] h701_a_run_has_a_value =
                    "main: 7
                     thread: Some(7)
                     child: 7";
            }

            launching since "0.1" {
                "H-608" Must [H6 R8] h608_foreign_code_begins_with_nothing =
                    "native: none
                     thread: none
                     run: around
                     main: none";
                "H-702" Must [H7 R7] h702_each_run_has_its_own =
                    "runs: 1-None-Some(1)-Some(9) 2-None-Some(2)-Some(9)
                     next: None";
                "H-703" Must [H7 R5] h703_values_go_with_their_run = "order: still-there value-gone run-returned";
            }
        } }
    };
}
