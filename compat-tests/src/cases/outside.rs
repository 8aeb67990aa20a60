//! Calls from outside: handles that bring threads and futures in, and runs that have ended.

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::{Arc, mpsc},
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

use anyrt::{
    cancel, move_on_after, runtime, scope, shield, sleep,
    task::{OwnedTaskGroup, TaskError, TaskGroup},
    task_group,
    thread::ThreadError,
    to_thread, yield_now,
};

use crate::{
    Trace,
    rig::Rig,
    tools::{Defer, Gate, OnDrop, forever, peek, poll_once},
};

/// An executor that knows nothing of anyrt: it parks the thread between polls.
fn foreign_block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

fn is_ours(handle: &runtime::Handle) -> &'static str {
    match runtime::try_current() {
        Ok(current) if current == *handle => "ours",
        Ok(_) => "another",
        Err(_) => "none",
    }
}

/// A future is polled inside the runtime that is kept, by an executor that knows nothing of it. Rule R10.
pub async fn r750_a_handle_brings_a_future_in(t: Trace) {
    let kept = runtime::try_current().unwrap();
    let (trace, over) = (t.clone(), Gate::new());
    let ended = over.clone();
    let thread = thread::spawn(move || {
        let inside = kept.clone();
        foreign_block_on(kept.around(async {
            trace.log("runtime", is_ours(&inside));
            sleep(Duration::from_millis(1)).await;
            yield_now().await;
            trace.log("runtime", is_ours(&inside));
            let child = task_group(async |tg: TaskGroup| {
                let inside = inside.clone();
                tg.spawn_value(async move { is_ours(&inside) }).await
            });
            trace.log("child", child.await.unwrap());
            let worker = inside.clone();
            trace.log("worker", to_thread(move || is_ours(&worker)).await);
            let late = move_on_after(Duration::from_millis(5), forever()).await;
            trace.log("timeout", if late.is_none() { "none" } else { "some" });
        }));
        ended.open();
    });
    over.wait().await;
    thread.join().unwrap();
}

/// A scope around it is around the future, too: a cancel is seen inside, and waits for what holds. Rules R10, C5.
pub async fn r751_scopes_are_around_what_a_handle_brings_in(t: Trace) {
    let kept = runtime::try_current().unwrap();
    let cancelled = scope(async |s| {
        kept.around(async {
            s.cancel();
            t.log("inside", cancel::is_cancelled());
            shield(async {
                yield_now().await;
                t.log("inside", "shielded");
            })
            .await;
            forever().await;
            t.log("inside", "went-on");
        })
        .await;
    });
    let ended = cancelled.await.is_err();
    t.log("scope", if ended { "cancelled" } else { "returned" });
}

/// What a handle has brought in is dropped inside its runtime, whoever drops it, and at its end. Rules R10, R8.
pub async fn r752_what_is_brought_in_is_dropped_inside(t: Trace) {
    let kept = runtime::try_current().unwrap();
    let (trace, inside) = (t.clone(), kept.clone());
    let probe = move || {
        Defer({
            let (trace, inside) = (trace.clone(), inside.clone());
            move || trace.log("drop", is_ours(&inside))
        })
    };
    let waits = probe();
    let mut early = Box::pin(kept.around(async move {
        let _waits = waits;
        forever().await;
    }));
    assert!(peek(&mut early).await.is_pending());
    let thread = thread::spawn(move || drop(early));
    thread.join().unwrap();

    // Ready, but not dropped.
    let held = probe();
    let ready = std::future::poll_fn(move |_| {
        let _held = &held;
        Poll::Ready(())
    });
    let thread = thread::spawn(move || {
        let mut ready = Box::pin(kept.around(ready));
        foreign_block_on(ready.as_mut());
        ready
    });
    t.log("drop", "before");
    drop(thread.join().unwrap());
    t.log("drop", "after");
}

/// A group in a future that a handle brought in is found by those who look at the runtime. Rule T14.
pub async fn r753_what_is_brought_in_is_in_the_tree(t: Trace) {
    let kept = runtime::try_current().unwrap();
    let (stop, started) = (Gate::new(), Gate::new());
    let (stopped, starts) = (stop.clone(), started.clone());
    let over = Gate::new();
    let ended = over.clone();
    let thread = thread::spawn(move || {
        foreign_block_on(kept.around(task_group(async move |tg: TaskGroup| {
            tg.named("from-outside").spawn(async move {
                starts.open();
                stopped.wait().await;
            });
        })));
        ended.open();
    });
    started.wait().await;
    let tree = anyrt::debug::task_tree().unwrap().to_string();
    let found = tree.contains("from-outside");
    t.log("tree", if found { "found" } else { "missing" });
    stop.open();
    over.wait().await;
    thread.join().unwrap();
}

/// Nothing starts through a handle whose run has ended, on any backend: children, functions, futures. Rule R10.
pub fn r754_nothing_starts_when_the_run_has_ended(rig: &Rig, t: &Trace) {
    let (kept, group) = rig
        .run(async { (runtime::try_current().unwrap(), OwnedTaskGroup::new()) })
        .unwrap();
    let child = |what: &Result<u32, TaskError>| match what {
        Err(TaskError::Cancelled) => "cancelled",
        Err(_) => "another",
        Ok(_) => "ran",
    };
    let probe = OnDrop::new(t, "owned", "dropped");
    let mut handle = kept.enter(|| {
        group.spawn_value(async move {
            drop(probe);
            1
        })
    });
    t.log("owned", child(&foreign_block_on(&mut handle)));
    let mut spawned = Box::pin(task_group(async |tg: TaskGroup| {
        tg.spawn_value(async { 1 }).await
    }));
    let inside = kept.enter(|| poll_once(spawned.as_mut()));
    let Poll::Ready(inside) = inside else {
        return t.log("group", "pending");
    };
    t.log("group", child(&inside));

    let (ran, runs) = mpsc::channel();
    let call = kept.around(to_thread(move || ran.send(()).unwrap()).try_run());
    let call = foreign_block_on(call);
    let gone = matches!(call, Err(ThreadError::Gone));
    t.log("worker", if gone { "gone" } else { "another" });
    let ran = runs.recv().is_ok();
    t.log("worker", if ran { "ran" } else { "dropped" });
}

/// A sleep that a handle brings into a run that has ended returns, and a scope around it says why. Rules R6, R10.
pub fn r755_a_sleep_in_a_run_that_has_ended_ends(rig: &Rig, t: &Trace) {
    let kept = rig.run(async { runtime::try_current().unwrap() }).unwrap();
    let hour = Duration::from_secs(3600);
    foreign_block_on(kept.around(sleep(hour)));
    t.log("sleep", "ended");
    let mut alone: Pin<Box<dyn Future<Output = ()>>> = Box::pin(sleep(hour));
    let entered = kept.enter(|| poll_once(alone.as_mut()));
    t.log(
        "entered",
        if entered.is_ready() {
            "ended"
        } else {
            "pending"
        },
    );
    let scoped = foreign_block_on(kept.around(scope(async |_s| sleep(hour).await)));
    let shutdown = scoped.is_err_and(|cancelled| cancelled.reason() == cancel::Reason::Shutdown);
    t.log("scope", if shutdown { "shutdown" } else { "another" });
}
