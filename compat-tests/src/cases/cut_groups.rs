//! What a group comes to when a cancel from around it cuts its members (rule T6).

use std::{
    future::Future,
    sync::{Arc, mpsc},
    time::Duration,
};

use anyrt::{
    cancel::CancelScope,
    fail_after, finally, gather, race, scope, shield, sleep,
    task::{
        Errors, FirstError, LocalTaskGroup, TaskGroup, TryTaskGroup, for_each_concurrent,
        local_task_group,
    },
    task_group, try_task_group, yield_now,
};

use crate::{
    BoxFuture, Trace,
    tools::{Defer, Gate, caught, foreign_yield, forever, until},
};

pub(super) const LONG: Duration = Duration::from_secs(3600);

/// What runs members and waits for them.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Group,
    Try,
    Local,
    Gather,
    Bounded,
}

pub(super) const KINDS: [(&str, Kind); 5] = [
    ("group", Kind::Group),
    ("try", Kind::Try),
    ("local", Kind::Local),
    ("gather", Kind::Gather),
    ("bounded", Kind::Bounded),
];

/// Returns when all members are gone, unless one of them was cut.
pub(super) async fn run(kind: Kind, members: Vec<BoxFuture>) {
    match kind {
        Kind::Group => {
            task_group(async |tg: TaskGroup| {
                for member in members {
                    tg.spawn(member);
                }
            })
            .await;
        }
        Kind::Try => {
            let outcome = try_task_group(async |tg: TryTaskGroup<u8>| {
                for member in members {
                    tg.spawn(async move {
                        member.await;
                        Ok(())
                    });
                }
                Ok(())
            });
            outcome.await.unwrap();
        }
        Kind::Local => {
            local_task_group(async |lg| {
                for member in members {
                    lg.spawn(member);
                }
            })
            .await;
        }
        Kind::Gather => {
            gather(members).await;
        }
        Kind::Bounded => for_each_concurrent(members, 8, |member| member).await,
    }
}

/// What comes of each kind in a scope that its members can cancel.
async fn in_each(t: &Trace, members: impl Fn(CancelScope) -> Vec<BoxFuture>) {
    for (name, kind) in KINDS {
        let outcome = scope(async |s| run(kind, members(s)).await).await;
        t.log(name, word(outcome.is_ok()));
    }
}

pub(super) fn word(returned: bool) -> &'static str {
    if returned { "value" } else { "reported" }
}

pub(super) fn boxed(future: impl Future<Output = ()> + Send + 'static) -> BoxFuture {
    Box::pin(future)
}

/// Never ends, and opens the gate when it is dropped.
pub(super) fn ends_with(gone: &Gate) -> BoxFuture {
    let gone = gone.clone();
    boxed(async move {
        let _end = Defer(move || gone.open());
        forever().await;
    })
}

/// Cancels, and ends a few polls later, in a shield.
pub(super) fn cancels_and_ends(s: CancelScope) -> BoxFuture {
    boxed(shield(async move {
        s.cancel();
        for _ in 0..3 {
            foreign_yield().await;
        }
    }))
}

/// Cancels once the others are suspended.
fn cancels_soon(s: CancelScope) -> BoxFuture {
    boxed(async move {
        foreign_yield().await;
        s.cancel();
    })
}

/// A deadline around a group whose children were not done is reported.
pub async fn t550_a_deadline_that_cuts_children_is_reported(t: Trace) {
    let soon = Duration::from_millis(5);
    for (name, kind) in KINDS {
        let members = (0..5).map(|_| boxed(sleep(LONG))).collect();
        let outcome = fail_after(soon, run(kind, members)).await;
        t.log(name, format!("{:?}", outcome.unwrap_err().reason()));
    }
}

/// Children that all finish in spite of the cancel leave the group its value.
pub async fn t551_children_that_finish_leave_the_value(t: Trace) {
    in_each(&t, |s| {
        let ends = || boxed(shield(foreign_yield()));
        vec![cancels_and_ends(s), ends(), ends()]
    })
    .await;
}

/// One that finished does not make up for one that was cut.
pub async fn t552_one_that_is_cut_is_enough(t: Trace) {
    in_each(&t, |s| {
        vec![boxed(async {}), boxed(forever()), cancels_soon(s)]
    })
    .await;
}

/// A daemon that is cut does not count; an ordinary child that it spawned does.
pub async fn t553_daemons_do_not_count(t: Trace) {
    for spawns in [false, true] {
        let name = if spawns { "spawned" } else { "daemon" };
        let (send, receive) = mpsc::channel();
        let outcome = scope(async |s| {
            task_group(async |tg: TaskGroup| {
                send.send(tg.clone()).unwrap();
                let (inner, started) = (tg.clone(), Gate::new());
                let opened = started.clone();
                tg.spawn_daemon(async move {
                    if spawns {
                        inner.spawn(forever());
                    }
                    opened.open();
                    forever().await;
                });
                tg.spawn(shield(async move {
                    started.wait().await;
                    cancels_and_ends(s).await;
                }));
            })
            .await;
        })
        .await;
        t.log(name, word(outcome.is_ok()));
        t.log(name, receive.recv().unwrap().statistics().cut);
    }
}

/// A child that its handle has cancelled before is not cut.
pub async fn t554_a_handle_that_came_first(t: Trace) {
    let release = Gate::new();
    let held = |release: &Gate| {
        let release = release.clone();
        async move {
            shield(release.wait()).await;
            forever().await;
        }
    };
    for (name, first) in [("before", true), ("after", false)] {
        let outcome = scope(async |s| {
            task_group(async |tg: TaskGroup| {
                let started = Gate::new();
                let (opened, body) = (started.clone(), held(&release));
                let child = tg.spawn(async move {
                    opened.open();
                    body.await;
                });
                tg.spawn(shield(async move {
                    started.wait().await;
                    if first {
                        child.cancel();
                    }
                    s.cancel();
                    child.cancel();
                }));
            })
            .await;
        });
        let ended = gather((outcome, async { release.open() })).await.0;
        t.log(name, word(ended.is_ok()));
    }
    let local = scope(async |s| {
        local_task_group(async |lg| {
            let child = lg.spawn(forever());
            lg.spawn(async move {
                foreign_yield().await;
                child.cancel();
                s.cancel();
            });
        })
        .await;
    });
    t.log("local", word(local.await.is_ok()));
}

/// Which of two cancels reaches the child first, while a shield keeps it, decides.
pub async fn t555_the_first_cancel_decides(t: Trace) {
    for (name, inside_first) in [("inside", true), ("around", false)] {
        let group = scope(async |s| {
            task_group(async |tg: TaskGroup| {
                let inner = tg.clone();
                tg.spawn(async move {
                    shield(async {
                        if inside_first {
                            inner.cancel();
                        }
                        s.cancel();
                        inner.cancel();
                        foreign_yield().await;
                    })
                    .await;
                    forever().await;
                });
            })
            .await;
        });
        t.log(name, word(group.await.is_ok()));
        let local = scope(async |s| {
            local_task_group(async |lg: LocalTaskGroup<'_>| {
                let inner = lg.clone();
                lg.spawn(async move {
                    shield(async {
                        if inside_first {
                            inner.cancel();
                        }
                        s.cancel();
                        inner.cancel();
                        foreign_yield().await;
                    })
                    .await;
                    forever().await;
                });
            })
            .await;
        });
        t.log(name, word(local.await.is_ok()));
    }
}

/// A child's error, raised while another is cut, comes out; a panic resumes.
pub async fn t556_failures_come_before_the_cut(t: Trace) {
    let failed: Result<Result<(), Errors<u8>>, _> = scope(async |s| {
        try_task_group(async |tg: TryTaskGroup<u8>| {
            tg.spawn(async {
                forever().await;
                Ok(())
            });
            tg.spawn(async move {
                cancels_and_ends(s).await;
                Err(7)
            });
            Ok(())
        })
        .await
    })
    .await;
    t.log("error", failed.unwrap().first_err().unwrap_err());
    for (name, kind) in KINDS {
        let outcome = caught(scope(async |s| {
            let panics = boxed(async move {
                cancels_and_ends(s).await;
                panic!("on-purpose");
            });
            run(kind, vec![boxed(forever()), panics]).await;
        }));
        t.log(name, outcome.await.unwrap_err());
    }
}

/// A group that a race has cut leaves the race its winner.
pub async fn t557_a_race_has_its_winner(t: Trace) {
    for (name, kind) in KINDS {
        let lost = async {
            run(kind, vec![boxed(forever())]).await;
            1
        };
        let wins = async {
            foreign_yield().await;
            2
        };
        t.log(name, race((lost, wins)).await);
    }
}

/// The clean-up of a cancelled body may use groups: the cancel does not reach it.
pub async fn t558_a_group_in_a_cleanup_has_its_value(t: Trace) {
    for (name, kind) in KINDS {
        let outcome = scope(async |s| {
            s.cancel();
            finally(forever(), async || {
                run(kind, vec![boxed(yield_now()), boxed(yield_now())]).await;
                t.log(name, "value");
            })
            .await;
        })
        .await;
        t.log(name, word(outcome.is_ok()));
    }
}

/// Partial results under a deadline: a ledger outside of the group.
pub async fn t567_a_ledger_keeps_partial_results(t: Trace) {
    let ledger = Arc::new(std::sync::Mutex::new(Vec::new()));
    let outcome = scope(async |s| {
        task_group(async |tg: TaskGroup| {
            for part in 0..3 {
                let ledger = Arc::clone(&ledger);
                tg.spawn(async move {
                    if part == 1 {
                        forever().await;
                    }
                    ledger.lock().unwrap().push(part);
                });
            }
            until(|| ledger.lock().unwrap().len() == 2).await;
            s.cancel();
        })
        .await;
    });
    t.log("main", word(outcome.await.is_ok()));
    let mut done = ledger.lock().unwrap().clone();
    done.sort_unstable();
    t.log("main", format!("{done:?}"));
}
