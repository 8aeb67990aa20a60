//! Facade futures in other hands: numbers from 301 on, in every area.

macro_rules! composition {
    ($rest:tt { $($before:tt)* }) => {
        collect! { $rest { $($before)*
            inside since "0.1" {
                "C-301" Must [R12 C1] c301_an_operation_can_be_dropped_anywhere =
                    "dropped: sleep sleep-zero sleep-until yield checkpoint scope cancelled-scope move-on fail in-time \
                     shield group failing-group handle thread abandoned-thread shielded-thread acquire acquire-for \
                     lock rw-lock permits event condition barrier once-cell channel oneshot tick \
                     gather race as-completed map-concurrent local-group start finally owned-group portal from-thread";
                "C-302" Must [R12 C1] c302_so_can_what_is_around_it =
                    "dropped: sleep sleep-zero sleep-until yield checkpoint scope cancelled-scope move-on fail in-time \
                     shield group failing-group handle thread abandoned-thread shielded-thread acquire acquire-for \
                     lock rw-lock permits event condition barrier once-cell channel oneshot tick \
                     gather race as-completed map-concurrent local-group start finally owned-group portal from-thread";
                "C-303" Must [R12 C1 C5] c303_an_operation_can_be_cancelled_anywhere =
                    "cancelled: sleep sleep-zero sleep-until yield checkpoint scope cancelled-scope move-on fail in-time \
                     shield group failing-group handle thread abandoned-thread shielded-thread acquire acquire-for \
                     lock rw-lock permits event condition barrier once-cell channel oneshot tick \
                     gather race as-completed map-concurrent local-group start finally owned-group portal from-thread";
                "C-310" Must [R12] c310_the_last_waker_is_woken =
                    "woken: sleep sleep-zero sleep-until yield checkpoint scope cancelled-scope move-on fail in-time \
                     shield group failing-group handle thread abandoned-thread shielded-thread acquire acquire-for \
                     lock rw-lock permits event condition barrier once-cell channel oneshot tick \
                     gather race as-completed map-concurrent local-group start finally owned-group portal from-thread";
                "C-311" Must [R12] c311_spurious_polls_are_harmless =
                    "ended: sleep sleep-zero sleep-until yield checkpoint scope cancelled-scope move-on fail in-time \
                     shield group failing-group handle thread abandoned-thread shielded-thread acquire acquire-for \
                     lock rw-lock permits event condition barrier once-cell channel oneshot tick \
                     gather race as-completed map-concurrent local-group start finally owned-group portal from-thread";
                "C-312" Must [R12] c312_each_operation_wakes_its_own_waker =
                    "ended: sleep sleep-zero sleep-until yield checkpoint scope cancelled-scope move-on fail in-time \
                     shield group failing-group handle thread abandoned-thread shielded-thread acquire acquire-for \
                     lock rw-lock permits event condition barrier once-cell channel oneshot tick \
                     gather race as-completed map-concurrent local-group start finally owned-group portal from-thread";
                "C-313" Must [C12 C3] c313_a_cancel_wakes_one_scope =
                    "cancelled: 50
                     polls: 100";
                "C-320" Must [R12 C1 C7] c320_the_loser_of_a_select_is_dropped =
                    "loser: dropped
                     main: quick
                     timers: 0";
                "C-321" Must [R12] c321_a_select_in_a_loop_keeps_what_it_borrows =
                    "work: 0 1 2
                     main: done";
                "C-322" Must [C6] c322_a_join_keeps_scopes_apart = "main: 1 Explicit 3";
                "C-323" Must [C5] c323_shields_in_a_collection_hold_the_scope =
                    "shields: 0 1 2 last
                     main: Explicit";
                "C-324" Must [R12 C1 T2] c324_an_abort_cancels_the_children =
                    "body: dropped
                     child: dropped
                     main: aborted";
                "C-325" Must [R12] c325_two_tasks_share_a_scope = "value: 7 7";

                "T-301" Must [R12 T2] t301_a_deep_program_can_be_dropped_anywhere = "ended: 1";
                "T-302" Must [T2 T6 C5] t302_a_deep_program_can_be_cancelled_anywhere = "ended: true";
                "T-303" Must [T7 T6 C6] t303_a_cancelled_body_does_not_hear_of_its_children =
                    "bare: Explicit
                     shielded: Cancelled Explicit
                     held: Cancelled Explicit";
                "T-310" Must [T4] t310_a_panic_is_caught_around_the_group =
                    "order: sibling-dropped caught
                     payload: on-purpose";
                "T-311" Must [T7] t311_handles_go_into_collections =
                    "ended: 2 0 1
                     main: quick Cancelled";

                "R-301" Must [R12] r301_a_future_moves_between_tasks =
                    "moved: sleep sleep-zero sleep-until yield checkpoint scope cancelled-scope move-on fail in-time \
                     shield group failing-group handle thread abandoned-thread shielded-thread acquire acquire-for \
                     lock rw-lock permits event condition barrier once-cell channel oneshot tick \
                     gather race as-completed map-concurrent local-group start finally owned-group portal from-thread";
                "R-302" Must [R12 R1] &[RealClock] r302_a_future_moves_to_a_foreign_executor =
                    "ended: sleep yield shield deadline thread acquire group";
                "R-303" Must [R12] r303_a_future_that_is_left_alone_blocks_nobody = "main: went-on group-ended";

                "H-301" Must [H1] h301_a_buffer_bounds_calls =
                    "ran: 20
                     at-once: bounded";
                "S-301" Must [S3] s301_no_token_is_lost_wherever_a_wait_is_dropped =
                    "borrowed: 0
                     waiting: 0";
                "M-301" Must [M1] &[VirtualClock] m301_sleeps_end_in_order = "ended: 10 20 30";
            }
        } }
    };
}
