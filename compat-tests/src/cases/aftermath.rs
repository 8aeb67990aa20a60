//! What is left to be used when the thing itself is over: handles, groups, errors.

use std::{pin::Pin, sync::mpsc, task::Poll, time::Duration};

use anyrt::{
    scope, shield,
    task::{Errors, TaskError, TaskGroup, TryTaskGroup},
    task_group, try_task_group,
};

use crate::{
    Trace,
    rig::Rig,
    tools::{Defer, Gate, OnDrop, caught, forever, poll_once},
};

type Group = TryTaskGroup<u8>;

/// A group that ended with an error or a panic is as closed as any other. Catalogue A.5.
pub async fn t048_a_group_that_failed_is_closed(t: Trace) {
    for (how, panics) in [("failed", false), ("panicked", true)] {
        let (send, receive) = mpsc::channel();
        let outcome = caught(try_task_group(async move |tg: Group| {
            send.send(tg).unwrap();
            assert!(!panics, "on purpose");
            Err::<(), _>(1)
        }))
        .await;
        assert_eq!(outcome.is_err(), panics);
        let tg = receive.recv().unwrap();
        t.log(how, tg.is_closed());
        let (trace, probe) = (t.clone(), OnDrop::new(&t, how, "dropped"));
        let late = tg.spawn(async move {
            let _probe = probe;
            trace.log(how, "polled");
            Ok(())
        });
        t.log(how, format!("{:?}", late.await.unwrap_err()));
    }
}

/// The errors of a group whose body and child fail, in this order.
async fn two<E: Send + 'static>(first: E, second: E) -> Errors<E> {
    let outcome = try_task_group(async move |tg: TryTaskGroup<E>| {
        let (inside, cancelled) = (Gate::new(), Gate::new());
        let (opened, go_on) = (inside.clone(), cancelled.clone());
        tg.spawn(async move {
            shield(async {
                opened.open();
                go_on.wait().await;
            })
            .await;
            Err(second)
        });
        tg.spawn(async move {
            let _cancelled = Defer(move || cancelled.open());
            forever().await;
            Ok(())
        });
        inside.wait().await;
        Err::<(), _>(first)
    });
    outcome.await.unwrap_err()
}

/// Errors of groups in groups come in one list, and every one can be turned into another.
pub async fn t049_errors_are_joined_and_converted(t: Trace) {
    let nested = two(two("a", "b").await, two("c", "d").await).await;
    let flat: Vec<_> = nested.clone().flatten().into_iter().collect();
    t.log("flat", flat.concat());
    let lengths = nested.map(|errors| errors.len());
    t.log("mapped", format!("{}-{}", lengths[0], lengths[1]));
    let boxed = two("e", "f").await.boxed();
    t.log("boxed", format!("{}+{}", boxed.first(), boxed.len() - 1));
    let inner = boxed.into_first().into_inner();
    t.log("boxed", inner);
    t.log("one", Vec::from(Errors::from("g")).concat());
}

/// A child that failed or panicked can be cancelled: nothing unwinds, and its outcome is what it was. Row dT6.
pub async fn t071_a_late_cancel_keeps_the_failure(t: Trace) {
    for (how, panics) in [("failed", false), ("panicked", true)] {
        let (send, receive) = mpsc::channel();
        let outcome = caught(try_task_group(async move |tg: Group| {
            let child = tg.spawn(async move {
                assert!(!panics, "on purpose");
                Err(1)
            });
            send.send(child).unwrap();
            forever().await;
            Ok(())
        }))
        .await;
        t.log("group", if outcome.is_err() { "panic" } else { "error" });
        let child = receive.recv().unwrap();
        child.cancel();
        t.log(how, format!("{:?}", child.await.unwrap_err()));
    }
}

/// Scopes, groups and children can be cancelled when their runtime has gone: nothing happens. Catalogue D.84.
pub fn c020_handles_outlive_their_runtime(rig: &Rig, t: &Trace) {
    let ended = rig.run(async {
        let s = scope(async |s| s).await.unwrap();
        let (tg, child) = task_group(async |tg: TaskGroup| {
            let child = tg.spawn_value(async { 5 });
            (tg, child)
        })
        .await;
        (s, tg, child, anyrt::time::Instant::now())
    });
    let (s, tg, mut child, then) = ended.unwrap();
    s.set_deadline(then);
    s.cancel();
    tg.shutdown(Duration::ZERO);
    tg.cancel();
    child.cancel();
    let value = poll_once(Pin::new(&mut child));
    t.log("child", format!("{value:?}"));
    let mut late = tg.spawn(async {});
    let refused = poll_once(Pin::new(&mut late)) == Poll::Ready(Err(TaskError::Cancelled));
    t.log("late", if refused { "refused" } else { "taken" });
}
