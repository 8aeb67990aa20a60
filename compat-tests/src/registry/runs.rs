//! R: entry, detection, shutdown.

macro_rules! runs {
    ($rest:tt { $($before:tt)* }) => {
        collect! { $rest { $($before)*
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
                "R-101" Must [R10 R1] r101_a_handle_brings_a_thread_in =
                    "place: out inside out
                     runtime: ours";
                "R-017" Must [T2 R7] r017_counts_return_to_zero = "tasks: 5 0";
                "R-750" Must [R10 R1] r750_a_handle_brings_a_future_in =
                    "runtime: ours ours
                     child: ours
                     worker: ours
                     timeout: none";
                "R-751" Must [R10 C5] r751_scopes_are_around_what_a_handle_brings_in =
                    "inside: true shielded
                     scope: cancelled";
                "R-752" Must [R10 R8] r752_what_is_brought_in_is_dropped_inside =
                    "drop: ours before ours after";
                "R-753" Must [R10 T14] r753_what_is_brought_in_is_in_the_tree = "tree: found";
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
                "R-102" Must [R9] r102_a_local_main_borrows_and_stays = "main: here hello! 3";
                "R-103" Must [R9 R5 C5] r103_a_local_run_waits_for_shields_of_orphans = "order: clean-up-ends run-ends";
                "R-104" Must [R9 R5 T4] r104_a_panic_in_a_local_main_resumes_after_everything = "order: child-gone on-purpose";
                "R-105" Must [R9 R3] r105_a_local_run_does_not_nest =
                    "in-run: nested
                     in-local: nested";
                "R-106" Must [R9 R5] &[Shutdown] r106_a_shutdown_timeout_bounds_a_local_run = "left: 1-0 dropped";
                "R-107" Must [R9 R7] r107_local_runs_are_independent = "run: 2 3 4";
                "R-108" Must [R9 R8] r108_a_local_main_is_dropped_inside_its_run = "drop: inside run-ends";
                "R-109" Must [R9 C1] r109_a_local_main_has_scopes_and_groups =
                    "scope: cancelled
                     timeout: none
                     group: 3";
                "R-110" Must [R10 K27] r110_handles_are_equal_within_a_run =
                    "within: equal
                     between: as-the-runtimes";
                "R-111" Must [R10 R6] r111_a_handle_outlives_its_run_and_starts_nothing = "child: cancelled";
                "R-754" Must [R10] r754_nothing_starts_when_the_run_has_ended =
                    "owned: dropped cancelled
                     group: cancelled
                     worker: gone dropped";
                "R-755" Must [R10 R6] &[Shutdown] r755_a_sleep_in_a_run_that_has_ended_ends =
                    "sleep: ended
                     entered: ended
                     scope: shutdown";
            }
        } }
    };
}
