//! S: limiters.

macro_rules! limits {
    ($rest:tt { $($before:tt)* }) => {
        collect! { $rest { $($before)*
            inside since "0.1" {
                "S-001" Must [S4] s001_borrowing_counts =
                    "limiter: 2/0/0 1/1/0 0/2/0 2/0/0
                     peak: 2";
                "S-002" Must [S4] s002_a_key_has_at_most_one_token =
                    "key: true true true
                     other: true true
                     listed: true
                     limiter: 4/1/0";
                "S-003" Must [S2] s003_waiters_are_served_in_order = "served: 0 1 2";
                "S-004" Must [S4 S2] s004_raising_serves_exactly_so_many =
                    "limiter: 0/2/3 0/4/1
                     last: waits";
                "S-005" Must [S4] s005_lowering_revokes_nothing =
                    "limiter: 0/4/1 0/3/1 0/2/1 0/1/1 0/1/0 1/0/0";
                "S-006" Must [S4] s006_zero_and_unbounded_are_legal =
                    "limiter: 0/1/1 0/0/1
                     unbounded: -/0/0";
                "S-007" Must [S2] s007_a_returned_token_belongs_to_the_waiter = "third: would-block served";
                "S-008" Must [S3] s008_a_dropped_waiter_leaves_no_trace = "limiter: 0/1/1 1/0/0";
                "S-009" Must [S3] s009_a_granted_token_is_passed_on = "limiter: 1/0/0 1/0/0";
                "S-010" Must [S3 S4] s010_a_cancelled_wait_borrows_nothing =
                    "guard: true
                     key: true true
                     limiter: 0/1/0 1/0/0";
                "S-011" Must [S4] s011_never_more_than_the_total =
                    "peak: within
                     limiter: 3/0/0";
                "S-012" Must [S3] s012_a_token_comes_back_with_its_task =
                    "cancelled: true-1/0/0
                     panicked: true-1/0/0";
            }

            launching since "0.1" {
                "S-013" Must [S1] s013_a_limiter_belongs_to_no_runtime = "limiter: 1/0/0";
            }
        } }
    };
}
