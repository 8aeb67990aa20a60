//! K: what a backend owes.

macro_rules! contract {
    ($rest:tt { $($before:tt)* }) => {
        collect! { $rest { $($before)*
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
                "K-067" Must [K29] k067_jobs_wait_for_tasks =
                    "first: met
                     second: met";
                "K-068" Must [K29] k068_a_foreign_thread_waits = "thread: 3 woken";
                "K-069" Must [K29] &[Shutdown] k069_a_wait_ends_after_shutdown =
                    "job: woken
                     thread: woken";
            }
        } }
    };
}
