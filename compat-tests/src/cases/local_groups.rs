//! Groups whose children borrow, inside one task.

use std::{
    cell::Cell,
    future::Future,
    pin::pin,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use anyrt::{
    move_on_after, scope, shield,
    task::{LocalTaskGroup, TaskError, local_task_group, local_task_group_unsend},
    yield_now,
};

use crate::{
    Trace,
    tools::{Defer, Gate, OnDrop, caught, counted, foreign_yield, forever, peek},
};

/// Children borrow what is around the group, also to change it.
pub async fn t250_children_borrow(t: Trace) {
    let words = [String::from("one"), String::from("three")];
    let mut last = String::new();
    let sum = local_task_group(async |lg| {
        let handles: Vec<_> = words
            .iter()
            .map(|word| lg.spawn_value(async move { (yield_now().await, word.as_str()).1 }))
            .collect();
        lg.spawn(async { last.push_str("end") });
        let mut sum = 0;
        for handle in handles {
            sum += handle.await.unwrap().len();
        }
        sum
    })
    .await;
    t.log("main", format!("{sum} {last}"));
}

/// They take turns, in the order in which they were woken.
pub async fn t251_children_take_turns(t: Trace) {
    let gates = [Gate::new(), Gate::new(), Gate::new()];
    let mut group = Box::pin(local_task_group(async |lg| {
        for (number, gate) in gates.iter().enumerate() {
            let t = &t;
            lg.spawn(async move {
                t.log("main", number);
                gate.wait().await;
                t.log("main", number);
            });
        }
        t.log("main", "spawned");
    }));
    assert!(peek(&mut group).await.is_pending());
    for gate in gates.iter().rev() {
        gate.open();
    }
    group.await;
}

/// A handle cancels its child only, also one that has not been polled.
pub async fn t252_one_child_is_cancelled(t: Trace) {
    let (first, second, third) = local_task_group(async |lg| {
        let child = async |lane| {
            let _probe = OnDrop::new(&t, lane, "dropped");
            t.log(lane, "started");
            forever().await;
            1
        };
        let (first, second) = (
            lg.spawn_value(child("first")),
            lg.spawn_value(child("second")),
        );
        let go_on = Gate::new();
        let third = lg.spawn_value({
            let gate = go_on.clone();
            async move { (gate.wait().await, 3).1 }
        });
        first.cancel();
        yield_now().await;
        second.cancel();
        let ended = (first.await, second.await);
        go_on.open();
        (ended.0, ended.1, third.await)
    })
    .await;
    t.log("main", format!("{first:?} {second:?} {third:?}"));
}

/// The children go, those to come as well; the body goes on.
pub async fn t253_a_group_is_cancelled(t: Trace) {
    let value = local_task_group(async |lg| {
        lg.spawn(async {
            let _probe = OnDrop::new(&t, "child", "dropped");
            forever().await;
        });
        yield_now().await;
        lg.cancel();
        let late = lg.spawn(async {
            t.log("late", "started");
            yield_now().await;
            t.log("late", "went-on");
        });
        assert_eq!(late.await, Err(TaskError::Cancelled));
        yield_now().await;
        7
    })
    .await;
    t.log("main", value);
}

/// The others go, and are awaited; then it resumes.
pub async fn t254_a_panic_cancels_the_rest(t: Trace) {
    let in_shield = Gate::new();
    let outcome = caught(local_task_group(async |lg| {
        let _body = OnDrop::new(&t, "body", "dropped");
        lg.spawn(async {
            let _probe = OnDrop::new(&t, "free", "dropped");
            forever().await;
        });
        lg.spawn(async {
            shield(async {
                in_shield.wait().await;
                t.log("main", "shield-done");
            })
            .await;
            forever().await;
        });
        let bad = lg.spawn(async {
            yield_now().await;
            let _opener = Defer(|| in_shield.open());
            panic!("on-purpose");
        });
        shield(async {
            assert_eq!(bad.await, Err(TaskError::Panicked));
            t.log("main", "heard");
        })
        .await;
        forever().await;
    }))
    .await;
    t.log("main", outcome.unwrap_err());
}

/// A cancel from around drops body and children where they are suspended; a shield is awaited.
pub async fn t255_a_cancel_from_outside_reaches_all(t: Trace) {
    let (child, held) = (OnDrop::new(&t, "child", "dropped"), Gate::new());
    let outcome = scope(async |s| {
        local_task_group(async |lg| {
            let _body = OnDrop::new(&t, "body", "dropped");
            lg.spawn(async move {
                let _probe = child;
                forever().await;
            });
            lg.spawn(shield(async {
                held.wait().await;
                t.log("shield", "done");
            }));
            yield_now().await;
            s.cancel();
            held.open();
            forever().await;
        })
        .await;
        t.log("body", "went-on");
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// A body that has ended counts, if the children finish in spite of the cancel.
pub async fn t256_a_value_wins_over_a_cancel(t: Trace) {
    let outcome = scope(async |s| {
        let value = local_task_group(async |lg| {
            lg.spawn(shield(async {
                for _ in 0..3 {
                    foreign_yield().await;
                }
            }));
            let canceller = lg.clone();
            lg.spawn(async move {
                yield_now().await;
                s.cancel();
                drop(canceller);
            });
            7
        })
        .await;
        t.log("main", value);
    })
    .await;
    t.log("main", outcome.is_ok());
}

/// A deadline around the group, and one around a child.
pub async fn t257_deadlines(t: Trace) {
    let short = Duration::from_millis(2);
    let inner = local_task_group(async |lg| lg.spawn_value(move_on_after(short, forever())).await);
    t.log("main", format!("{:?}", inner.await));
    let outer = move_on_after(
        short,
        local_task_group(async |lg| {
            lg.spawn(async {
                let _probe = OnDrop::new(&t, "child", "dropped");
                forever().await;
            });
        }),
    );
    t.log("main", format!("{:?}", outer.await));
}

fn chain<'env>(lg: &LocalTaskGroup<'env>, seen: &'env AtomicUsize, left: usize) {
    let next = lg.clone();
    lg.spawn(async move {
        seen.fetch_add(1, SeqCst);
        if left > 0 {
            chain(&next, seen, left - 1);
        }
    });
}

/// What children spawn counts, also in destructors; nobody is left.
pub async fn t258_children_spawn(t: Trace) {
    let seen = AtomicUsize::new(0);
    let handle = local_task_group(async |lg| {
        chain(&lg, &seen, 99);
        let last = lg.clone();
        let seen = &seen;
        let cancelled = lg.spawn(async move {
            let _last = Defer(|| chain(&last, seen, 0));
            forever().await;
        });
        yield_now().await;
        cancelled.cancel();
        lg.statistics().peak
    })
    .await;
    t.log("main", format!("{} {handle}", seen.load(SeqCst)));
}

/// A handle that outlives its group.
pub async fn t259_a_closed_group_spawns_nothing(t: Trace) {
    let group = local_task_group(async |lg| {
        lg.spawn(async {});
        lg
    })
    .await;
    let probe = OnDrop::new(&t, "main", "dropped");
    let late = group.spawn(async move {
        let _probe = probe;
        forever().await;
    });
    let statistics = group.statistics();
    t.log(
        "main",
        format!(
            "{} {:?} {}-{}",
            group.is_closed(),
            late.await,
            statistics.spawned,
            statistics.alive
        ),
    );
}

async fn takes_turns(alive: &AtomicUsize, turns: usize) {
    alive.fetch_add(1, SeqCst);
    let _probe = Defer(|| {
        alive.fetch_sub(1, SeqCst);
    });
    for _ in 0..turns {
        yield_now().await;
    }
    shield(yield_now()).await;
}

/// Foreign code drops it, at each suspension: body, children, and what these have spawned.
pub async fn t260_dropped_at_each_poll(t: Trace) {
    let alive = AtomicUsize::new(0);
    for polls in 0..6 {
        let kept = Arc::new(());
        let mut group = Box::pin(local_task_group(async |lg| {
            let alive = &alive;
            for turns in 0..3 {
                let (own, kept) = (lg.clone(), Arc::clone(&kept));
                lg.spawn(async move {
                    let _kept = kept;
                    own.spawn(takes_turns(alive, turns));
                    takes_turns(alive, turns).await;
                });
            }
            takes_turns(alive, 1).await;
        }));
        for _ in 0..polls {
            if peek(&mut group).await.is_ready() {
                break;
            }
            foreign_yield().await;
        }
        drop(group);
        assert_eq!(alive.load(SeqCst), 0);
        assert_eq!(Arc::strong_count(&kept), 1, "something keeps a child");
        t.log("main", polls);
    }
}

/// What is not `Send` runs where the program's main future runs.
pub async fn t264_children_that_stay(t: Trace) {
    let group = async {
        let (seen, shared) = (Cell::new(0), Rc::new(7));
        let value = local_task_group_unsend(async |lg| {
            let shared = &shared;
            lg.spawn(async { seen.set(seen.get() + 1) });
            lg.spawn_value(async move { Rc::clone(shared) }).await
        });
        format!("{:?} {}", value.await, seen.get())
    };
    // A few polls are enough for it, so that the case is as `Send` as any.
    let mut group = pin!(group);
    let mut poll = || group.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    let done = (0..3).map(|_| poll()).find(Poll::is_ready);
    t.log("main", format!("{done:?}"));
}

/// One wake polls one child, of a thousand.
pub async fn t261_a_wake_polls_one_child(t: Trace) {
    let (polls, gate) = (Arc::new(AtomicUsize::new(0)), Gate::new());
    let mut group = Box::pin(local_task_group(async |lg| {
        for _ in 0..999 {
            lg.spawn(counted(Arc::clone(&polls), forever()));
        }
        lg.spawn(counted(Arc::clone(&polls), gate.wait()));
        lg.statistics().alive
    }));
    while polls.load(SeqCst) < 1000 {
        assert!(peek(&mut group).await.is_pending());
    }
    gate.open();
    for _ in 0..3 {
        assert!(peek(&mut group).await.is_pending());
    }
    t.log("main", polls.load(SeqCst) - 1000);
}

/// Spawned while the group rests, from a thread: the group is woken for that.
pub async fn t262_a_child_from_a_thread_wakes_the_group(t: Trace) {
    let group = local_task_group(async |lg: LocalTaskGroup<'static>| {
        let (resting, done) = (Gate::new(), Gate::new());
        let remote = lg.clone();
        let thread = {
            let (resting, done) = (resting.clone(), done.clone());
            thread::spawn(move || {
                resting.wait_blocking();
                remote.spawn(async move { done.open() });
            })
        };
        lg.spawn(async move {
            // Everything else has been polled by then, but for the wake that this is.
            foreign_yield().await;
            resting.open();
        });
        done.wait().await;
        thread.join().unwrap();
    });
    group.await;
    t.log("main", "done");
}

/// Polled in one scope first, in another later: also children that nobody woke.
pub async fn t263_unwoken_children_move_along(t: Trace) {
    let mut group = Box::pin(local_task_group(async |lg| {
        lg.spawn(async {
            let _probe = OnDrop::new(&t, "child", "dropped");
            forever().await;
        });
    }));
    let first = scope(async |_s| assert!(peek(&mut group).await.is_pending())).await;
    assert!(first.is_ok());
    let second = scope(async |s| {
        assert!(peek(&mut group).await.is_pending());
        s.cancel();
        group.as_mut().await;
    })
    .await;
    t.log("main", second.is_ok());
}

/// A child that was spawned while the group rests, and dropped with it before any poll: a handle that is left keeps
/// nothing.
pub async fn t265_a_child_goes_with_its_group_unpolled(t: Trace) {
    let (send, receive) = mpsc::channel();
    let mut group = Box::pin(local_task_group(
        async move |lg: LocalTaskGroup<'static>| {
            send.send(lg).unwrap();
            forever().await;
        },
    ));
    assert!(peek(&mut group).await.is_pending());
    let left = receive.recv().unwrap();
    let kept = Arc::new(());
    let child = left.spawn({
        let kept = Arc::clone(&kept);
        async move {
            let _kept = kept;
            forever().await;
        }
    });
    t.log("kept", Arc::strong_count(&kept) - 1);
    drop(group);
    t.log("kept", Arc::strong_count(&kept) - 1);
    t.log("child", format!("{:?}", child.await));
}
