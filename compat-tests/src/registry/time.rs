//! M: sleeping and instants.

macro_rules! time {
    ($rest:tt { $($before:tt)* }) => {
        collect! { $rest { $($before)*
            inside since "0.1" {
                "M-001" Must [M1] m001_a_sleep_is_never_early = "sleeps: not-early";
                "M-002" Must [M1] m002_a_sleep_of_zero_yields_once = "polls: 2 2";
                "M-003" Must [M1] m003_a_sleep_without_end_is_pending = "endless: pending pending";
                "M-004" Must [M1] m004_a_finished_sleep_stays_finished = "again: ready ready ready ready";
                "M-005" Must [R4 M1] m005_a_sleep_counts_from_its_first_poll = "sleep: from-first-poll";
                "M-006" Must [M2] m006_an_instant_converts_both_ways = "instant: same 2 0 never";
                "M-007" Must [M1] &[VirtualClock] m007_deadlines_round_up_to_the_grid = "micros: 1000 2000 3000";
                "M-008" Must [M1] &[VirtualClock] m008_virtual_sleeps_are_exact = "ended: 0 10 30 50 70 90";
                "M-009" Must [M1] &[RealClock] m009_a_real_sleep_is_not_much_too_long = "sleep: in-time";
                "M-010" Must [M1] m010_a_thousand_sleeps_all_end = "sleeps: 1000";
                "M-011" Must [M1] m011_a_dropped_sleep_leaves_no_timer = "timers: 1 0";
                "M-012" Must [K25 M2] m012_the_clock_is_monotonic_across_threads = "clock: monotonic";
            }

            inside since "0.1" {
                "M-101" Must [M1 M3] m101_the_first_tick_is_immediate = "due: 0 10 20 30";
                "M-102" Must [M1 M3] m102_a_tick_is_never_early = "ticks: not-early";
                "M-103" Must [M3] m103_a_period_of_zero_is_an_error =
                    "interval: refused
                     interval_at: refused
                     text: helps";
                "M-104" Must [M3] m104_missed_ticks_come_in_a_burst = "due: 0 10 20 30 40";
                "M-105" Must [M3] m105_missed_ticks_delay_the_plan = "delay: begins-anew";
                "M-106" Must [M3] m106_missed_ticks_are_skipped = "skip: on-the-plan";
                "M-670" Must [M3] m670_missed_ticks_are_skipped_by_default =
                    "default: skip
                     missed: skipped";
                "M-107" Must [M3] &[VirtualClock] m107_missed_ticks_at_exact_times =
                    "burst: 0 10 42 42 42 50
                     delay: 0 10 42 52 62 72
                     skip: 0 10 42 50 60 70
                     leeway: 0 10 25 30 40 50";
                "M-108" Must [M3] m108_a_reset_begins_anew =
                    "reset: one-period-later
                     immediately: now
                     at: 100";
                "M-109" Must [M3 C1] m109_a_dropped_tick_is_not_lost = "due: 0 20 40";
                "M-110" Must [M3 C4] m110_a_cancelled_tick_is_not_taken = "due: 0 10";
                "M-111" Must [R4 M3] m111_an_interval_counts_from_its_first_poll =
                    "made: nothing
                     first: from-first-poll";
                "M-112" Must [M3] m112_an_interval_is_a_stream = "due: 0 10 20";
                "M-113" Must [M1 M3] m113_an_endless_period_never_ticks_again = "ticks: first pending";
                "M-114" Must [M3] m114_an_interval_has_one_timer = "timers: 0 1 1 0";
                "M-115" Must [C8 M3] m115_missed_ticks_starve_nobody =
                    "deadline: passed
                     neighbour: ran";
                "M-116" Must [M1 C1] m116_a_sleep_for_ever_ends_with_its_scope = "sleep: pending cancelled";
                "M-117" Must [M2] m117_a_deadline_may_come_from_the_standard_library =
                    "sleep: not-early
                     between: 3000 none 0";
                "M-118" Must [M1] &[VirtualClock] m118_exact_timeouts_and_ticks =
                    "sleep: 50
                     timeout: 100
                     tick: 150";
            }

            launching since "0.1" {
                "M-119" Must [R6 M3] &[Shutdown] m119_an_interval_outlives_its_run =
                    "alone: returned returned
                     scoped: shutdown
                     stream: ended";
                "M-120" Must [M1] &[VirtualClock] m120_the_grid_can_be_turned_off =
                    "grid: 1000
                     exact: 100";
            }
        } }
    };
}
