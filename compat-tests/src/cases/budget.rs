//! Every operation that waits, called when it need not: a cancel point, and a charge to the budget.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use anyrt::{
    channel::{Receiver, Sender, channel, oneshot},
    move_on_after, scope, sleep,
    sync::{Barrier, CapacityLimiter, Event, Mutex, OnceCell, RwLock, Semaphore},
    task::TaskGroup,
    task_group, yield_now,
};
use futures::StreamExt;

use crate::{BoxFuture, Trace, tools::Gate};

/// One of everything, free, and as every operation leaves it.
struct Things {
    mutex: Arc<Mutex<()>>,
    rw_lock: RwLock<()>,
    semaphore: Semaphore,
    limiter: CapacityLimiter,
    happened: Event,
    barrier: Barrier,
    made: OnceCell<()>,
    sender: Sender<u8>,
    receiver: Receiver<u8>,
    /// How many operations have taken effect.
    effects: AtomicUsize,
}

impl Things {
    fn new() -> Arc<Self> {
        let (sender, receiver) = channel(1);
        let happened = Event::new();
        happened.set();
        Arc::new(Self {
            mutex: Arc::new(Mutex::new(())),
            rw_lock: RwLock::new(()),
            semaphore: Semaphore::new(2),
            limiter: CapacityLimiter::new(1),
            happened,
            barrier: Barrier::new(1),
            made: OnceCell::from(()),
            sender,
            receiver,
            effects: AtomicUsize::new(0),
        })
    }

    /// Whether nothing is held, waited for or counted, and no item was moved but the one that was put in.
    fn is_untouched(&self) -> bool {
        let item = self.receiver.try_recv().map_or(0, usize::from);
        item != 2
            && self.effects.load(SeqCst) == 0
            && !self.mutex.is_locked()
            && self.rw_lock.try_write().is_ok()
            && self.semaphore.available() == 2
            && self.limiter.statistics().peak == 0
            && self.receiver.try_recv().is_err()
    }
}

type Operation = (&'static str, fn(Arc<Things>) -> BoxFuture);

/// What is always ready: each gives back what it takes.
const OPERATIONS: &[Operation] = &[
    ("lock", |all| {
        Box::pin(async move { drop(all.mutex.lock().await) })
    }),
    ("lock-owned", |all| {
        Box::pin(async move { drop(all.mutex.lock_owned().await) })
    }),
    ("read", |all| {
        Box::pin(async move { drop(all.rw_lock.read().await) })
    }),
    ("write", |all| {
        Box::pin(async move { drop(all.rw_lock.write().await) })
    }),
    ("acquire", |all| {
        Box::pin(async move { drop(all.semaphore.acquire().await) })
    }),
    ("acquire-many", |all| {
        Box::pin(async move { drop(all.semaphore.acquire_many(2).await) })
    }),
    ("acquire-owned", |all| {
        Box::pin(async move { drop(all.semaphore.acquire_owned(1).await) })
    }),
    ("token", |all| {
        Box::pin(async move { drop(all.limiter.acquire().await) })
    }),
    ("token-for", |all| {
        Box::pin(async move {
            all.limiter.acquire_for("key").await.unwrap();
            all.limiter.release_for("key").unwrap();
        })
    }),
    ("event", |all| {
        Box::pin(async move { all.happened.wait().await })
    }),
    ("barrier", |all| {
        Box::pin(async move { assert!(all.barrier.wait().await.is_leader()) })
    }),
    ("once-cell", |all| {
        Box::pin(async move {
            let make = async || {
                all.effects.fetch_add(1, SeqCst);
            };
            OnceCell::new().get_or_init(make).await;
        })
    }),
    ("once-made", |all| {
        Box::pin(async move { all.made.get_or_init(async || ()).await.to_owned() })
    }),
    ("send", |all| {
        Box::pin(async move {
            all.sender.send(2).await.unwrap();
            all.receiver.try_recv().unwrap();
        })
    }),
    ("receive", |all| {
        Box::pin(async move {
            all.sender.try_send(1).unwrap();
            all.receiver.recv().await.unwrap();
        })
    }),
    ("stream", |all| {
        Box::pin(async move {
            all.sender.try_send(1).unwrap();
            all.receiver.clone().next().await.unwrap();
        })
    }),
    ("oneshot", |_| {
        Box::pin(async move {
            let (sender, receiver) = oneshot();
            sender.send(()).unwrap();
            receiver.await.unwrap();
        })
    }),
    ("sleep", |_| Box::pin(sleep(Duration::ZERO))),
    ("yield", |_| Box::pin(yield_now())),
];

/// An operation, and that it took effect.
fn counted(make: fn(Arc<Things>) -> BoxFuture, all: &Arc<Things>) -> impl Future<Output = ()> {
    let all = Arc::clone(all);
    async move {
        make(Arc::clone(&all)).await;
        all.effects.fetch_add(1, SeqCst);
    }
}

/// In a cancelled scope each operation that could complete at once is dropped instead, and has no effect.
/// Catalogue E.89, F.99, K.154.
pub async fn c087_every_operation_is_a_cancel_point(t: Trace) {
    for (name, make) in OPERATIONS {
        let all = Things::new();
        let outcome = scope(async |s| {
            s.cancel();
            counted(*make, &all).await;
        })
        .await;
        assert!(all.is_untouched(), "{name} took effect");
        t.log("cancelled", if outcome.is_err() { name } else { "none" });
    }
}

/// A loop of one that is always ready does not outlive its deadline, whichever it is.
pub async fn c088_every_operation_is_charged_to_the_budget(t: Trace) {
    // A virtual clock does not move by itself: there the deadline is over when the loop begins.
    let soon = Duration::from_millis(if t.has_virtual_clock() { 0 } else { 2 });
    for (name, make) in OPERATIONS {
        let all = Things::new();
        let endless = async {
            loop {
                make(Arc::clone(&all)).await;
            }
        };
        let outcome: Option<()> = move_on_after(soon, endless).await;
        t.log("ended", if outcome.is_none() { name } else { "none" });
    }
}

/// Nor does it starve a neighbour, on one thread too.
pub async fn c089_no_operation_starves_a_neighbour(t: Trace) {
    for (name, make) in OPERATIONS {
        let (all, seen) = (Things::new(), Gate::new());
        task_group(async |tg: TaskGroup| {
            let sees = seen.clone();
            tg.spawn(async move { sees.open() });
            while !seen.is_open() {
                make(Arc::clone(&all)).await;
            }
        })
        .await;
        t.log("seen", name);
    }
}
