//! Groups that live in structs, and groups that are asked to end.

use std::{
    pin::Pin,
    sync::{Arc, Mutex},
    task::Poll,
    time::Duration,
};

use anyrt::{
    cancel::cancelled,
    runtime, scope, shield, sleep,
    task::{TaskGroup, TryOwnedTaskGroup},
    task_group,
    time::Instant,
    yield_now,
};

use crate::{
    Trace,
    rig::Rig,
    tools::{Defer, Gate, OnDrop, caught, forever, peek, poll_once},
};

type Group = TryOwnedTaskGroup<&'static str>;

/// `join` waits for all children, and gives all their errors, in order.
pub async fn t160_a_join_gives_all_errors(t: Trace) {
    let group = Group::new();
    let (inside, cancelled) = (Gate::new(), Gate::new());
    let (opened, go) = (inside.clone(), cancelled.clone());
    group.spawn(async move {
        shield(async {
            opened.open();
            go.wait().await;
        })
        .await;
        Err("second")
    });
    group.spawn(async move {
        let _cancelled = Defer(move || cancelled.open());
        forever().await;
        Ok(())
    });
    inside.wait().await;
    group.spawn(async { Err("first") });
    for error in group.join().await.unwrap_err() {
        t.log("main", error);
    }
    t.log("main", if group.is_closed() { "closed" } else { "open" });
    let late = group.spawn(async { Ok(()) }).await;
    t.log("main", format!("{:?}", late.unwrap_err()));
}

/// The children belong to nobody but the group: the scope that it was made and used in is cancelled.
pub async fn t161_an_owned_group_is_in_no_scope(t: Trace) {
    let (release, trace) = (Gate::new(), t.clone());
    let go = release.clone();
    let slot = Arc::new(Mutex::new(None));
    let kept = slot.clone();
    let outcome = scope(async move |s| {
        let group = Group::new();
        group.spawn(async move {
            yield_now().await;
            go.wait().await;
            trace.log("child", "finished");
            Ok(())
        });
        *kept.lock().unwrap() = Some(group);
        s.cancel();
        forever().await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
    release.open();
    let group = slot.lock().unwrap().take().unwrap();
    group.join().await.unwrap();
    t.log("child", "joined");
}

/// Dropping the group cancels its children, which clean up.
pub async fn t162_dropping_an_owned_group_cancels(t: Trace) {
    let (gone, inside) = (Gate::new(), Gate::new());
    let (end, opened, trace) = (gone.clone(), inside.clone(), t.clone());
    let group = Group::new();
    group.spawn(async move {
        let _end = Defer(move || end.open());
        shield(async {
            opened.open();
            for _ in 0..3 {
                yield_now().await;
            }
            trace.log("child", "clean-up");
        })
        .await;
        forever().await;
        Ok(())
    });
    inside.wait().await;
    drop(group);
    gone.wait().await;
    t.log("child", "gone");
}

/// `close` cancels, and waits for the clean-up.
pub async fn t163_a_close_cancels_and_waits(t: Trace) {
    let group = Group::new();
    let (inside, trace) = (Gate::new(), t.clone());
    let opened = inside.clone();
    group.spawn(async move {
        let probe = OnDrop::new(&trace, "child", "dropped");
        shield(async {
            opened.open();
            for _ in 0..3 {
                yield_now().await;
            }
            trace.log("child", "clean-up");
        })
        .await;
        forever().await;
        drop(probe);
        Ok(())
    });
    inside.wait().await;
    group.close().await.unwrap();
    t.log("child", "closed");
}

/// A join that is dropped changes nothing, and can be made again.
pub async fn t164_a_join_may_be_dropped(t: Trace) {
    let group = Group::new();
    let (release, trace) = (Gate::new(), t.clone());
    let go = release.clone();
    group.spawn(async move {
        go.wait().await;
        yield_now().await;
        trace.log("child", "finished");
        Ok(())
    });
    let pending = peek(&mut group.join()).await.is_pending();
    t.log("child", if pending { "pending" } else { "ready" });
    t.log("child", group.statistics().alive);
    release.open();
    group.join().await.unwrap();
    t.log("child", "joined");
}

/// A child's panic cancels the others, and resumes where the group is joined.
pub async fn t165_a_panic_resumes_in_the_join(t: Trace) {
    let group = Group::new();
    let probe = OnDrop::new(&t, "main", "sibling-gone");
    group.spawn(async move {
        let _probe = probe;
        forever().await;
        Ok(())
    });
    group.spawn(async { panic!("on-purpose") });
    t.log("main", caught(group.join()).await.unwrap_err());
}

/// A struct with such a group starts tasks in code that is not async, and ends them when it goes.
pub async fn t166_a_struct_owns_its_tasks(t: Trace) {
    struct Service {
        tasks: Group,
        trace: Trace,
    }
    impl Service {
        fn begin(&self, gone: Gate) {
            let trace = self.trace.clone();
            self.tasks.spawn(async move {
                let _end = Defer(move || gone.open());
                trace.log("task", "started");
                forever().await;
                Ok(())
            });
        }
    }
    let service = Service {
        tasks: TryOwnedTaskGroup::new(),
        trace: t.clone(),
    };
    let gone = Gate::new();
    service.begin(gone.clone());
    while service.tasks.statistics().spawned == 0 {
        yield_now().await;
    }
    drop(service);
    gone.wait().await;
    t.log("task", "gone");
}

/// While it runs, a close holds the scope around it.
pub async fn t167_a_running_close_holds_its_scope(t: Trace) {
    let (inside, release) = (Gate::new(), Gate::new());
    let (opened, go, trace) = (inside.clone(), release.clone(), t.clone());
    let outcome = scope(async move |s| {
        let group = Group::new();
        group.spawn(async move {
            shield(async {
                opened.open();
                go.wait().await;
                s.cancel();
                for _ in 0..5 {
                    yield_now().await;
                }
            })
            .await;
            trace.log("child", "finished");
            Ok(())
        });
        inside.wait().await;
        release.open();
        group.close().await.is_ok()
    })
    .await;
    t.log("main", format!("{outcome:?}"));
}

/// A group in which nothing was spawned has nothing to wait for; a cancel counts for what comes later.
pub async fn t168_cancel_before_the_first_spawn(t: Trace) {
    let group = Group::new();
    group.join().await.unwrap();
    t.log("main", "empty");
    group.cancel();
    let trace = t.clone();
    let child = group.spawn(async move {
        trace.log("main", "started");
        forever().await;
        Ok(())
    });
    t.log("main", format!("{:?}", child.await.unwrap_err()));
    group.join().await.unwrap();
}

/// A group that outlives its run: the children were cancelled with it, and a join has nothing to wait for.
pub fn t169_an_owned_group_outlives_its_run(rig: &Rig, t: &Trace) {
    let group = Arc::new(Mutex::new(Group::new()));
    let (inner, probe) = (group.clone(), OnDrop::new(t, "order", "child-gone"));
    rig.run(async move {
        inner.lock().unwrap().spawn(async move {
            let _probe = probe;
            forever().await;
            Ok(())
        });
        yield_now().await;
    })
    .unwrap();
    t.log("order", "run-ended");
    let group = group.lock().unwrap();
    let mut join = group.join();
    let ended = matches!(poll_once(Pin::new(&mut join)), Poll::Ready(Ok(())));
    t.log("order", if ended { "joined" } else { "hangs" });
}

/// From a thread of its own a group is given a runtime by a handle.
pub async fn t170_a_handle_lends_its_runtime(t: Trace) {
    let (handle, done) = (runtime::try_current().unwrap(), Gate::new());
    let (slot, ended) = (Arc::new(Mutex::new(None)), done.clone());
    let (filled, trace) = (slot.clone(), t.clone());
    let thread = std::thread::spawn(move || {
        let group = Group::new();
        handle.enter(|| {
            group.spawn(async move {
                yield_now().await;
                trace.log("child", "ran");
                Ok(())
            })
        });
        *filled.lock().unwrap() = Some(group);
        ended.open();
    });
    done.wait().await;
    thread.join().unwrap();
    let group = slot.lock().unwrap().take().unwrap();
    group.join().await.unwrap();
    t.log("child", "joined");
}

/// An owned group's daemons end with its last child, and its handle starts children.
pub async fn t171_an_owned_group_has_daemons_and_starts(t: Trace) {
    let group = Group::new();
    let probe = OnDrop::new(&t, "daemon", "dropped");
    group.spawn_daemon(async move {
        let _probe = probe;
        forever().await;
        Ok(())
    });
    let started = group
        .handle()
        .start(async |ready| {
            ready.set(5);
            yield_now().await;
            Err("late")
        })
        .await;
    t.log("main", started.unwrap());
    t.log("main", group.join().await.unwrap_err().into_first());
    t.log("daemon", "joined");
}

/// A group that is asked to end: who listens ends by itself, and nobody waits for the grace.
pub async fn t180_a_shutdown_asks_first(t: Trace) {
    let begun = Instant::now();
    task_group(async |tg: TaskGroup| {
        let (ready, trace) = (Gate::new(), t.clone());
        let opened = ready.clone();
        tg.spawn(async move {
            opened.open();
            cancelled().await;
            yield_now().await;
            trace.log("child", "finished");
        });
        ready.wait().await;
        tg.shutdown(Duration::from_secs(3600));
    })
    .await;
    t.log("child", "joined");
    assert!(begun.elapsed() < Duration::from_secs(1800));
}

/// Who does not listen is cancelled after the grace.
pub async fn t181_a_shutdown_cancels_after_the_grace(t: Trace) {
    let begun = Instant::now();
    task_group(async |tg: TaskGroup| {
        let (ready, probe) = (Gate::new(), OnDrop::new(&t, "child", "dropped"));
        let opened = ready.clone();
        tg.spawn(async move {
            let _probe = probe;
            opened.open();
            forever().await;
        });
        ready.wait().await;
        // The earliest end counts.
        tg.shutdown(Duration::from_secs(9));
        tg.shutdown(Duration::from_millis(50));
        tg.shutdown(Duration::from_secs(7));
        let trace = t.clone();
        tg.spawn(async move {
            cancelled().await;
            trace.log("late", "asked");
            sleep(Duration::from_secs(3600)).await;
            trace.log("late", "went-on");
        });
    })
    .await;
    let took = begun.elapsed();
    assert!(took >= Duration::from_millis(50), "early: {took:?}");
    if t.has_virtual_clock() {
        assert_eq!(took, Duration::from_millis(50));
    }
    t.log("child", "joined");
}

/// An owned group, asked to end and joined; without a grace it is cancelled at once.
pub async fn t182_an_owned_group_is_asked_first(t: Trace) {
    let group = Group::new();
    let (ready, trace) = (Gate::new(), t.clone());
    let opened = ready.clone();
    group.spawn(async move {
        opened.open();
        cancelled().await;
        trace.log("child", "finished");
        Ok(())
    });
    ready.wait().await;
    group.shutdown(Duration::from_secs(3600));
    group.join().await.unwrap();
    t.log("child", "joined");
    let group = Group::new();
    let child = group.spawn(async {
        forever().await;
        Ok(())
    });
    group.shutdown(Duration::ZERO);
    t.log("main", format!("{:?}", child.await.unwrap_err()));
    group.join().await.unwrap();
}

/// A destructor that panics, wherever it is: it is the group's panic, and nobody is left behind.
pub async fn t185_destructors_panic_everywhere(t: Trace) {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("bomb");
        }
    }
    async fn place(t: &Trace, lane: &'static str, group: impl Future<Output = ()>) {
        t.log(lane, caught(group).await.unwrap_err());
    }
    place(&t, "value", async {
        task_group(async |tg: TaskGroup| {
            drop(tg.spawn_value(async {
                yield_now().await;
                Bomb
            }));
        })
        .await;
    })
    .await;
    place(&t, "daemon", async {
        task_group(async |tg: TaskGroup| {
            let started = Gate::new();
            let opened = started.clone();
            tg.spawn_daemon(async move {
                let _bomb = Defer(|| panic!("bomb"));
                opened.open();
                forever().await;
            });
            started.wait().await;
        })
        .await;
    })
    .await;
    place(&t, "start", async {
        task_group(async |tg: TaskGroup| {
            let _ = tg
                .start(async |_ready: anyrt::task::Ready<()>| {
                    let _bomb = Defer(|| panic!("bomb"));
                    yield_now().await;
                })
                .await;
        })
        .await;
    })
    .await;
    place(&t, "owned", async {
        let group = Group::new();
        group.spawn(async {
            let _bomb = Defer(|| panic!("bomb"));
            forever().await;
            Ok(())
        });
        let _ = group.close().await;
    })
    .await;
}

/// An error whose destructor panics, where a panic beats errors: the first panic resumes.
pub async fn t186_a_panicking_error_changes_nothing(t: Trace) {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            if !std::thread::panicking() {
                panic!("error");
            }
        }
    }
    let group = TryOwnedTaskGroup::<Bomb>::new();
    let (inside, cancelled) = (Gate::new(), Gate::new());
    let (opened, go) = (inside.clone(), cancelled.clone());
    group.spawn(async move {
        shield(async {
            opened.open();
            go.wait().await;
        })
        .await;
        Err(Bomb)
    });
    group.spawn(async move {
        inside.wait().await;
        let _cancelled = Defer(move || cancelled.open());
        panic!("first")
    });
    t.log("main", caught(group.join()).await.map(drop).unwrap_err());
}
