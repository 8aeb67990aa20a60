//! Intervals, and what else the time module promises beyond a sleep.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::Poll,
    time::Duration,
};

use anyrt::{
    cancel::Reason,
    fail_after, move_on_after, scope, sleep,
    task::TaskGroup,
    task_group,
    time::{Instant, Interval, MissedTick, interval, interval_at, sleep_forever, sleep_until},
};
use futures::Stream;

use crate::{
    Trace,
    rig::{Options, Rig},
    tools::{peek, poll_once},
};

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

fn every(count: u64) -> Interval {
    interval(ms(count)).expect("the period is not zero")
}

/// The first tick is immediate, and the others are one period apart. Row dC5.
pub async fn m101_the_first_tick_is_immediate(t: Trace) {
    let mut interval = every(10);
    let mut first = Box::pin(interval.tick());
    let Poll::Ready(start) = peek(&mut first).await else {
        return t.log("due", "late");
    };
    drop(first);
    t.log("due", 0);
    for _ in 0..3 {
        t.log("due", (interval.tick().await - start).as_millis());
    }
}

/// No tick comes before it is due.
pub async fn m102_a_tick_is_never_early(t: Trace) {
    let mut interval = interval(Duration::from_micros(1700)).unwrap();
    for _ in 0..20 {
        let due = interval.tick().await;
        assert!(Instant::now() >= due, "a tick was early");
    }
    t.log("ticks", "not-early");
}

/// A period of zero is an error, not a panic and not a busy loop. Row dC4.
pub async fn m103_a_period_of_zero_is_an_error(t: Trace) {
    let zero = Duration::ZERO;
    let refused = |refused: bool| if refused { "refused" } else { "taken" };
    t.log("interval", refused(interval(zero).is_err()));
    t.log(
        "interval_at",
        refused(interval_at(Instant::now(), zero).is_err()),
    );
    let text = interval(zero).unwrap_err().to_string();
    t.log(
        "text",
        if text.contains("period") && text.contains("zero") {
            "helps"
        } else {
            "is-short"
        },
    );
}

/// Missed ticks come at once, and the plan goes on.
pub async fn m104_missed_ticks_come_in_a_burst(t: Trace) {
    let mut interval = every(10).missed_tick(MissedTick::Burst);
    let start = interval.tick().await;
    t.log("due", 0);
    sleep(ms(45)).await;
    for _ in 0..4 {
        t.log("due", (interval.tick().await - start).as_millis());
    }
}

/// After a missed tick the plan begins anew.
pub async fn m105_missed_ticks_delay_the_plan(t: Trace) {
    let mut interval = every(10).missed_tick(MissedTick::Delay);
    let start = interval.tick().await;
    sleep(ms(45)).await;
    interval.tick().await;
    let next = interval.tick().await;
    t.log(
        "delay",
        if next - start >= ms(55) {
            "begins-anew"
        } else {
            "goes-on"
        },
    );
}

/// Unless something else was chosen, missed ticks are skipped.
pub async fn m670_missed_ticks_are_skipped_by_default(t: Trace) {
    let chosen = MissedTick::default() == MissedTick::Skip;
    t.log("default", if chosen { "skip" } else { "another" });
    let mut interval = every(10);
    let start = interval.tick().await;
    sleep(ms(45)).await;
    interval.tick().await;
    let next = interval.tick().await - start;
    t.log("missed", if next >= ms(50) { "skipped" } else { "given" });
}

/// Missed ticks but the first are left out, and the plan goes on.
pub async fn m106_missed_ticks_are_skipped(t: Trace) {
    let mut interval = every(10).missed_tick(MissedTick::Skip);
    let start = interval.tick().await;
    sleep(ms(45)).await;
    interval.tick().await;
    let next = interval.tick().await - start;
    let on_the_plan = next >= ms(50) && next.as_nanos() % ms(10).as_nanos() == 0;
    t.log(
        "skip",
        if on_the_plan {
            "on-the-plan"
        } else {
            "off-the-plan"
        },
    );
}

/// On a virtual clock: when ticks are taken if the caller is busy from 15 to 42, or to 25 with a lateness of five.
pub async fn m107_missed_ticks_at_exact_times(t: Trace) {
    let plans = [
        ("burst", MissedTick::Burst, 42),
        ("delay", MissedTick::Delay, 42),
        ("skip", MissedTick::Skip, 42),
        ("leeway", MissedTick::Delay, 25),
    ];
    for (lane, missed, busy_until) in plans {
        let mut interval = every(10).missed_tick(missed);
        let start = Instant::now();
        for number in 0..6 {
            if number == 2 {
                sleep_until(start + ms(busy_until)).await;
            }
            interval.tick().await;
            t.log(lane, start.elapsed().as_millis());
        }
    }
}

/// A reset forgets the plan: the next tick is one period from now, or now, or when it is said to be.
pub async fn m108_a_reset_begins_anew(t: Trace) {
    let mut interval = every(20);
    let start = interval.tick().await;
    sleep(ms(5)).await;
    let now = Instant::now();
    interval.reset();
    let next = interval.tick().await;
    t.log(
        "reset",
        if next >= now + interval.period() {
            "one-period-later"
        } else {
            "too-early"
        },
    );
    interval.reset_immediately();
    let mut tick = Box::pin(interval.tick());
    t.log(
        "immediately",
        if peek(&mut tick).await.is_ready() {
            "now"
        } else {
            "later"
        },
    );
    drop(tick);
    interval.reset_at(start + ms(100));
    t.log("at", (interval.tick().await - start).as_millis());
}

/// A tick that is dropped while it waits is given by the next call. Rule C1.
pub async fn m109_a_dropped_tick_is_not_lost(t: Trace) {
    let mut interval = every(20);
    let start = interval.tick().await;
    t.log("due", 0);
    for _ in 0..2 {
        let first = peek(&mut Box::pin(interval.tick())).await;
        // It waits, unless the thread has not run for a whole period.
        let tick = match first {
            Poll::Pending => interval.tick().await,
            Poll::Ready(tick) => tick,
        };
        t.log("due", (tick - start).as_millis());
    }
}

/// A tick that is due is not taken in a cancelled scope. Rule C4, catalogue E.89.
pub async fn m110_a_cancelled_tick_is_not_taken(t: Trace) {
    let mut interval = interval_at(Instant::now(), ms(10)).unwrap();
    let start = interval.tick().await;
    t.log("due", 0);
    sleep(ms(12)).await;
    let outcome = scope(async |s| {
        s.cancel();
        interval.tick().await;
        t.log("due", "taken");
    });
    assert!(outcome.await.is_err());
    t.log("due", (interval.tick().await - start).as_millis());
}

/// Making an interval does nothing, and its plan begins with the first poll. Rule R4.
pub async fn m111_an_interval_counts_from_its_first_poll(t: Trace) {
    let before = anyrt::debug::counts().unwrap();
    let mut interval = every(10);
    let unchanged = anyrt::debug::counts().unwrap() == before;
    t.log("made", if unchanged { "nothing" } else { "something" });
    sleep(ms(25)).await;
    let now = Instant::now();
    let first = interval.tick().await;
    t.log(
        "first",
        if first >= now {
            "from-first-poll"
        } else {
            "from-making"
        },
    );
}

/// An interval is a stream of its ticks.
pub async fn m112_an_interval_is_a_stream(t: Trace) {
    let mut interval = every(10);
    let mut start = None;
    for _ in 0..3 {
        let due = poll_fn(|cx| Pin::new(&mut interval).poll_next(cx)).await;
        let due = due.expect("it goes on as long as its runtime");
        t.log("due", (due - *start.get_or_insert(due)).as_millis());
    }
}

/// A period that the clock can not hold gives one tick, and no panic. Row dC3.
pub async fn m113_an_endless_period_never_ticks_again(t: Trace) {
    let mut interval = interval(Duration::MAX).unwrap();
    interval.tick().await;
    t.log("ticks", "first");
    let again = move_on_after(ms(5), interval.tick()).await;
    t.log("ticks", if again.is_none() { "pending" } else { "again" });
}

/// However many ticks, there is one timer; and none after the interval.
pub async fn m114_an_interval_has_one_timer(t: Trace) {
    let timers = || anyrt::debug::counts().unwrap().timers;
    let before = timers();
    let mut interval = every(1);
    interval.tick().await;
    t.log("timers", timers() - before);
    for _ in 0..2 {
        interval.tick().await;
        interval.reset();
        interval.tick().await;
        t.log("timers", timers() - before);
    }
    drop(interval);
    t.log("timers", timers() - before);
}

/// A million missed ticks neither starve a neighbour nor outlive a deadline. Rule C8.
pub async fn m115_missed_ticks_starve_nobody(t: Trace) {
    let long_ago = Instant::now() - Duration::from_secs(1);
    let mut interval = interval_at(long_ago, Duration::from_nanos(1))
        .unwrap()
        .missed_tick(MissedTick::Burst);
    task_group(async |tg: TaskGroup| {
        let ran = Arc::new(AtomicBool::new(false));
        let set = ran.clone();
        tg.spawn(async move { set.store(true, SeqCst) });
        // Ends only when the neighbour has run.
        while !ran.load(SeqCst) {
            interval.tick().await;
        }
        t.log("neighbour", "ran");
        let all = move_on_after(ms(2), async {
            loop {
                interval.tick().await;
            }
        });
        let passed: Option<()> = all.await;
        t.log(
            "deadline",
            if passed.is_none() { "passed" } else { "missed" },
        );
    })
    .await;
}

/// A sleep for ever is ended by the scope around it, and by nothing else.
pub async fn m116_a_sleep_for_ever_ends_with_its_scope(t: Trace) {
    let outcome = scope(async |s| {
        let mut endless = Box::pin(sleep_forever());
        for _ in 0..3 {
            assert!(peek(&mut endless).await.is_pending());
            sleep(ms(1)).await;
        }
        t.log("sleep", "pending");
        s.cancel();
        endless.await;
    });
    t.log(
        "sleep",
        if outcome.await.is_err() {
            "cancelled"
        } else {
            "returned"
        },
    );
}

/// An instant of the standard library serves as a deadline. Rule M2.
pub async fn m117_a_deadline_may_come_from_the_standard_library(t: Trace) {
    let native: std::time::Instant = Instant::now().into();
    let until = native + ms(15);
    sleep_until(until.into()).await;
    let late = std::time::Instant::from(Instant::now()) >= until;
    t.log("sleep", if late { "not-early" } else { "early" });
    let (early, late) = (
        Instant::from(native),
        Instant::from(native + Duration::from_secs(3)),
    );
    t.log(
        "between",
        late.checked_duration_since(early).unwrap().as_millis(),
    );
    t.log(
        "between",
        early
            .checked_duration_since(late)
            .map_or("none", |_| "some"),
    );
    t.log("between", early.duration_since(late).as_millis());
}

/// On a virtual clock: sleeps, timeouts and ticks are at exact times, one after the other.
pub async fn m118_exact_timeouts_and_ticks(t: Trace) {
    let start = Instant::now();
    sleep_until(start + ms(50)).await;
    t.log("sleep", start.elapsed().as_millis());
    assert!(fail_after(ms(50), sleep_forever()).await.is_err());
    t.log("timeout", start.elapsed().as_millis());
    interval_at(start + ms(150), ms(1)).unwrap().tick().await;
    t.log("tick", start.elapsed().as_millis());
}

/// An interval whose runtime has gone ends every wait on it. Rule R6.
pub fn m119_an_interval_outlives_its_run(rig: &Rig, t: &Trace) {
    let waiting = rig.run(async {
        let mut waiting = [(); 3].map(|()| every(3_600_000));
        for interval in &mut waiting {
            interval.tick().await;
            assert!(peek(&mut Box::pin(interval.tick())).await.is_pending());
        }
        waiting
    });
    let [mut alone, mut scoped, mut stream] = waiting.unwrap();
    for _ in 0..2 {
        let tick = at_once(Pin::new(&mut alone.tick()));
        t.log(
            "alone",
            if tick.is_ready() {
                "returned"
            } else {
                "pending"
            },
        );
    }
    let mut scope = Box::pin(scope(async |_s| scoped.tick().await));
    let shutdown = matches!(
        at_once(scope.as_mut()),
        Poll::Ready(Err(cancelled)) if cancelled.reason() == Reason::Shutdown
    );
    t.log("scoped", if shutdown { "shutdown" } else { "another" });
    let mut next = Box::pin(poll_fn(|cx| Pin::new(&mut stream).poll_next(cx)));
    let ended = at_once(next.as_mut()) == Poll::Ready(None);
    t.log("stream", if ended { "ended" } else { "goes-on" });
}

/// Outside every task the budget is this thread's, and may be spent: then the first poll yields.
fn at_once<F: Future + ?Sized>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    match poll_once(future.as_mut()) {
        Poll::Pending => poll_once(future),
        ready => ready,
    }
}

/// Deadlines are rounded up to the grid, unless the run was told not to. Rule M1.
pub fn m120_the_grid_can_be_turned_off(rig: &Rig, t: &Trace) {
    for (lane, exact_deadlines) in [("grid", false), ("exact", true)] {
        let options = Options {
            exact_deadlines,
            ..Options::default()
        };
        let slept = rig.run_with(options, async {
            let start = Instant::now();
            sleep(Duration::from_micros(100)).await;
            start.elapsed()
        });
        t.log(lane, slept.unwrap().as_micros());
    }
}
