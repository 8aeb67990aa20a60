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
        } }
    };
}
