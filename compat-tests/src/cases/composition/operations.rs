//! One of each operation of the facade. Each suspends at least once, and ends by itself.

use std::{future::Future, time::Duration};

use anyrt::{
    cancel::checkpoint,
    fail_after, move_on_after, scope, shield, sleep,
    sync::CapacityLimiter,
    task::{TaskGroup, TryTaskGroup},
    task_group,
    time::{Instant, sleep_until},
    to_thread, try_task_group, yield_now,
};
use futures::FutureExt;

use super::primitives;
use crate::{
    BoxFuture,
    tools::{both, forever},
};

const SHORT: Duration = Duration::from_millis(1);
const LONG: Duration = Duration::from_secs(3600);

/// The name of an operation, and how to make it.
pub(super) type Operation = (&'static str, fn() -> BoxFuture);

/// All of them.
pub(super) const OPERATIONS: &[Operation] = &[
    ("sleep", || Box::pin(timed(sleep(SHORT)))),
    ("sleep-zero", || Box::pin(sleep(Duration::ZERO))),
    ("sleep-until", || {
        Box::pin(timed(async { sleep_until(Instant::now() + SHORT).await }))
    }),
    ("yield", || Box::pin(yield_now())),
    ("checkpoint", || Box::pin(checkpoint())),
    ("scope", || Box::pin(a_scope())),
    ("cancelled-scope", || Box::pin(a_cancelled_scope())),
    ("move-on", || {
        Box::pin(timed(async {
            assert!(move_on_after(SHORT, forever()).await.is_none())
        }))
    }),
    ("fail", || {
        Box::pin(timed(async {
            assert!(fail_after(SHORT, sleep(LONG)).await.is_err())
        }))
    }),
    ("in-time", || {
        Box::pin(timed(async {
            fail_after(LONG, sleep(SHORT)).await.unwrap()
        }))
    }),
    ("shield", || Box::pin(a_shield())),
    ("group", || Box::pin(a_group())),
    ("failing-group", || Box::pin(a_failing_group())),
    ("handle", || Box::pin(a_handle())),
    ("thread", || Box::pin(a_call(to_thread(|| 7)))),
    ("abandoned-thread", || {
        Box::pin(a_call(to_thread(|| 7).abandon_on_cancel()))
    }),
    ("shielded-thread", || {
        Box::pin(a_call(shield(
            to_thread(|| 7).try_run().map(Result::unwrap),
        )))
    }),
    ("acquire", || Box::pin(an_acquire())),
    ("acquire-for", || Box::pin(an_acquire_for_a_key())),
    ("lock", || Box::pin(primitives::a_lock())),
    ("rw-lock", || {
        Box::pin(primitives::a_lock_that_is_read_and_written())
    }),
    ("permits", || Box::pin(primitives::permits())),
    ("event", || Box::pin(primitives::an_event())),
    ("condition", || Box::pin(primitives::a_condition())),
    ("barrier", || Box::pin(primitives::a_barrier())),
    ("once-cell", || Box::pin(primitives::a_cell())),
    ("channel", || Box::pin(primitives::a_channel())),
    ("oneshot", || Box::pin(primitives::a_value())),
    ("tick", || Box::pin(primitives::ticks())),
    ("gather", || Box::pin(primitives::a_gathering())),
    ("race", || Box::pin(primitives::a_race())),
    ("as-completed", || Box::pin(primitives::a_completion())),
    ("map-concurrent", || Box::pin(primitives::a_bounded_run())),
    ("local-group", || Box::pin(primitives::a_local_group())),
    ("start", || Box::pin(primitives::a_start())),
    ("finally", || Box::pin(primitives::a_cleanup())),
    ("owned-group", || Box::pin(primitives::an_owned_group())),
    ("portal", || Box::pin(primitives::a_portal())),
    ("from-thread", || Box::pin(primitives::a_call_back())),
];

/// Their names, as a golden trace has them.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    OPERATIONS.iter().map(|(name, _)| *name)
}

/// On a real clock the time may pass while the thread does not run: only the yield is sure to suspend.
async fn timed(operation: impl Future<Output = ()>) {
    yield_now().await;
    operation.await;
}

async fn a_scope() {
    let value = scope(async |_| {
        yield_now().await;
        7
    });
    assert_eq!(value.await, Ok(7));
}

async fn a_cancelled_scope() {
    let outcome = scope(async |s| {
        yield_now().await;
        s.cancel();
        sleep(LONG).await;
    });
    assert!(outcome.await.is_err());
}

/// The shield keeps its body in a cancelled scope, and what follows it is dropped.
async fn a_shield() {
    let outcome = scope(async |s| {
        s.cancel();
        shield(async {
            yield_now().await;
            sleep(SHORT).await;
        })
        .await;
        forever().await;
    });
    assert!(outcome.await.is_err());
}

async fn a_group() {
    let sum = task_group(async |tg: TaskGroup| {
        tg.spawn(sleep(SHORT));
        tg.spawn(shield(yield_now()));
        let seven = tg.spawn_value(async {
            yield_now().await;
            7
        });
        let inner = task_group(async |inner: TaskGroup| {
            inner.spawn(sleep(SHORT));
            yield_now().await;
            1
        });
        inner.await + seven.await.unwrap()
    });
    assert_eq!(sum.await, 8);
}

async fn a_failing_group() {
    let outcome = try_task_group(async |tg: TryTaskGroup<&'static str>| -> Result<(), _> {
        tg.spawn(async {
            forever().await;
            Ok(())
        });
        tg.spawn(async {
            shield(sleep(SHORT)).await;
            // An orphan is cancelled here, and its error is no news to anybody.
            yield_now().await;
            Err("on-purpose")
        });
        forever().await;
        Ok(())
    });
    assert_eq!(outcome.await.unwrap_err().into_vec(), ["on-purpose"]);
}

async fn a_handle() {
    task_group(async |tg: TaskGroup| {
        let child = tg.spawn_value(async {
            sleep(SHORT).await;
            7
        });
        assert_eq!(child.await.unwrap(), 7);
        let child = tg.spawn_value(sleep(LONG));
        yield_now().await;
        child.cancel();
        assert!(child.await.is_err());
    })
    .await;
}

/// The function may have ended before anybody asks: only the yield is sure to suspend.
async fn a_call(call: impl Future<Output = u32>) {
    yield_now().await;
    assert_eq!(call.await, 7);
}

async fn an_acquire() {
    let limiter = CapacityLimiter::new(1);
    let held = limiter.try_acquire().unwrap();
    let release = async {
        yield_now().await;
        drop(held);
    };
    both(release, async { drop(limiter.acquire().await) }).await;
    assert_eq!(limiter.statistics().borrowed, 0);
}

async fn an_acquire_for_a_key() {
    let limiter = CapacityLimiter::new(1);
    limiter.try_acquire_for("one").unwrap();
    let release = async {
        yield_now().await;
        limiter.release_for("one").unwrap();
    };
    let (_, lent) = both(release, limiter.acquire_for("other")).await;
    lent.unwrap();
    limiter.release_for("other").unwrap();
}
