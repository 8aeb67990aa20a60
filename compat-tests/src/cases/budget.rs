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
    cancel::{CancelScope, fail_at, move_on_at},
    channel::{Receiver, Sender, channel, oneshot},
    fail_after, move_on_after, race, scope, sleep,
    sync::{Barrier, CapacityLimiter, Event, Mutex, OnceCell, RwLock, Semaphore},
    task::{TaskGroup, first_ok},
    task_group,
    time::Instant,
    yield_now,
};
use futures::StreamExt;

use crate::{
    BoxFuture, Trace,
    tools::{Gate, both, poll_once},
};

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

/// As many operations as one poll may do.
const BUDGET: usize = 128;

const HOUR: Duration = Duration::from_secs(3600);

/// A deadline that is over.
fn past() -> Instant {
    Instant::now()
}

/// A budget that is spent is no wait: what is ready is had, with whatever deadline.
pub async fn c650_what_is_ready_is_not_timed_out(t: Trace) {
    let mutex = Mutex::new(());
    let mut had = 0;
    for _ in 0..1000 {
        had += usize::from(fail_at(past(), mutex.lock()).await.is_ok());
    }
    t.log("one-by-one", had);
    let mut had = 0;
    for _ in 0..20 {
        let many = async {
            for _ in 0..BUDGET {
                drop(mutex.lock().await);
            }
        };
        had += usize::from(fail_at(past(), many).await.is_ok());
    }
    t.log("a-budget-each", had);
    // A neighbour in the same task leaves one operation of each poll.
    let (done, mut had) = (Gate::new(), 0);
    let greedy = async {
        while !done.is_open() {
            for _ in 1..BUDGET {
                drop(mutex.lock().await);
            }
            yield_now().await;
        }
    };
    let modest = async {
        for _ in 0..20 {
            let some = async {
                for _ in 0..50 {
                    drop(mutex.lock().await);
                }
            };
            had += usize::from(fail_at(past(), some).await.is_ok());
        }
        done.open();
    };
    both(greedy, modest).await;
    t.log("beside-another", had);
}

/// A loop of scopes, none of which is ever refused twice, ends with the deadline around it, and lets others run.
pub async fn c651_a_loop_of_scopes_ends_in_time(t: Trace) {
    // A virtual clock does not move by itself.
    let soon = Duration::from_millis(if t.has_virtual_clock() { 0 } else { 50 });
    let (mutex, seen) = (Mutex::new(()), Gate::new());
    task_group(async |tg: TaskGroup| {
        let (mutex, sees) = (&mutex, seen.clone());
        tg.spawn(async move { sees.open() });
        while !seen.is_open() {
            assert!(fail_after(HOUR, mutex.lock()).await.is_ok());
        }
    })
    .await;
    t.log("neighbour", "ran");
    let seen = Gate::new();
    task_group(async |tg: TaskGroup| {
        let (mutex, sees) = (&mutex, seen.clone());
        tg.spawn(async move { sees.open() });
        while !seen.is_open() {
            let cancelled = async |s: CancelScope| {
                s.cancel();
                drop(mutex.lock().await);
            };
            assert!(scope(cancelled).await.is_err());
        }
    })
    .await;
    t.log("beside-cancelled", "ran");
    let endless = async {
        loop {
            assert!(fail_after(HOUR, mutex.lock()).await.is_ok());
        }
    };
    let outcome: Option<()> = move_on_after(soon, endless).await;
    t.log("ended", outcome.is_none());
}

/// A loop of what is always ready ends at most two budgets after its deadline.
pub async fn c652_a_loop_ends_two_budgets_late_at_most(t: Trace) {
    let (mutex, operations) = (Mutex::new(()), AtomicUsize::new(0));
    let endless = async {
        loop {
            drop(mutex.lock().await);
            operations.fetch_add(1, SeqCst);
        }
    };
    let outcome: Option<()> = move_on_at(past(), endless).await;
    t.log("ended", outcome.is_none());
    t.log("late", operations.load(SeqCst) <= 2 * BUDGET);
}

/// A default does not win because the branch before it has spent the budget.
pub async fn c653_a_race_gets_what_is_there(t: Trace) {
    let (sender, receiver) = channel(1);
    let (mut raced, mut first) = (0, 0);
    for _ in 0..1000 {
        sender.try_send(1).unwrap();
        raced += race((async { receiver.recv().await.unwrap() }, async { 0 })).await;
        let _ = receiver.try_recv();
        sender.try_send(1).unwrap();
        let ready = async { Ok::<_, ()>(receiver.recv().await.unwrap()) };
        first += first_ok((ready, async { Ok(0) })).await.unwrap();
        let _ = receiver.try_recv();
    }
    t.log("race", raced);
    t.log("first_ok", first);
}

/// Where no region is around the scopes, they share the budget of what polls them.
pub async fn c654_a_loop_of_scopes_yields_in_a_foreign_task(t: Trace) {
    let polled = std::thread::spawn(|| {
        let mutex = Mutex::new(());
        let mut endless = std::pin::pin!(async {
            loop {
                assert!(fail_after(HOUR, mutex.lock()).await.is_ok());
            }
        });
        poll_once(endless.as_mut()).is_pending()
    });
    t.log("pending", polled.join().unwrap());
}
