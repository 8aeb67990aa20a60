//! Sends that are given up in every way there is: none of them is delivered, and all others are.

use std::{
    collections::BTreeSet,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::Poll,
    time::Duration,
};

use anyrt::{
    channel::{Receiver, Sender, channel},
    move_on_after, race, runtime, sleep,
    task::TaskGroup,
    task_group, yield_now,
};
use futures::{FutureExt, Sink};

use crate::{
    BoxFuture, Trace,
    tools::{both, peek},
};

/// How often each way is gone. A simulation runs the case once for each seed.
fn rounds() -> usize {
    if runtime::current_backend() == "sim" {
        10
    } else {
        190
    }
}

/// A channel, and the books of both sides.
struct Lane {
    sender: Sender<usize>,
    receiver: Receiver<usize>,
    next: AtomicUsize,
    /// What a send has said that it was sent.
    sent: Mutex<BTreeSet<usize>>,
    received: Mutex<Vec<usize>>,
}

impl Lane {
    fn new(capacity: usize) -> Arc<Self> {
        let (sender, receiver) = channel(capacity);
        Arc::new(Self {
            sender,
            receiver,
            next: AtomicUsize::new(0),
            sent: Mutex::default(),
            received: Mutex::default(),
        })
    }

    fn item(&self) -> usize {
        self.next.fetch_add(1, SeqCst)
    }

    fn was_sent(&self, item: usize) {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(sent.insert(item));
    }

    /// Fills every place, so that the next has to wait.
    fn fill(&self) {
        loop {
            let item = self.item();
            if self.sender.try_send(item).is_err() {
                return;
            }
            self.was_sent(item);
        }
    }

    async fn send(&self, item: usize) {
        if self.sender.send(item).await.is_ok() {
            self.was_sent(item);
        }
    }

    /// Makes room once the others had their turn: the first that waits is granted the place, and may be given up before
    /// it is polled again.
    async fn take(&self) {
        yield_now().await;
        self.take_now();
    }

    fn take_now(&self) {
        if let Ok(item) = self.receiver.try_recv() {
            let mut received = self.received.lock().unwrap_or_else(PoisonError::into_inner);
            received.push(item);
        }
    }

    fn is_balanced(&self) -> bool {
        while self.receiver.statistics().buffered > 0 {
            self.take_now();
        }
        let received = self.received.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let none_twice: BTreeSet<usize> = received.iter().copied().collect();
        let now = self.receiver.statistics();
        received.len() == none_twice.len()
            && none_twice == *sent
            && (now.granted, now.permits, now.waiting_senders) == (0, 0, 0)
    }
}

type Way = fn(Arc<Lane>) -> BoxFuture;

const WAYS: &[(&str, Way)] = &[
    ("race", |lane| Box::pin(in_a_race(lane))),
    ("move-on", |lane| Box::pin(at_a_deadline(lane))),
    ("select", |lane| Box::pin(in_a_select(lane))),
    ("dropped", |lane| Box::pin(dropped(lane))),
    ("cancelled", |lane| Box::pin(cancelled(lane))),
    ("closed", |lane| Box::pin(closed(lane))),
    ("sink", |lane| Box::pin(as_a_sink(lane))),
    ("reserve", |lane| Box::pin(for_a_permit(lane))),
];

async fn in_a_race(lane: Arc<Lane>) {
    race((lane.send(lane.item()), lane.take())).await;
}

async fn at_a_deadline(lane: Arc<Lane>) {
    let soon = Duration::from_millis(1);
    let sending = move_on_after(soon, lane.send(lane.item()));
    both(sending, async {
        sleep(soon).await;
        lane.take_now();
    })
    .await;
}

async fn in_a_select(lane: Arc<Lane>) {
    let mut sending = pin!(lane.send(lane.item()).fuse());
    let mut taking = pin!(lane.take().fuse());
    futures::select_biased! {
        () = taking => {}
        () = sending => {}
    }
}

async fn dropped(lane: Arc<Lane>) {
    let mut sending = Box::pin(lane.send(lane.item()));
    let _ = peek(&mut sending).await;
    lane.take_now();
    drop(sending);
}

/// Cancelled by its handle, in a task of its own.
async fn cancelled(lane: Arc<Lane>) {
    task_group(async |tg: TaskGroup| {
        let theirs = Arc::clone(&lane);
        let item = lane.item();
        let sending = tg.spawn(async move { theirs.send(item).await });
        lane.take().await;
        sending.cancel();
    })
    .await;
}

/// Its sender is closed.
async fn closed(lane: Arc<Lane>) {
    let mine = lane.sender.clone();
    let item = lane.item();
    let sending = async {
        if mine.send(item).await.is_ok() {
            lane.was_sent(item);
        }
    };
    both(sending, async {
        lane.take().await;
        mine.close();
    })
    .await;
}

/// A sink gets a place, and goes with it, or uses it every other time.
async fn as_a_sink(lane: Arc<Lane>) {
    let mut mine = lane.sender.clone();
    let mut is_ready =
        async || poll_fn(|cx| Poll::Ready(Pin::new(&mut mine).poll_ready(cx).is_ready())).await;
    let _ = is_ready().await;
    lane.take_now();
    let item = lane.item();
    if item % 2 == 0 && is_ready().await {
        Pin::new(&mut mine).start_send(item).unwrap();
        lane.was_sent(item);
    }
}

/// A `reserve` is given up, or its permit is dropped, or used.
async fn for_a_permit(lane: Arc<Lane>) {
    let item = lane.item();
    let reserving = async {
        let permit = lane.sender.reserve().await.unwrap();
        yield_now().await;
        if item % 2 == 0 {
            permit.send(item).unwrap();
            lane.was_sent(item);
        }
    };
    race((reserving, lane.take())).await;
}

/// 1 500 sends: what was received is what a send has said that it was sent.
pub async fn s521_sends_that_were_given_up_are_not_delivered(t: Trace) {
    for capacity in [1, 4] {
        for (name, way) in WAYS {
            let lane = Lane::new(capacity);
            for _ in 0..rounds() {
                lane.fill();
                way(Arc::clone(&lane)).await;
            }
            t.log(name, if lane.is_balanced() { "all" } else { "others" });
        }
    }
}

/// The same on two tasks at once: one gives up while the other grants.
pub async fn s522_a_send_is_given_up_while_it_is_granted(t: Trace) {
    async fn up_to<F: Future<Output = ()>>(polls: usize, future: F) {
        let mut future = pin!(future);
        for _ in 0..polls {
            if poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx)))
                .await
                .is_ready()
            {
                return;
            }
            yield_now().await;
        }
    }
    for capacity in [1, 4] {
        let lane = Lane::new(capacity);
        let rounds = 8 * rounds();
        task_group(async |tg: TaskGroup| {
            let theirs = Arc::clone(&lane);
            tg.spawn(async move {
                for round in 0..rounds {
                    up_to(1 + round % 3, theirs.send(theirs.item())).await;
                }
            });
            let theirs = Arc::clone(&lane);
            tg.spawn(async move {
                for _ in 0..rounds {
                    theirs.take().await;
                }
            });
        })
        .await;
        t.log("lane", if lane.is_balanced() { "all" } else { "others" });
    }
}
