//! Inside a tokio runtime whose clock is paused (rule M2).

use std::time::Duration;

use anyrt::{
    fail_after, move_on_after, sleep, task_group,
    time::{self, Instant},
};

const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);

/// What the machine's clock would never see in time.
async fn leap() {
    // The first facade future that looks for its runtime makes the clock known.
    sleep(Duration::ZERO).await;
    tokio::time::sleep(HOUR).await;
}

#[tokio::test(start_paused = true)]
async fn a_deadline_is_counted_from_the_paused_now() {
    leap().await;
    assert_eq!(
        move_on_after(10 * SECOND, sleep(5 * SECOND)).await,
        Some(())
    );
    assert_eq!(move_on_after(5 * SECOND, sleep(10 * SECOND)).await, None);
    let inside = fail_after(10 * SECOND, async {
        leap_in_a_child().await;
        assert!(fail_after(SECOND, sleep(2 * SECOND)).await.is_err());
    });
    assert!(inside.await.is_err(), "an hour is longer than ten seconds");
}

async fn leap_in_a_child() {
    task_group(async |tg| {
        tg.spawn(sleep(HOUR));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn now_is_the_paused_now() {
    leap().await;
    let (ours, tokios) = (Instant::now(), tokio::time::Instant::now());
    assert_eq!(std::time::Instant::from(ours), tokios.into_std());
    time::sleep_until(Instant::now() + MINUTE).await;
    assert!(tokios.elapsed() >= MINUTE, "{:?}", tokios.elapsed());
    assert!(
        tokios.elapsed() <= MINUTE + SECOND,
        "{:?}",
        tokios.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn an_interval_ticks_by_it() {
    leap().await;
    let started = tokio::time::Instant::now();
    let mut interval = time::interval_at(Instant::now() + MINUTE, MINUTE).unwrap();
    for _ in 0..3 {
        interval.tick().await;
    }
    assert!(started.elapsed() >= 3 * MINUTE, "{:?}", started.elapsed());
}

#[test]
fn elsewhere_it_is_the_machines() {
    let before = std::time::Instant::now();
    let now = std::time::Instant::from(Instant::now());
    assert!(before <= now && now <= std::time::Instant::now());
}
