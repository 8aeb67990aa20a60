//! anyrt, one concept after the other. Every line printed comes from a value that was computed and asserted.
//!
//! ```text
//! cargo run --example tour --features tokio
//! ```
//!
//! Standard output is the same on every backend; `backend: NAME` goes to standard error.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    process::ExitCode,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    task::Poll,
    time::Duration,
};

use anyrt::{
    move_on_after, shield, sleep, sync::CapacityLimiter, task::TryTaskGroup, task_group,
    thread::default_thread_limiter, time::Instant, to_thread, try_task_group,
};

fn main() -> ExitCode {
    match anyrt::Builder::new().run(tour()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tour: {error}");
            ExitCode::from(2)
        }
    }
}

async fn tour() {
    eprintln!("backend: {}", anyrt::runtime::current_backend());
    a_future_that_is_not_polled_does_nothing().await;
    two_tasks_interleave().await;
    sequential_against_concurrent().await;
    a_blocked_worker_against_to_thread().await;
    the_default_limiter();
    a_group_waits_for_its_children().await;
    a_failing_child_ends_the_others().await;
    a_deadline_ends_what_takes_too_long().await;
    a_shield_finishes_all_the_same().await;
}

/// What has happened, in order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<&'static str>>>);

impl Log {
    fn add(&self, event: &'static str) {
        self.0.lock().unwrap().push(event);
    }

    fn text(&self) -> String {
        self.0.lock().unwrap().join(", ")
    }
}

async fn a_future_that_is_not_polled_does_nothing() {
    let calls = AtomicUsize::new(0);
    let future = async { calls.fetch_add(1, Ordering::Relaxed) };
    let before = calls.load(Ordering::Relaxed);
    future.await;
    let after = calls.load(Ordering::Relaxed);
    assert_eq!((before, after), (0, 1));
    println!("a future: ran {before} times before it was awaited, {after} time after");
}

async fn two_tasks_interleave() {
    let log = Log::default();
    // A limiter without tokens is a gate: whoever raises its total opens it.
    let (b_may_start, b_is_done) = (CapacityLimiter::new(0), CapacityLimiter::new(0));
    task_group(async |tg| {
        let (a, may_start, is_done) = (log.clone(), b_may_start.clone(), b_is_done.clone());
        tg.spawn(async move {
            a.add("A start");
            may_start.set_total_tokens(1);
            let _token = is_done.acquire().await;
            a.add("A done");
        });
        let (b, may_start, is_done) = (log.clone(), b_may_start.clone(), b_is_done.clone());
        tg.spawn(async move {
            let _token = may_start.acquire().await;
            b.add("B start");
            b.add("B done");
            is_done.set_total_tokens(1);
        });
    })
    .await;
    assert_eq!(log.text(), "A start, B start, B done, A done");
    println!("two tasks: {}", log.text());
}

async fn sequential_against_concurrent() {
    let delays: Vec<_> = (0..10)
        .map(|n| Duration::from_millis(100 + 5 * n))
        .collect();
    let sum: Duration = delays.iter().sum();
    let maximum = *delays.iter().max().unwrap();

    let start = Instant::now();
    for delay in &delays {
        sleep(*delay).await;
    }
    let sequential = start.elapsed();

    let start = Instant::now();
    task_group(async |tg| {
        for delay in &delays {
            tg.spawn(sleep(*delay));
        }
    })
    .await;
    let concurrent = start.elapsed();

    let took_the_sum = sequential >= sum;
    let took_the_maximum = concurrent >= maximum && concurrent < sum;
    assert!(
        took_the_sum && took_the_maximum,
        "{sequential:?}, {concurrent:?}"
    );
    println!("ten sleeps, one after the other: at least their sum, {sum:?}: {took_the_sum}");
    println!(
        "ten sleeps, at once: at least the longest, {maximum:?}, less than the sum: {took_the_maximum}"
    );
}

async fn a_blocked_worker_against_to_thread() {
    // Waits for a word without letting go of its thread, which no `async` function should do.
    fn wait(words: &mpsc::Receiver<&'static str>) -> Option<&'static str> {
        words.recv_timeout(Duration::from_millis(50)).ok()
    }

    // On the worker: this task could send the word, but its worker is stuck in the call.
    let (sender, words) = mpsc::channel();
    let on_the_worker = wait(&words);
    sender.send("hello").unwrap();
    assert_eq!(on_the_worker, None);
    println!("blocking on the worker: got {on_the_worker:?}");

    // In a thread: one poll starts the call and comes back, so that the task goes on and sends.
    let (sender, words) = mpsc::channel();
    let mut call = pin!(to_thread(move || words.recv().ok()));
    let polled = poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx))).await;
    assert_eq!(polled, Poll::Pending);
    sender.send("hello").unwrap();
    let in_a_thread = call.await;
    assert_eq!(in_a_thread, Some("hello"));
    println!("blocking in to_thread: got {in_a_thread:?}");
}

fn the_default_limiter() {
    let limiter = default_thread_limiter();
    let before = limiter.total_tokens().unwrap();
    limiter.set_total_tokens(20);
    let after = default_thread_limiter().total_tokens().unwrap();
    assert_eq!((before, after), (40, 20));
    println!("the default limiter: {before} threads at once, set to {after}");
}

async fn a_group_waits_for_its_children() {
    let finished = Arc::new(AtomicUsize::new(0));
    let sum = task_group(async |tg| {
        for _ in 0..3 {
            let finished = Arc::clone(&finished);
            tg.spawn(async move {
                sleep(Duration::from_millis(20)).await;
                finished.fetch_add(1, Ordering::Relaxed);
            });
        }
        let (left, right) = (tg.spawn_value(async { 20 }), tg.spawn_value(async { 22 }));
        left.await.unwrap() + right.await.unwrap()
    })
    .await;
    let finished = finished.load(Ordering::Relaxed);
    assert_eq!((sum, finished), (42, 3));
    println!("a group: returned {sum} when its other {finished} children were done");
}

async fn a_failing_child_ends_the_others() {
    struct Dropped(Log);

    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.add("dropped where it waited");
        }
    }

    let log = Log::default();
    let outcome: Result<(), _> = try_task_group(async |tg: TryTaskGroup<&'static str>| {
        let dropped = Dropped(log.clone());
        tg.spawn(async move {
            let _dropped = dropped;
            sleep(Duration::MAX).await;
            Ok(())
        });
        tg.spawn(async { Err("the disk is full") });
        Ok(())
    })
    .await;
    let errors = outcome.unwrap_err();
    assert_eq!(errors.to_string(), "the disk is full");
    assert_eq!(log.text(), "dropped where it waited");
    println!("a failing child: {errors}; the other was {}", log.text());
}

async fn a_deadline_ends_what_takes_too_long() {
    let limit = Duration::from_millis(50);
    let start = Instant::now();
    let slow = move_on_after(limit, sleep(Duration::MAX)).await;
    let in_time = start.elapsed() >= limit;
    let quick = move_on_after(limit, async { "a value" }).await;
    assert_eq!((slow, quick, in_time), (None, Some("a value"), true));
    println!(
        "a deadline: {slow:?}, and never before {limit:?}: {in_time}; what is quick gives {quick:?}"
    );
}

async fn a_shield_finishes_all_the_same() {
    let log = Log::default();
    let outcome = move_on_after(Duration::from_millis(20), async {
        shield(async {
            sleep(Duration::from_millis(60)).await;
            log.add("saved");
        })
        .await;
        sleep(Duration::MAX).await;
        log.add("never reached");
    })
    .await;
    assert_eq!((outcome, log.text().as_str()), (None, "saved"));
    println!("a shield: {outcome:?}, but {}", log.text());
}
