//! The ends of combinators and local groups that are easily forgotten (rules T11, T12, R12).

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    task::{Context, Waker},
};

use anyrt::{
    scope,
    task::{
        Completed, FirstError, LocalTaskGroup, as_completed, for_each_concurrent, local_task_group,
        try_for_each_concurrent, try_gather, try_map_concurrent,
    },
};
use futures::{StreamExt, stream};

use crate::{
    Trace,
    tools::{CountingWaker, Defer, Gate, OnDrop, caught, foreign_yield, forever, peek},
};

fn poll_with<F: Future + ?Sized>(future: Pin<&mut F>, waker: &Arc<CountingWaker>) -> bool {
    let waker = Waker::from(Arc::clone(waker));
    future.poll(&mut Context::from_waker(&waker)).is_ready()
}

/// The last waker that `next` was polled with is woken, and no other.
pub async fn t580_the_last_reader_is_woken(t: Trace) {
    let give = Gate::new();
    let opened = give.wait();
    let given = async {
        opened.await;
        7
    };
    let value = as_completed((given,), async move |mut values| {
        let (first, last) = (CountingWaker::new(), CountingWaker::new());
        {
            let mut next = pin!(values.next());
            assert!(!poll_with(next.as_mut(), &first) && !poll_with(next.as_mut(), &last));
            give.open();
            last.woken().wait().await;
        }
        (first.wakes(), last.wakes(), values.next().await)
    });
    t.log("main", format!("{:?}", value.await));
}

/// Values that were taken out of a body end when the branches are dropped.
pub async fn t581_results_end_with_their_branches(t: Trace) {
    let (send, receive) = mpsc::channel::<Completed<u8>>();
    let never = async {
        forever().await;
        0
    };
    let mut all = Box::pin(as_completed((never,), async move |values| {
        send.send(values).unwrap();
        forever().await;
    }));
    assert!(peek(&mut all).await.is_pending());
    let mut values = receive.recv().unwrap();
    drop(all);
    t.log("main", format!("{:?}", values.next().await));
}

/// Each `next` is an operation of its own: in a cancelled scope it yields, whatever the one before it did.
pub async fn t582_each_next_is_an_operation(t: Trace) {
    let outcome = scope(async |s| {
        as_completed((async { 1 },), async move |mut values| {
            foreign_yield().await;
            s.cancel();
            let first = peek(&mut values.next()).await.is_pending();
            let second = peek(&mut values.next()).await.is_pending();
            (first, second)
        })
        .await
    });
    t.log("main", format!("{:?}", outcome.await.unwrap()));
}

/// A child that comes from elsewhere wakes the task that polled the group last.
pub async fn t583_a_child_wakes_the_last_task(t: Trace) {
    let (send, receive) = mpsc::channel();
    let mut group = Box::pin(local_task_group(
        async move |lg: LocalTaskGroup<'static>| {
            send.send(lg).unwrap();
            forever().await;
        },
    ));
    let (first, last) = (CountingWaker::new(), CountingWaker::new());
    assert!(!poll_with(group.as_mut(), &first) && !poll_with(group.as_mut(), &last));
    let lg = receive.recv().unwrap();
    drop(lg.spawn(async {}));
    t.log("wakes", format!("{} {}", first.wakes(), last.wakes()));
}

/// A group that has returned is closed, also while its future is kept.
pub async fn t584_a_kept_local_group_is_closed(t: Trace) {
    let mut group = Box::pin(local_task_group(async |lg: LocalTaskGroup<'static>| lg));
    let lg = group.as_mut().await;
    let probe = OnDrop::new(&t, "child", "dropped");
    let mut late = lg.spawn(async move {
        let _probe = probe;
    });
    t.log("main", format!("{} {}", lg.is_closed(), late.is_finished()));
    t.log("main", format!("{:?}", peek(&mut late).await));
    drop(group);
}

/// A destructor that panics when a local group is dropped comes out, after the others have run.
pub async fn t585_destructors_of_children_panic(t: Trace) {
    let mut group = Box::pin(local_task_group(async |lg| {
        for number in 0..3 {
            let probe = OnDrop::new(&t, "child", "dropped");
            lg.spawn(async move {
                let _probe = probe;
                let _bomb = Defer(move || assert!(number != 1, "on-purpose"));
                forever().await;
            });
        }
        forever().await;
    }));
    assert!(peek(&mut group).await.is_pending());
    let dropped = catch_unwind(AssertUnwindSafe(|| drop(group)));
    t.log("main", dropped.is_err());
}

/// `try_gather` of a vector and of an array, that go well and that fail.
pub async fn t586_many_branches_that_may_fail(t: Trace) {
    let branch = |number: u8| async move {
        foreign_yield().await;
        if number < 9 { Ok(number) } else { Err(number) }
    };
    t.log(
        "vec",
        format!("{:?}", try_gather(vec![branch(1), branch(2)]).await),
    );
    t.log(
        "array",
        format!("{:?}", try_gather([branch(3), branch(4)]).await),
    );
    let failed = try_gather(vec![branch(1), branch(9)]).await;
    t.log("vec", failed.first_err().unwrap_err());
    let failed = try_gather([branch(9), branch(1)]).await;
    t.log("array", failed.first_err().unwrap_err());
    // Parked, and polled again in the same cancelled scope: it is still pending.
    let mut all = Box::pin(try_gather([forever_failing(), forever_failing()]));
    let outcome = scope(async |s| {
        s.cancel();
        for _ in 0..3 {
            t.log("parked", peek(&mut all).await.is_pending());
        }
    });
    assert!(outcome.await.is_ok());
    t.log("parked", caught(all).await.is_err());
}

async fn forever_failing() -> Result<(), u8> {
    forever().await;
    Err(1)
}

/// A bounded run that may fail and does not gives every value, in order.
pub async fn t587_a_bounded_run_that_goes_well(t: Trace) {
    let work = async |item: u8| {
        for _ in item..3 {
            foreign_yield().await;
        }
        Ok::<_, u8>(10 * item)
    };
    t.log(
        "iterator",
        format!("{:?}", try_map_concurrent(0..4, 2, work).await),
    );
    let source = stream::iter(0..4);
    t.log(
        "stream",
        format!("{:?}", try_map_concurrent(source, 2, work).await),
    );
}

/// An error drops a source that is pending before the run returns.
pub async fn t588_an_error_drops_the_source(t: Trace) {
    let probe = OnDrop::new(&t, "order", "source-dropped");
    let pending = stream::once(async move {
        let _probe = probe;
        forever().await;
        1
    });
    let source = stream::iter([0]).chain(pending);
    let mut run = Box::pin(try_for_each_concurrent(source, 2, async |item| {
        foreign_yield().await;
        Err::<(), u8>(item)
    }));
    let outcome = run.as_mut().await;
    t.log("order", "returned");
    t.log("main", outcome.first_err().unwrap_err());
    drop(run);
}

/// Places that are free again are taken again, and never more than the limit.
pub async fn t589_a_stream_keeps_to_its_limit(t: Trace) {
    let (now, most, done) = (
        AtomicUsize::new(0),
        AtomicUsize::new(0),
        AtomicUsize::new(0),
    );
    let source = stream::iter(0..20).then(async |item| {
        foreign_yield().await;
        item
    });
    let run = for_each_concurrent(source, 3, async |item: usize| {
        most.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
        for _ in 0..4 + item % 3 {
            foreign_yield().await;
        }
        now.fetch_sub(1, SeqCst);
        done.fetch_add(1, SeqCst);
    });
    run.await;
    t.log(
        "main",
        format!("{} {}", most.load(SeqCst), done.load(SeqCst)),
    );
}
