//! Waits that are given up at any point, ten thousand times from four tasks: what they wait for is neither lost nor doubled.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::Poll,
};

use anyrt::{
    channel::channel,
    runtime,
    sync::{CapacityLimiter, Condition, Event, Mutex, RwLock, Semaphore},
    task::TaskGroup,
    task_group, yield_now,
};

use crate::{Trace, tools::until};

const TASKS: usize = 4;

/// How often each task tries. A simulation runs the case once for each seed.
fn rounds() -> usize {
    if runtime::current_backend() == "sim" {
        25
    } else {
        10_000 / TASKS
    }
}

/// Has four tasks do `work` that often, with the number of polls after which each is to give up; zero means never.
async fn from_four_tasks<Fut>(work: impl Fn(usize) -> Fut + Clone + Send + 'static)
where
    Fut: Future<Output = ()> + Send,
{
    task_group(async |tg: TaskGroup| {
        for number in 0..TASKS {
            let work = work.clone();
            tg.spawn(async move {
                for round in 0..rounds() {
                    work((round + number) % 4).await;
                }
            });
        }
    })
    .await;
}

/// The future's value, or `None` after so many polls; it is dropped where it is then.
async fn up_to<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    if polls == 0 {
        return Some(future.await);
    }
    for _ in 0..polls {
        if let Poll::Ready(value) = poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await {
            return Some(value);
        }
        yield_now().await;
    }
    None
}

/// Permits: never too many are out, and all are there in the end.
pub async fn s160_permits_are_conserved(t: Trace) {
    let (permits, inside) = (Arc::new(Semaphore::new(3)), Arc::new(AtomicUsize::new(0)));
    let shared = permits.clone();
    from_four_tasks(move |give_up| {
        let (shared, inside) = (shared.clone(), inside.clone());
        async move {
            let count = 1 + give_up % 3;
            if let Some(held) = up_to(give_up, shared.acquire_many(count)).await {
                assert!(inside.fetch_add(count, SeqCst) + count <= 3);
                // Held across a wait, so that the others queue.
                yield_now().await;
                inside.fetch_sub(count, SeqCst);
                drop(held);
            }
        }
    })
    .await;
    let statistics = permits.statistics();
    t.log("permits", statistics.available);
    t.log("waiting", statistics.waiting);
}

/// Tokens, while their number goes up and down.
pub async fn s164_tokens_are_conserved(t: Trace) {
    let limiter = CapacityLimiter::new(1);
    let shared = limiter.clone();
    from_four_tasks(move |give_up| {
        let shared = shared.clone();
        async move {
            shared.set_total_tokens(1 + give_up % 2);
            let token = up_to(give_up, shared.acquire()).await;
            yield_now().await;
            drop(token);
            // Another task may have the same key: one of the two is refused.
            let key = give_up as u64;
            if let Some(Ok(())) = up_to(give_up, shared.acquire_for(key)).await {
                yield_now().await;
                shared.release_for(key).unwrap();
            }
        }
    })
    .await;
    let statistics = limiter.statistics();
    t.log("borrowed", statistics.borrowed);
    t.log("waiting", statistics.waiting);
}

/// A lock: every change that was made under it is there.
pub async fn s161_a_lock_is_conserved(t: Trace) {
    let (lock, changes) = (Arc::new(Mutex::new(0)), Arc::new(AtomicUsize::new(0)));
    let (shared, made) = (lock.clone(), changes.clone());
    from_four_tasks(move |give_up| {
        let (shared, made) = (shared.clone(), made.clone());
        async move {
            if let Some(mut count) = up_to(give_up, shared.lock()).await {
                let before = *count;
                yield_now().await;
                *count = before + 1;
                made.fetch_add(1, SeqCst);
            }
        }
    })
    .await;
    let same = *lock.lock().await == changes.load(SeqCst);
    t.log("changes", if same { "all" } else { "lost" });
}

/// A lock that is read, too: no change while somebody reads, and all of them are there.
pub async fn s168_a_shared_lock_is_conserved(t: Trace) {
    let (lock, changes) = (Arc::new(RwLock::new(0)), Arc::new(AtomicUsize::new(0)));
    let (shared, made) = (lock.clone(), changes.clone());
    from_four_tasks(move |give_up| {
        let (shared, made) = (shared.clone(), made.clone());
        async move {
            if give_up < 2 {
                if let Some(count) = up_to(give_up, shared.read()).await {
                    let before = *count;
                    yield_now().await;
                    assert_eq!(*count, before);
                }
            } else if let Some(mut count) = up_to(give_up, shared.write()).await {
                let before = *count;
                yield_now().await;
                *count = before + 1;
                made.fetch_add(1, SeqCst);
            }
        }
    })
    .await;
    let same = *lock.read().await == changes.load(SeqCst);
    t.log("changes", if same { "all" } else { "lost" });
    let now = lock.statistics();
    t.log(
        "lock",
        format!("{}/{}/{}", now.readers, now.writer, now.waiting),
    );
}

/// Items: each is dropped once, by whoever has it; and what was confirmed has come.
pub async fn s162_items_are_conserved(t: Trace) {
    struct Item(Arc<AtomicUsize>);
    impl Drop for Item {
        fn drop(&mut self) {
            self.0.fetch_add(1, SeqCst);
        }
    }
    for capacity in [0, 2] {
        let (sender, receiver) = channel(capacity);
        let counts: [Arc<AtomicUsize>; 4] = Default::default();
        let [made, sent, received, dropped] = counts.clone();
        let work = {
            let (sender, receiver) = (sender.clone(), receiver.clone());
            move |give_up| {
                let (sender, receiver) = (sender.clone(), receiver.clone());
                let [made, sent, received, dropped] = [
                    made.clone(),
                    sent.clone(),
                    received.clone(),
                    dropped.clone(),
                ];
                async move {
                    // Both sides give up: four tasks that wait for each other would wait for ever.
                    if give_up % 2 == 0 {
                        made.fetch_add(1, SeqCst);
                        if let Some(Ok(())) = up_to(give_up + 1, sender.send(Item(dropped))).await {
                            sent.fetch_add(1, SeqCst);
                        }
                    } else if let Some(Ok(_item)) = up_to(give_up, receiver.recv()).await {
                        received.fetch_add(1, SeqCst);
                    }
                }
            }
        };
        from_four_tasks(work).await;
        let left = receiver.statistics().buffered;
        let [made, sent, received, dropped] = counts;
        // A receiver that gave up may have dropped nothing, and a sender that gave up may have sent.
        let kept = received.load(SeqCst) + left >= sent.load(SeqCst);
        t.log("confirmed", if kept { "came" } else { "lost" });
        drop((sender, receiver));
        let once = dropped.load(SeqCst) == made.load(SeqCst);
        t.log("dropped", if once { "once" } else { "otherwise" });
    }
}

/// Notifications: each reaches somebody who takes what was announced, also if it reached somebody first who gives up.
pub async fn s163_notifications_are_conserved(t: Trace) {
    let (left, condition, done) = (Mutex::new(0_usize), Condition::new(), Event::new());
    let shared = Arc::new((left, condition, done));
    task_group(async |tg: TaskGroup| {
        for number in 0..TASKS - 1 {
            let shared = shared.clone();
            tg.spawn(async move {
                let (left, condition, done) = &*shared;
                // One of them gives up every time, after one poll or two.
                for round in 0_usize.. {
                    let guard = left.lock().await;
                    if done.is_set() {
                        break;
                    }
                    let held = if number == 0 {
                        // It takes what it is told of, and nothing else.
                        up_to(1 + round % 2, condition.wait(guard)).await
                    } else {
                        let some = |left: &mut usize| *left > 0 || done.is_set();
                        Some(condition.wait_for(guard, some).await)
                    };
                    if let Some(mut left) = held {
                        *left = left.saturating_sub(1);
                    }
                }
            });
        }
        let (shared, t) = (shared.clone(), t.clone());
        tg.spawn(async move {
            let (left, condition, done) = &*shared;
            for _ in 0..rounds() {
                // One of those who stay is among them.
                until(|| condition.statistics().waiting > 1).await;
                *left.lock().await += 1;
                condition.notify(1);
                while *left.lock().await > 0 {
                    yield_now().await;
                }
            }
            done.set();
            condition.notify_all();
            t.log("announced", "all-taken");
        });
    })
    .await;
}
