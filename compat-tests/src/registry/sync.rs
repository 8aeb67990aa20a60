//! S: locks, permits, notifications, channels.

macro_rules! sync {
    ($rest:tt { $($before:tt)* }) => {
        collect! { $rest { $($before)*
            inside since "0.1" {
                "S-101" Must [S2 S7] s101_never_two_inside =
                    "CapacityLimiter: 50
                     Mutex: 50
                     RwLock: 50
                     Semaphore: 50
                     channel: 50
                     key: 50";
                "S-102" Must [S2] s102_those_who_come_again_take_turns =
                    "CapacityLimiter: 012012012
                     Mutex: 012012012
                     RwLock: 012012012
                     Semaphore: 012012012
                     channel: 012012012
                     key: 012012012";
                "S-103" Must [S2] s103_nobody_overtakes =
                    "CapacityLimiter: false true
                     Mutex: false true
                     RwLock: false true
                     Semaphore: false true
                     channel: false true
                     key: false true";
                "S-104" Must [S3] s104_a_dropped_waiter_passes_it_on =
                    "CapacityLimiter: served true served true
                     Mutex: served true served true
                     RwLock: served true served true
                     Semaphore: served true served true
                     channel: served true served true
                     key: served true served true";
                "S-105" Must [S3 C4] s105_a_cancelled_scope_takes_nothing =
                    "CapacityLimiter: true true
                     Mutex: true true
                     RwLock: true true
                     Semaphore: true true
                     channel: true true
                     key: true true";
                "S-106" Must [S3 S7] s106_a_lock_comes_back_with_its_task =
                    "CapacityLimiter: true true
                     Mutex: true true
                     RwLock: true true
                     Semaphore: true true
                     channel: true true
                     key: true true";
                "S-108" Must [S7 S9] s108_guards_may_be_held_across_waits =
                    "held: true
                     main: 2 1";
                "S-110" Must [S7] s110_a_panic_leaves_the_value_as_it_is = "main: on-purpose 3 3";
                "S-111" Must [S8] s111_permits_are_counted =
                    "refused: true true true
                     semaphore: 2/0 1/0 0/0 2/0";
                "S-112" Must [S8 S2] s112_many_permits_are_not_overtaken =
                    "few: false false
                     semaphore: 0/1 2/0";
                "S-113" Must [S8 S3] s113_giving_up_lets_those_behind_pass = "semaphore: 1/0";
                "S-114" Must [S8] s114_permits_can_be_forgotten_and_added = "semaphore: 0/0 1/0 2/0";
                "S-115" Must [S9] s115_readers_share_and_writers_do_not =
                    "readers: 2 true 2
                     writer: true";
                "S-116" Must [S9 S2] s116_a_waiting_writer_is_not_starved = "late: false false false true";
                "S-117" Must [S9 S3] s117_a_writer_that_gives_up_lets_readers_in = "readers: 3 2";

                "S-118" Must [S9 S3] s118_a_reader_that_gives_up_lets_a_writer_in = "lock: 0/0 0/0";

                "S-119" Must [S8] s119_permits_that_are_out_count =
                    "added: true
                     refused: true
                     semaphore: 2";

                "S-120" Must [S10] s120_an_event_wakes_everybody =
                    "main: true
                     waiting: 2 0";
                "S-121" Must [S10 C4] s121_waiting_for_a_set_event_is_a_cancel_point = "main: Explicit";
                "S-122" Must [S10 S3] s122_an_event_of_another_task = "main: 0";
                "S-123" Must [S11] s123_a_wait_releases_the_lock =
                    "locked: true
                     notified: false 7
                     waiting: 1";
                "S-124" Must [S11 S2] s124_so_many_are_notified =
                    "last: false
                     late: false
                     waiting: 1 0";
                "S-125" Must [S11] s125_waiting_for_a_value = "waiter: false true";
                "S-126" Must [S11 S3] s126_a_notification_is_passed_on = "second: notified notified";
                "S-127" Must [S11 C1] s127_a_cancelled_wait_leaves_the_lock = "main: Explicit false 0";
                "S-130" Must [S12] s130_all_meet_and_one_leads =
                    "leaders: 5
                     waiting: 0";
                "S-131" Must [S12 S3] s131_one_that_gives_up_does_not_count =
                    "one: false false
                     two: true";
                "S-132" Must [S13] s132_a_value_is_made_once =
                    "made: 1
                     there: true";
                "S-133" Must [S13 S3] s133_the_next_one_makes_it =
                    "cancelled: true
                     failed: no
                     made: 2";
                "S-134" Must [S14] s134_a_second_user_is_refused =
                    "cancelled: true
                     second: reading-from
                     third: true";

                "S-135" Must [S13 S3] s135_the_next_in_line_makes_the_value =
                    "failed: 2-2
                     panicked: 2-2
                     dropped: 2-2";
                "S-136" Must [S12 S3] s136_one_that_was_let_through_may_go =
                    "leads: true false
                     again: true
                     waiting: 2";

                "S-140" Must [S5] s140_a_rendezvous_waits_for_the_receiver =
                    "alone: true
                     received: 1 2 3
                     sent: true true";
                "S-141" Must [S5 S2] s141_a_buffer_keeps_the_order =
                    "empty: true
                     full: true true true
                     received: 0 1 3 2
                     sent: true";
                "S-142" Must [S5] s142_items_outlive_the_last_sender =
                    "ended: EndOfStream EndOfStream EndOfStream
                     received: 1";
                "S-143" Must [S5] s143_ends_are_told_apart =
                    "receiver-closed: Broken Broken Closed Closed
                     sender-closed: Closed Closed EndOfStream EndOfStream";
                "S-144" Must [S5] s144_clones_end_together =
                    "clone: true
                     receiving: false EndOfStream";
                "S-145" Must [S3 S5] s145_an_unseen_item_goes_to_the_next =
                    "next: 2 2
                     second: 1 1";
                "S-146" Must [S3 S5] s146_an_untaken_item_goes_with_its_sender =
                    "received: 2
                     waiting: 0";
                "S-147" Must [S5 C4] s147_a_cancelled_scope_moves_nothing =
                    "buffered: 1
                     main: Explicit Explicit";
                "S-148" Must [S5] s148_many_to_many =
                    "items: 30 30
                     sum: 435 435";
                "S-149" Must [S5] s149_a_channel_counts =
                    "channel: 0/Some(1)/0-1/1-0/0 1/Some(1)/1-2/1-1/0 0/Some(1)/1-2/1-0/1";
                "S-150" Must [S5] s150_streams_and_sinks =
                    "item: Some(1) Some(2) None
                     ready: true false true";
                "S-151" Must [S5] s151_one_value =
                    "dropped: true
                     early: 1
                     late: 2
                     refused: 3";
                "S-153" Must [S6 C8] s153_an_always_ready_channel_has_a_budget =
                    "main: ended
                     other: seen";
                "S-154" Must [S5] s154_a_receive_lets_a_sender_follow = "main: 1 WouldBlock true 2";
                "S-155" Must [S5 S3] s155_the_last_item_comes_before_the_end =
                    "ended: EndOfStream EndOfStream
                     first: 1
                     on-its-way: WouldBlock WouldBlock
                     second: Err(EndOfStream) Ok(1)
                     third: Err(EndOfStream) Err(EndOfStream)";
                "S-156" Must [S5] s156_dropped_receivers_give_items_back =
                    "order: broken item-dropped buffered-dropped broken item-dropped
                     late: broken dropped broken dropped";
                "S-157" Must [S2 S5] s157_receivers_take_turns = "turns: 0123401234 0123401234";
                "S-158" Must [S3 S5] s158_an_unseen_value_goes_with_its_receiver =
                    "early: true 8
                     sender: false true 7
                     value: dropped receiver-gone";
                "S-159" Must [S5] s159_without_a_limit_nobody_waits =
                    "channel: 1000/None/1000 0/1000
                     main: true";
                "S-165" Must [S2 S3] s165_leaving_the_queue_keeps_the_order =
                    "received: 1 3
                     waiting: 0
                     first: 4
                     third: 5";
                "S-166" Must [S4 S7 S8 S9] s166_what_is_forgotten_stays_taken =
                    "mutex: true
                     rw_lock: 1 true
                     semaphore: 1
                     limiter: 1";
                "S-167" Must [S5] s167_dropped_senders_end_every_wait =
                    "waited: EndOfStream EndOfStream EndOfStream EndOfStream
                     late: EndOfStream EndOfStream";
                "S-160" Must [S3 S8] s160_permits_are_conserved =
                    "permits: 3
                     waiting: 0";
                "S-161" Must [S3 S7] s161_a_lock_is_conserved = "changes: all";
                "S-162" Must [S3 S5] s162_items_are_conserved =
                    "confirmed: came came
                     dropped: once once";
                "S-163" Must [S3 S11] s163_notifications_are_conserved = "announced: all-taken";
                "S-164" Must [S3 S4] s164_tokens_are_conserved =
                    "borrowed: 0
                     waiting: 0";
                "S-168" Must [S3 S9] s168_a_shared_lock_is_conserved =
                    "changes: all
                     lock: 0/false/0";
            }

            inside since "0.1" {
                "S-500" Must [S2 S3] s500_a_grant_that_nobody_polled_for_shows =
                    "Mutex: 0 1 0
                     RwLock: 0 2 0
                     Semaphore: 0 1 0
                     CapacityLimiter: 0 1 0
                     key: 0 1 0
                     Condition: 0 1 0";
                "S-501" Must [S3] s501_a_waker_that_panics_harms_nobody_else =
                    "Event: true 1
                     Semaphore: true 1
                     CapacityLimiter: true 1
                     RwLock: true 1
                     Barrier: true 1";
                "S-510" Must [S3 S5] s510_a_send_that_was_given_up_sends_nothing =
                    "received: first false third
                     full: true true
                     granted: 1 1 0
                     sent: true";
                "S-511" Must [S3 S5] s511_a_granted_place_goes_with_its_handle =
                    "closed: Ok Closed 2
                     closed-for-all: Closed Closed 2
                     broken: Broken Broken 2";
                "S-512" Must [S3 S5] s512_items_that_come_back_keep_their_order =
                    "granted: 2 2
                     received: 1-2-3 1-2-3
                     waited: 1 2";
                "S-513" Must [S3 S5] s513_a_permit_keeps_its_place =
                    "full: true true
                     behind: true
                     received: 1 Ok(7) Err(EndOfStream) Ok(7) Err(EndOfStream) Err(EndOfStream)
                     closed: Closed Closed
                     ended: false false
                     sent: Ok Ok Broken
                     broken: Broken";
                "S-514" Must [S5] s514_a_permit_without_room_stands_for_a_receiver =
                    "unbounded: true
                     taken: true
                     second: true
                     received: 1 2 3
                     sent: Ok
                     waiting: 0";
                "S-515" Must [S5] s515_a_sink_sends_only_what_it_was_ready_for =
                    "unready: true true
                     full: true
                     received: 1 Err(EndOfStream)
                     closed: Closed
                     broken: Broken";
                "S-516" Must [S5] s516_a_stream_hoards_nothing =
                    "other: 1 2 3
                     stream: false Ready(Some(4)) Ready(Some(5)) Ready(Some(6))
                     full: true
                     sent: true
                     ready: false true";
                "S-517" Must [S5] s517_sending_ends_for_everybody =
                    "waited: Closed Closed
                     late: true true
                     closed: true true
                     senders: 0 0
                     received: 1 EndOfStream 1 EndOfStream EndOfStream";
                "S-518" Must [S5] s518_a_sender_hears_that_the_receivers_have_gone =
                    "one-left: false
                     gone: heard";
                "S-519" Must [S3 S5] s519_a_closed_receiver_leaves_its_item =
                    "on-its-way: true
                     other: 1
                     closed: true";
                "S-521" Must [S3 S5] s521_sends_that_were_given_up_are_not_delivered =
                    "race: all all
                     move-on: all all
                     select: all all
                     dropped: all all
                     cancelled: all all
                     closed: all all
                     sink: all all
                     reserve: all all";
                "S-522" Must [S3 S5] s522_a_send_is_given_up_while_it_is_granted = "lane: all all";
            }

            launching since "0.1" {
                "S-107" Must [S1] s107_locks_belong_to_no_runtime =
                    "CapacityLimiter: true
                     Mutex: true
                     RwLock: true
                     Semaphore: true
                     channel: true
                     key: true";
                "S-109" Must [S1] s109_what_else_belongs_to_no_runtime =
                    "event: 1
                     condition: 2
                     barrier: 0
                     once-cell: 3
                     oneshot: 4
                     rw-lock: 5";
                "S-152" Must [S1 S5] s152_a_channel_between_runtimes = "sum: 55";
            }
        } }
    };
}
