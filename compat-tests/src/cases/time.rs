//! Sleeping, and points in time.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use anyrt::{
    sleep,
    task::TaskGroup,
    task_group,
    time::{Instant, sleep_until},
};

use crate::{
    Trace,
    tools::{counted, peek},
};

const MAX: Duration = Duration::MAX;

/// Sleeps of many lengths: none ends early. Row dC1.
pub async fn m001_a_sleep_is_never_early(t: Trace) {
    for step in 0..40 {
        let length = Duration::from_micros(211 * step);
        let began = Instant::now();
        sleep(length).await;
        assert!(
            began.elapsed() >= length,
            "{length:?} took {:?}",
            began.elapsed()
        );
    }
    t.log("sleeps", "not-early");
}

/// A sleep of zero, and one until the past, yield exactly once. Catalogue E.86, row dC2.
pub async fn m002_a_sleep_of_zero_yields_once(t: Trace) {
    for fut in [
        sleep(Duration::ZERO),
        sleep_until(Instant::now() - Duration::from_millis(1)),
    ] {
        let polls = Arc::new(AtomicUsize::new(0));
        counted(polls.clone(), fut).await;
        t.log("polls", polls.load(SeqCst));
    }
}

/// A duration that the clock can not hold never ends and never panics. Row dC3.
pub async fn m003_a_sleep_without_end_is_pending(t: Trace) {
    let mut endless = Box::pin(sleep(MAX));
    for _ in 0..2 {
        t.log(
            "endless",
            if peek(&mut endless).await.is_pending() {
                "pending"
            } else {
                "ready"
            },
        );
        sleep(Duration::from_millis(2)).await;
    }
}

/// A finished sleep that is polled again is ready again. Row dC7.
pub async fn m004_a_finished_sleep_stays_finished(t: Trace) {
    for length in [0, 3] {
        let mut finished = Box::pin(sleep(Duration::from_millis(length)));
        finished.as_mut().await;
        for _ in 0..2 {
            t.log(
                "again",
                if peek(&mut finished).await.is_ready() {
                    "ready"
                } else {
                    "pending"
                },
            );
        }
    }
}

/// A sleep is counted from its first poll, not from where it was made. Rule R4.
pub async fn m005_a_sleep_counts_from_its_first_poll(t: Trace) {
    let (length, pause) = (Duration::from_millis(30), Duration::from_millis(60));
    let made = sleep(length);
    sleep(pause).await;
    let began = Instant::now();
    made.await;
    t.log(
        "sleep",
        if began.elapsed() >= length {
            "from-first-poll"
        } else {
            "from-making"
        },
    );
}

/// An instant goes to the standard library's and back, and its arithmetic is that one's. Rule M2.
pub async fn m006_an_instant_converts_both_ways(t: Trace) {
    let now = Instant::now();
    let native: std::time::Instant = now.into();
    t.log(
        "instant",
        if Instant::from(native) == now {
            "same"
        } else {
            "another"
        },
    );
    let later = now + Duration::from_secs(2);
    t.log("instant", (later - now).as_secs());
    t.log("instant", (now - later).as_secs());
    t.log(
        "instant",
        if now.checked_add(MAX).is_none() {
            "never"
        } else {
            "some"
        },
    );
}

/// On a virtual clock a deadline falls on the grid of one millisecond: 100 us take 1 ms. Rule M1.
pub async fn m007_deadlines_round_up_to_the_grid(t: Trace) {
    let origin = Instant::now();
    for micros in [100, 900, 1000] {
        sleep(Duration::from_micros(micros)).await;
        t.log("micros", (Instant::now() - origin).as_micros());
    }
}

/// On a virtual clock sleeps end in the order of their lengths, at exact times. Catalogue O.198.
pub async fn m008_virtual_sleeps_are_exact(t: Trace) {
    let (origin, order) = (Instant::now(), Arc::new(Mutex::new(Vec::new())));
    task_group(async |tg: TaskGroup| {
        for seconds in [90, 10, 50, 0, 70, 30] {
            let order = order.clone();
            tg.spawn(async move {
                sleep(Duration::from_secs(seconds)).await;
                order
                    .lock()
                    .unwrap()
                    .push((Instant::now() - origin).as_secs());
            });
        }
    })
    .await;
    order
        .lock()
        .unwrap()
        .iter()
        .for_each(|seconds| t.log("ended", seconds));
}

/// On a real clock a sleep is not later than the machine's load explains. Catalogue E.87.
pub async fn m009_a_real_sleep_is_not_much_too_long(t: Trace) {
    let began = Instant::now();
    sleep(Duration::from_millis(50)).await;
    let late = began.elapsed().saturating_sub(Duration::from_millis(50));
    t.log(
        "sleep",
        if late <= t.tolerance() {
            "in-time"
        } else {
            "late"
        },
    );
}

/// A thousand sleeps at once all end.
pub async fn m010_a_thousand_sleeps_all_end(t: Trace) {
    let ended = Arc::new(AtomicUsize::new(0));
    task_group(async |tg: TaskGroup| {
        for number in 0..1000 {
            let ended = ended.clone();
            tg.spawn(async move {
                sleep(Duration::from_millis(number % 20)).await;
                ended.fetch_add(1, SeqCst);
            });
        }
    })
    .await;
    t.log("sleeps", ended.load(SeqCst));
}

/// A sleep that is dropped leaves no timer. Rule M1.
pub async fn m011_a_dropped_sleep_leaves_no_timer(t: Trace) {
    let timers = || anyrt::debug::counts().unwrap().timers;
    let before = timers();
    let mut dropped = Box::pin(sleep(Duration::from_secs(3600)));
    assert!(peek(&mut dropped).await.is_pending());
    t.log("timers", timers() - before);
    drop(dropped);
    t.log("timers", timers() - before);
}

/// The clock never goes backwards, in tasks and on worker threads.
pub async fn m012_the_clock_is_monotonic_across_threads(t: Trace) {
    let mut last = Instant::now();
    for _ in 0..20 {
        let there = anyrt::to_thread(Instant::now).await;
        let here = Instant::now();
        assert!(there >= last && here >= there, "the clock went backwards");
        last = here;
    }
    t.log("clock", "monotonic");
}
