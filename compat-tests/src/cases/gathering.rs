//! Branches that run together in one task: all of them.

use std::{
    future::{Future, poll_fn, ready},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{
            AtomicBool, AtomicUsize,
            Ordering::{Relaxed, SeqCst},
        },
    },
    task::Poll,
    thread,
};

use anyrt::{
    cancel::is_cancelled,
    gather, move_on_after, scope, shield,
    task::{FirstError, try_gather},
    task_group, yield_now,
};

use crate::{
    Trace,
    tools::{Defer, Gate, OnDrop, caught, counted, foreign_yield, forever, peek, poll_once},
};

/// Three branches that complete in the opposite order. Catalogue C.50.
pub async fn t201_results_are_in_argument_order(t: Trace) {
    let (second, third) = (Gate::new(), Gate::new());
    let values = gather((
        async {
            second.wait().await;
            t.log("order", "first");
            1
        },
        async {
            third.wait().await;
            t.log("order", "second");
            second.open();
            "two"
        },
        async {
            yield_now().await;
            t.log("order", "third");
            third.open();
            3.0
        },
    ))
    .await;
    assert_eq!(values, (1, "two", 3.0));
    t.log("main", format!("{}-{}-{}", values.0, values.1, values.2));
}

/// Arrays, vectors, none at all, and twelve of different types.
pub async fn t202_branches_of_every_form(t: Trace) {
    let later = async |n: u32| {
        yield_now().await;
        n
    };
    let array: [u32; 3] = gather([later(1), later(2), later(3)]).await;
    let vector: Vec<u32> = gather((0..100).map(later).collect::<Vec<_>>()).await;
    assert_eq!(vector, (0..100).collect::<Vec<_>>());
    let none = gather(Vec::<std::future::Ready<u32>>::new()).await;
    let no_array: [u32; 0] = gather([] as [std::future::Ready<u32>; 0]).await;
    let (a, .., k, l) = gather((
        later(1),
        async { 2_u8 },
        async { 3_i64 },
        later(4),
        later(5),
        later(6),
        later(7),
        later(8),
        later(9),
        later(10),
        async { 'k' },
        async { String::from("l") },
    ))
    .await;
    t.log(
        "main",
        array.len() + vector.len() + none.len() + no_array.len(),
    );
    t.log("main", format!("{a}{k}{l}"));
}

/// Branches borrow from their caller, by `&mut` too.
pub async fn t203_branches_borrow(t: Trace) {
    let name = String::from("shared");
    let (mut left, mut right) = (0, 0);
    gather((
        async {
            yield_now().await;
            left += name.len();
        },
        async {
            yield_now().await;
            right += name.len();
        },
    ))
    .await;
    t.log("main", left + right);
}

/// The first error cancels the other branches. Catalogue C.50.
pub async fn t204_an_error_cancels_the_branches(t: Trace) {
    let outcome = try_gather((
        async {
            let _probe = OnDrop::new(&t, "waiting", "dropped");
            forever().await;
            Ok(1)
        },
        async {
            yield_now().await;
            Err::<u8, _>("second")
        },
        async {
            let _probe = OnDrop::new(&t, "waiting", "dropped");
            forever().await;
            Ok('3')
        },
    ))
    .await;
    let errors = outcome.unwrap_err();
    assert_eq!(errors.len(), 1);
    t.log("main", errors.first());
    let values = try_gather([ready(Ok::<_, &str>(1)), ready(Ok(2))]).await;
    t.log("main", values.first_err().unwrap().len());
}

/// A branch with a shield is awaited, and the error it then raises is not lost.
pub async fn t205_errors_raised_while_cancelled_come_out(t: Trace) {
    let errors = try_gather(vec![
        Box::pin(async {
            let _probe = OnDrop::new(&t, "first", "gone");
            shield(async {
                yield_now().await;
                yield_now().await;
            })
            .await;
            Err("first")
        }) as Pin<Box<dyn Future<Output = Result<(), &'static str>> + Send>>,
        Box::pin(async { Err("second") }),
        Box::pin(async {
            yield_now().await;
            t.log("third", "went-on");
            Err("third")
        }),
    ])
    .await
    .unwrap_err();
    for error in errors {
        t.log("main", error);
    }
}

/// A panic cancels the other branches, which are awaited, and then resumes.
pub async fn t206_a_panic_awaits_the_others(t: Trace) {
    let outcome = caught(gather((
        async {
            let _probe = OnDrop::new(&t, "branches", "free-dropped");
            forever().await;
        },
        async {
            yield_now().await;
            t.log("branches", "panics");
            panic!("branch");
        },
        async {
            shield(async {
                yield_now().await;
                yield_now().await;
                yield_now().await;
                t.log("branches", "shield-done");
            })
            .await;
            forever().await;
        },
    )))
    .await;
    t.log("branches", outcome.unwrap_err());
}

/// Destructors that panic, at the end of a branch and in one that is cancelled: the first panic comes out, and every
/// branch goes.
pub async fn t207_destructors_that_panic(t: Trace) {
    let outcome = caught(gather((
        async {
            let _probe = Defer(|| panic!("in-the-first"));
            forever().await;
        },
        async {
            let _probe = Defer(|| panic!("in-the-second"));
            yield_now().await;
        },
        async {
            let _probe = OnDrop::new(&t, "third", "dropped");
            forever().await;
        },
    )))
    .await;
    t.log("main", outcome.unwrap_err());
}

/// A cancel from outside drops the branches; one with a shield finishes that first.
pub async fn t208_a_cancel_from_outside_reaches_branches(t: Trace) {
    let outcome = scope(async |s| {
        gather((
            async {
                let _probe = OnDrop::new(&t, "branches", "free-dropped");
                forever().await;
            },
            async {
                let _probe = OnDrop::new(&t, "branches", "held-dropped");
                shield(async {
                    yield_now().await;
                    t.log("branches", "cancels");
                    s.cancel();
                    yield_now().await;
                    yield_now().await;
                    t.log("branches", "shield-done");
                })
                .await;
                t.log("branches", is_cancelled());
                forever().await;
            },
        ))
        .await;
        t.log("main", "went-on");
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// What is ready in the poll that sees the cancel is returned.
pub async fn t209_ready_branches_win_over_a_cancel(t: Trace) {
    let outcome = scope(async |s| {
        s.cancel();
        gather((async { 1 }, async { 2 })).await
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap()));
}

/// A cancel costs each of ten thousand blocked branches one poll.
pub async fn t210_ten_thousand_branches_cancel_with_one_poll_each(t: Trace) {
    const BRANCHES: usize = 10_000;
    let polls = Arc::new(AtomicUsize::new(0));
    let outcome = scope(async |s| {
        let branches = (0..BRANCHES).map(|_| counted(Arc::clone(&polls), forever()));
        let mut all = pin!(gather(branches.collect::<Vec<_>>()));
        while polls.load(SeqCst) < BRANCHES {
            assert!(
                poll_fn(|cx| Poll::Ready(all.as_mut().poll(cx)))
                    .await
                    .is_pending()
            );
            foreign_yield().await;
        }
        polls.store(0, SeqCst);
        s.cancel();
        all.await;
    })
    .await;
    assert!(outcome.is_err());
    let polls = polls.load(SeqCst);
    t.log(
        "main",
        if polls <= BRANCHES {
            "one-each"
        } else {
            "more"
        },
    );
}

/// A wake polls the branch that was woken, and no other.
pub async fn t211_a_wake_polls_one_branch(t: Trace) {
    let gate = Gate::new();
    let (woken, others) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut all = pin!(gather((
        counted(Arc::clone(&others), forever()),
        counted(Arc::clone(&woken), gate.wait()),
        gather(vec![
            counted(Arc::clone(&others), forever()),
            counted(Arc::clone(&others), forever()),
        ]),
    )));
    assert!(peek(&mut all).await.is_pending());
    t.log(
        "main",
        format!("{}+{}", woken.load(SeqCst), others.load(SeqCst)),
    );
    gate.open();
    for _ in 0..3 {
        assert!(peek(&mut all).await.is_pending());
    }
    t.log(
        "main",
        format!("{}+{}", woken.load(SeqCst), others.load(SeqCst)),
    );
}

/// Branches that other threads wake, at the same time and again and again.
pub async fn t212_branches_are_woken_from_other_threads(t: Trace) {
    const BRANCHES: usize = 8;
    const TURNS: usize = 50;
    let gates: Vec<Vec<Gate>> = (0..BRANCHES)
        .map(|_| (0..TURNS).map(|_| Gate::new()).collect())
        .collect();
    let openers: Vec<_> = gates
        .iter()
        .cloned()
        .map(|gates| {
            thread::spawn(move || {
                for gate in gates {
                    gate.open();
                    thread::yield_now();
                }
            })
        })
        .collect();
    let turns = gather(
        gates
            .iter()
            .map(async |gates| {
                for gate in gates {
                    gate.wait().await;
                }
                gates.len()
            })
            .collect::<Vec<_>>(),
    )
    .await;
    for opener in openers {
        opener.join().unwrap();
    }
    t.log("main", turns.into_iter().sum::<usize>());
}

/// A cancel from outside reaches the tasks of a branch, and the branch waits for them.
pub async fn t213_a_branch_may_own_tasks(t: Trace) {
    let outcome = scope(async |s| {
        gather((
            task_group(async |tg| {
                let (started, probe) = (Gate::new(), OnDrop::new(&t, "child", "dropped"));
                let opened = started.clone();
                tg.spawn(async move {
                    let _probe = probe;
                    shield(async {
                        opened.open();
                        yield_now().await;
                    })
                    .await;
                    forever().await;
                });
                started.wait().await;
                s.cancel();
                forever().await;
            }),
            forever(),
        ))
        .await;
    })
    .await;
    t.log("child", format!("{:?}", outcome.unwrap_err().reason()));
}

/// Branches that always wake themselves starve neither the others nor other tasks, on one thread too.
pub async fn t214_a_busy_branch_starves_nobody(t: Trace) {
    let done = AtomicBool::new(false);
    let seen = Arc::new(AtomicBool::new(false));
    task_group(async |tg| {
        let sees = Arc::clone(&seen);
        gather((
            async {
                while !done.load(Relaxed) {
                    foreign_yield().await;
                }
            },
            async {
                // Always ready, but for the budget.
                while !done.load(Relaxed) {
                    shield(async {}).await;
                    anyrt::time::sleep_until(anyrt::time::Instant::now()).await;
                }
            },
            async {
                for _ in 0..100 {
                    yield_now().await;
                }
                tg.spawn(async move {
                    yield_now().await;
                    sees.store(true, SeqCst);
                });
                while !seen.load(SeqCst) {
                    yield_now().await;
                }
                done.store(true, Relaxed);
            },
        ))
        .await;
    })
    .await;
    t.log("main", "done");
}

/// Dropped by foreign code after each number of polls, in the place where it ran and elsewhere: all branches go.
pub async fn t215_dropped_at_each_poll(t: Trace) {
    let (alive, probes) = (AtomicUsize::new(0), AtomicUsize::new(0));
    for polls in 0..6 {
        let branch = async |yields: u32| {
            alive.fetch_add(1, SeqCst);
            probes.fetch_add(1, SeqCst);
            let _probe = Defer(|| {
                alive.fetch_sub(1, SeqCst);
            });
            for _ in 0..yields {
                yield_now().await;
            }
            shield(yield_now()).await;
            task_group(async |tg| {
                tg.spawn(yield_now());
            })
            .await;
        };
        let mut all = Box::pin(gather((
            branch(0),
            branch(1),
            gather([branch(2), branch(3)]),
        )));
        for _ in 0..polls {
            if peek(&mut all).await.is_ready() {
                break;
            }
            foreign_yield().await;
        }
        drop(all);
        assert_eq!(alive.load(SeqCst), 0);
    }
    t.log("main", probes.load(SeqCst));
}

/// Branches that nobody woke move along when the whole is polled in another place.
pub async fn t216_unwoken_branches_move_along(t: Trace) {
    let mut all = Box::pin(gather((
        async {
            let _probe = OnDrop::new(&t, "branch", "dropped");
            forever().await;
        },
        forever(),
    )));
    let first = scope(async |_s| assert!(peek(&mut all).await.is_pending())).await;
    assert!(first.is_ok());
    let second = scope(async |s| {
        assert!(peek(&mut all).await.is_pending());
        s.cancel();
        all.as_mut().await;
    })
    .await;
    t.log("branch", format!("{:?}", second.unwrap_err().reason()));
}

/// Once a cancel has dropped its branches, it is not awaited for ever in another place.
pub async fn t217_a_cancelled_gather_is_not_awaited_again(t: Trace) {
    let mut all = Box::pin(gather((forever(), forever())));
    let outcome = scope(async |s| {
        s.cancel();
        all.as_mut().await;
    })
    .await;
    assert!(outcome.is_err());
    let text = caught(all).await.unwrap_err();
    t.log("main", text.contains("its body is gone"));
}

/// A scope that ends in one branch is that branch's own.
pub async fn t218_a_scope_in_a_branch_is_its_own(t: Trace) {
    let (inner, other) = gather((
        scope(async |s| {
            s.cancel();
            forever().await;
        }),
        async {
            yield_now().await;
            is_cancelled()
        },
    ))
    .await;
    t.log("main", format!("{:?}-{other}", inner.unwrap_err().reason()));
}

/// Where no runtime is entered by the facade, as inside a foreign combinator.
pub async fn t219_polled_from_outside(t: Trace) {
    let mut all = Box::pin(gather((async { 1 }, async {
        foreign_yield().await;
        2
    })));
    let first = anyrt_core::context::leave(|| poll_once(all.as_mut()));
    assert!(first.is_pending());
    t.log("main", format!("{:?}", all.await));
}

/// A timeout around ends branches that wait, and only it reports.
pub async fn t220_a_timeout_around_branches(t: Trace) {
    let outcome = move_on_after(std::time::Duration::from_millis(20), async {
        gather((forever(), anyrt::time::sleep_forever())).await
    })
    .await;
    t.log("main", format!("{outcome:?}"));
}

/// Two hundred deep, one in the other.
pub async fn t221_nested_deeply(t: Trace) {
    fn nested(depth: u32) -> Pin<Box<dyn Future<Output = u32> + Send>> {
        Box::pin(async move {
            if depth == 0 {
                yield_now().await;
                return 0;
            }
            let (below, one) = gather((nested(depth - 1), async { 1 })).await;
            below + one
        })
    }
    t.log("main", nested(200).await);
}
