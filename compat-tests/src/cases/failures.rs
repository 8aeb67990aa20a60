//! Groups in which something goes wrong: errors and panics.

use std::{
    error::Error as _,
    panic,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use anyrt::{
    scope, shield,
    task::{Errors, FirstError, TaskGroup, TryTaskGroup},
    task_group, try_task_group, yield_now,
};

use crate::{
    Trace,
    tools::{Defer, Gate, OnDrop, caught, forever},
};

type Group = TryTaskGroup<&'static str>;

fn log<T>(t: &Trace, outcome: Result<T, Errors<&'static str>>) {
    match outcome {
        Ok(_) => t.log("main", "ok"),
        Err(errors) => errors.iter().for_each(|error| t.log("main", error)),
    }
}

/// The first error cancels the other children. Catalogue A.6.
pub async fn t030_an_error_cancels_the_siblings(t: Trace) {
    let outcome = try_task_group(async |tg: Group| {
        let (started, probe) = (Gate::new(), OnDrop::new(&t, "sibling", "dropped"));
        let opened = started.clone();
        tg.spawn(async move {
            let _probe = probe;
            opened.open();
            forever().await;
            Ok(())
        });
        tg.spawn(async move {
            started.wait().await;
            Err("first")
        });
        Ok(())
    })
    .await;
    log(&t, outcome);
}

/// A child's error interrupts the body. Catalogue A.7.
pub async fn t031_an_error_cancels_the_body(t: Trace) {
    let outcome = try_task_group(async |tg: Group| {
        let _probe = OnDrop::new(&t, "body", "dropped");
        tg.spawn(async { Err("child") });
        forever().await;
        t.log("body", "went-on");
        Ok(())
    })
    .await;
    log(&t, outcome);
}

/// The body's error cancels the children. Catalogue A.8.
pub async fn t032_an_error_of_the_body_cancels_the_children(t: Trace) {
    let outcome: Result<(), _> = try_task_group(async |tg: Group| {
        let (started, probe) = (Gate::new(), OnDrop::new(&t, "child", "dropped"));
        let opened = started.clone();
        tg.spawn(async move {
            let _probe = probe;
            opened.open();
            forever().await;
            Ok(())
        });
        started.wait().await;
        Err("body")
    })
    .await;
    log(&t, outcome);
}

/// An error raised while being cancelled is not lost, and comes second. Catalogue A.9.
pub async fn t033_no_error_is_lost(t: Trace) {
    let outcome = try_task_group(async |tg: Group| {
        let (shielded, cancelled) = (Gate::new(), Gate::new());
        let (opened, go_on) = (shielded.clone(), cancelled.clone());
        tg.spawn(async move {
            shield(async {
                opened.open();
                go_on.wait().await;
            })
            .await;
            Err("second")
        });
        tg.spawn(async move {
            let _cancelled = Defer(move || cancelled.open());
            forever().await;
            Ok(())
        });
        tg.spawn(async move {
            shielded.wait().await;
            Err("first")
        });
        Ok(())
    })
    .await;
    log(&t, outcome);
}

/// The body fails, and a child fails while it is cancelled for that: both come out, in order. Catalogue A.10.
pub async fn t034_the_errors_of_body_and_child_come_out(t: Trace) {
    let outcome: Result<(), _> = try_task_group(async |tg: Group| {
        let (inside, cancelled) = (Gate::new(), Gate::new());
        let (opened, go_on) = (inside.clone(), cancelled.clone());
        tg.spawn(async move {
            shield(async {
                opened.open();
                go_on.wait().await;
            })
            .await;
            Err("child")
        });
        tg.spawn(async move {
            let _cancelled = Defer(move || cancelled.open());
            forever().await;
            Ok(())
        });
        inside.wait().await;
        Err("body")
    })
    .await;
    log(&t, outcome);
}

/// An error that comes when the body has ended cancels the others all the same. Catalogue A.11.
pub async fn t035_a_late_error_cancels_the_others(t: Trace) {
    let outcome = try_task_group(async |tg: Group| {
        let (started, release) = (Gate::new(), Gate::new());
        let (opened, go) = (started.clone(), release.clone());
        let probe = OnDrop::new(&t, "sibling", "dropped");
        tg.spawn(async move {
            let _probe = probe;
            opened.open();
            forever().await;
            Ok(())
        });
        tg.spawn(async move {
            started.wait().await;
            go.wait().await;
            Err("late")
        });
        let _release = Defer(move || release.open());
        t.log("body", "ended");
        Ok(())
    })
    .await;
    log(&t, outcome);
}

/// After a child has failed another one may be spawned, and is cancelled at once. Catalogue A.27.
pub async fn t036_a_failing_group_still_takes_children(t: Trace) {
    let outcome = try_task_group(async |tg: Group| {
        let (inside, failed) = (Gate::new(), Gate::new());
        let (opened, go_on, group, trace) = (inside.clone(), failed.clone(), tg.clone(), t.clone());
        tg.spawn(async move {
            shield(async {
                opened.open();
                go_on.wait().await;
            })
            .await;
            let probe = OnDrop::new(&trace, "late", "dropped");
            group.spawn(async move {
                let _probe = probe;
                trace.log("late", "started");
                yield_now().await;
                Err("late")
            });
            Ok(())
        });
        tg.spawn(async move {
            let _failed = Defer(move || failed.open());
            forever().await;
            Ok(())
        });
        inside.wait().await;
        Err::<(), _>("first")
    })
    .await;
    log(&t, outcome);
}

/// A group inside a child fails: the outer group hears only what it is told.
pub async fn t037_an_inner_groups_error_stays_inside(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let (trace, release) = (t.clone(), Gate::new());
        let go = release.clone();
        tg.spawn(async move {
            let outcome: Result<(), _> = try_task_group(async |_tg: Group| Err("inner")).await;
            log(&trace, outcome);
            go.open();
        });
        let trace = t.clone();
        tg.spawn(async move {
            release.wait().await;
            trace.log("sibling", "finished");
        });
    })
    .await;
}

/// A child panics: the others are cancelled and gone before the panic resumes. Catalogue A.23.
pub async fn t038_a_panic_joins_the_others_and_resumes(t: Trace) {
    let trace = t.clone();
    let outcome = caught(task_group(async move |tg: TaskGroup| {
        let (started, probe) = (Gate::new(), OnDrop::new(&trace, "main", "sibling-gone"));
        let opened = started.clone();
        tg.spawn(async move {
            let _probe = probe;
            opened.open();
            forever().await;
        });
        tg.spawn(async move {
            started.wait().await;
            panic!("on-purpose");
        });
    }))
    .await;
    t.log("main", outcome.unwrap_err());
}

/// The body panics: the children are cancelled and gone before the panic resumes.
pub async fn t039_a_panic_of_the_body_joins_the_children(t: Trace) {
    let trace = t.clone();
    let outcome = caught(task_group(async move |tg: TaskGroup| {
        let (started, probe) = (Gate::new(), OnDrop::new(&trace, "main", "child-gone"));
        let opened = started.clone();
        tg.spawn(async move {
            let _probe = probe;
            opened.open();
            forever().await;
        });
        started.wait().await;
        panic!("on-purpose");
    }))
    .await;
    t.log("main", outcome.map(|()| "returned").unwrap_err());
}

/// A panic beats errors, whichever came first.
pub async fn t040_a_panic_beats_errors(t: Trace) {
    let outcome = caught(try_task_group(async move |tg: TryTaskGroup<u8>| {
        let (inside, failed) = (Gate::new(), Gate::new());
        let (opened, go_on) = (inside.clone(), failed.clone());
        tg.spawn(async move {
            shield(async {
                opened.open();
                go_on.wait().await;
            })
            .await;
            panic!("second");
        });
        tg.spawn(async move {
            let _failed = Defer(move || failed.open());
            forever().await;
            Ok(())
        });
        inside.wait().await;
        Err::<(), _>(1)
    }))
    .await;
    t.log("main", outcome.unwrap_err());
}

/// The panic arrives with its own payload, of whatever type.
pub async fn t041_a_panic_keeps_its_payload(t: Trace) {
    struct Payload(u8);
    let mut group = Box::pin(task_group(async |tg: TaskGroup| {
        tg.spawn(async { panic::panic_any(Payload(9)) });
    }));
    let payload = std::future::poll_fn(|cx| {
        match panic::catch_unwind(panic::AssertUnwindSafe(|| group.as_mut().poll(cx))) {
            Ok(poll) => poll.map(|()| None),
            Err(payload) => std::task::Poll::Ready(payload.downcast::<Payload>().ok()),
        }
    })
    .await;
    t.log("main", payload.map_or(0, |payload| payload.0));
}

/// A destructor that panics in a cancelled child is a panic of that child; nobody is left behind.
pub async fn t042_a_panicking_destructor_is_a_panic(t: Trace) {
    let trace = t.clone();
    let outcome = caught(task_group(async move |tg: TaskGroup| {
        let (started, probe) = (Gate::new(), OnDrop::new(&trace, "main", "sibling-gone"));
        let opened = started.clone();
        tg.spawn(async move {
            let _bomb = Defer(|| panic!("in-drop"));
            opened.open();
            forever().await;
        });
        tg.spawn(async move {
            let _probe = probe;
            forever().await;
        });
        started.wait().await;
        tg.cancel();
    }))
    .await;
    t.log("main", outcome.unwrap_err());
}

/// A payload that panics when it is dropped changes nothing: the first panic resumes.
pub async fn t043_a_panicking_payload_changes_nothing(t: Trace) {
    let outcome = caught(task_group(async move |tg: TaskGroup| {
        let (first, cancelled) = (Gate::new(), Gate::new());
        let (opened, go_on) = (first.clone(), cancelled.clone());
        tg.spawn(async move {
            shield(async {
                opened.open();
                go_on.wait().await;
            })
            .await;
            panic::panic_any(Bomb);
        });
        tg.spawn(async move {
            let _cancelled = Defer(move || cancelled.open());
            forever().await;
        });
        first.wait().await;
        panic!("first");
    }))
    .await;
    t.log("main", outcome.map(|()| "returned").unwrap_err());
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("payload");
        }
    }
}

/// `Errors`: never empty, first first, and a short text.
pub async fn t044_errors_tell_the_first_and_the_number(t: Trace) {
    let outcome: Result<(), Errors<std::num::ParseIntError>> = try_task_group(async |tg| {
        tg.spawn(async { "a".parse::<u8>().map(drop) });
        "999".parse::<u8>()?;
        Ok(())
    })
    .await;
    let errors = outcome.unwrap_err();
    t.log(
        "errors",
        format!("{}-of-{}", errors.len(), errors.iter().count()),
    );
    let source = errors.source().expect("there is a first").to_string();
    t.log(
        "source",
        if source == errors.first().to_string() {
            "first"
        } else {
            "another"
        },
    );
    t.log(
        "text",
        if errors.to_string().starts_with(&source) {
            "first"
        } else {
            "another"
        },
    );
}

/// `first_err` is the way into a function with one error.
pub async fn t045_first_err_keeps_the_first(t: Trace) {
    async fn one() -> Result<u8, &'static str> {
        let value = try_task_group(async |_tg: Group| Ok(1)).await.first_err()?;
        try_task_group(async |_tg: Group| Err::<u8, _>("no"))
            .await
            .first_err()?;
        Ok(value)
    }
    t.log("main", one().await.unwrap_err());
}

/// A cancel from outside, and an error raised because of it: the group returns the error.
pub async fn t046_an_error_of_a_cancelled_group_is_returned(t: Trace) {
    let outcome = scope(async |s| {
        let failed = try_task_group(async |tg: Group| {
            let inside = Gate::new();
            let opened = inside.clone();
            tg.spawn(async move {
                shield(async {
                    opened.open();
                    s.cancel();
                    yield_now().await;
                })
                .await;
                Err("clean-up")
            });
            inside.wait().await;
            forever().await;
            Ok(())
        })
        .await;
        log(&t, failed);
        forever().await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// Many children fail at once: every error comes out, once.
pub async fn t047_every_error_of_many_comes_out(t: Trace) {
    let drops = Arc::new(AtomicUsize::new(0));
    let outcome = try_task_group(async |tg: TryTaskGroup<usize>| {
        let (ready, go) = (Arc::new(AtomicUsize::new(0)), Gate::new());
        for number in 0..20 {
            let (ready, go, drops) = (ready.clone(), go.clone(), drops.clone());
            tg.spawn(async move {
                let _drop = Defer(move || {
                    drops.fetch_add(1, SeqCst);
                });
                if ready.fetch_add(1, SeqCst) == 19 {
                    go.open();
                }
                shield(go.wait()).await;
                Err(number)
            });
        }
        shield(go.wait()).await;
        Ok(())
    })
    .await;
    let mut errors = outcome.unwrap_err().into_vec();
    errors.sort_unstable();
    t.log(
        "errors",
        if errors.into_iter().eq(0..20) {
            "all"
        } else {
            "some"
        },
    );
    t.log("futures", drops.load(SeqCst));
}
