//! Shields: what a cancel from outside does not end.

use std::time::Duration;

use anyrt::{
    cancel::{CancelScope, Deadline, current_deadline, is_cancelled},
    fail_after, move_on_after, scope, shield, sleep,
    task::TaskGroup,
    task_group,
    time::Instant,
    yield_now,
};

use crate::{
    Trace,
    tools::{Defer, Gate, OnDrop, both, forever, peek},
};

/// A shielded sleep completes in a cancelled scope; the next one outside does not. Catalogue D.67.
pub async fn c030_a_shield_completes(t: Trace) {
    let outcome = scope(async |s| {
        s.cancel();
        shield(async {
            sleep(Duration::from_millis(10)).await;
            t.log("body", "shielded");
        })
        .await;
        sleep(Duration::ZERO).await;
        t.log("body", "went-on");
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// A scope inside a shield is cancelled as ever. Catalogue D.68.
pub async fn c031_a_scope_inside_a_shield_works(t: Trace) {
    let outcome = scope(async |outer| {
        outer.cancel();
        shield(async {
            let inner = scope(async |s| {
                yield_now().await;
                t.log("inner", "alive");
                s.cancel();
                yield_now().await;
            })
            .await;
            t.log("inner", format!("{:?}", inner.unwrap_err().reason()));
        })
        .await;
        4
    })
    .await;
    t.log("main", outcome.unwrap());
}

/// A deadline inside a shield bounds the clean-up. Catalogue D.72.
pub async fn c032_a_deadline_inside_a_shield_works(t: Trace) {
    let outcome = scope(async |s| {
        s.cancel();
        let (brief, began) = (Duration::from_millis(10), Instant::now());
        let moved = shield(move_on_after(brief, forever())).await;
        assert!(began.elapsed() >= brief, "the cancel from outside ended it");
        t.log(
            "body",
            if moved.is_none() {
                "moved-on"
            } else {
                "finished"
            },
        );
        let failed = shield(fail_after(brief, forever())).await;
        assert!(
            began.elapsed() >= 2 * brief,
            "the cancel from outside ended it"
        );
        t.log(
            "body",
            if failed.is_err() {
                "timed-out"
            } else {
                "finished"
            },
        );
        yield_now().await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// A shield deep inside keeps every cancelled scope around it, and they all go when it ends.
pub async fn c033_a_shield_holds_every_scope_around_it(t: Trace) {
    let outcome = scope(async |outer| {
        let _probe = OnDrop::new(&t, "bodies", "outer-dropped");
        let _ = scope(async |inner| {
            let _probe = OnDrop::new(&t, "bodies", "inner-dropped");
            inner.cancel();
            outer.cancel();
            shield(async {
                yield_now().await;
                yield_now().await;
                t.log("bodies", "shield-ends");
            })
            .await;
            yield_now().await;
        })
        .await;
        t.log("bodies", "went-on");
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// While a shield in a body is open, the rest of that body goes on as well: it is one future.
pub async fn c034_a_body_lives_as_a_whole(t: Trace) {
    let outcome = scope(async |s| {
        let (seen, release) = (Gate::new(), Gate::new());
        let held = async {
            s.cancel();
            shield(release.wait()).await;
        };
        let beside = async {
            for _ in 0..3 {
                yield_now().await;
            }
            sleep(Duration::from_millis(2)).await;
            t.log("beside", "went-on");
            release.open();
            seen.open();
            forever().await;
        };
        both(held, beside).await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// A shield that ends leaves the cancel in force for what follows. Catalogue D.82.
pub async fn c035_the_state_inside_and_after_a_shield(t: Trace) {
    let word = || match current_deadline() {
        Deadline::Never => "never",
        Deadline::At(_) => "at",
        Deadline::Cancelled => "cancelled",
    };
    let outcome = scope(async |s| {
        t.log("state", word());
        s.cancel();
        t.log("state", word());
        shield(async { t.log("state", word()) }).await;
        t.log("state", word());
    })
    .await;
    t.log(
        "main",
        if outcome.is_ok() {
            "value"
        } else {
            "cancelled"
        },
    );
}

/// A shield inside a shield: the scope waits for the outer one, not only for the inner.
pub async fn c036_shields_nest(t: Trace) {
    let outcome = scope(async |s| {
        shield(async {
            s.cancel();
            shield(yield_now()).await;
            t.log("inner", is_cancelled());
            yield_now().await;
            t.log("outer", "done");
        })
        .await;
        yield_now().await;
        t.log("outer", "went-on");
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// A shield in a child holds the child, and with it the group and the scope around.
pub async fn c037_a_shield_in_a_child_holds_the_group(t: Trace) {
    let outcome = scope(async |s| {
        task_group(async |tg: TaskGroup| {
            let (trace, inside, cancelled) = (t.clone(), Gate::new(), Gate::new());
            let (opened, waited) = (inside.clone(), cancelled.clone());
            tg.spawn(async move {
                shield(async {
                    opened.open();
                    waited.wait().await;
                    sleep(Duration::from_millis(2)).await;
                    trace.log("order", "shield-ends");
                })
                .await;
                yield_now().await;
                trace.log("order", "went-on");
            });
            inside.wait().await;
            s.cancel();
            cancelled.open();
            forever().await;
        })
        .await;
    })
    .await;
    t.log("order", "scope-ends");
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// Foreign code that drops a shield ends its body at once: not prevented, and nobody is left waiting.
pub async fn c038_a_dropped_shield_holds_nothing(t: Trace) {
    let outcome = scope(async |s| {
        let body = async {
            let _probe = OnDrop::new(&t, "shield", "dropped");
            forever().await;
        };
        let mut shielded = Box::pin(shield(body));
        assert!(peek(&mut shielded).await.is_pending());
        drop(shielded);
        s.cancel();
        yield_now().await;
        t.log("body", "went-on");
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// A shield that panics holds nothing any more.
pub async fn c039_a_panic_opens_a_shield(t: Trace) {
    let outcome = scope(async |s| {
        let shielded = shield(async {
            yield_now().await;
            panic!("on-purpose");
        });
        let panicked = crate::tools::caught(shielded).await;
        t.log("body", panicked.map(|()| "returned").unwrap_err());
        s.cancel();
        let _end = Defer(|| t.log("body", "dropped"));
        forever().await;
    })
    .await;
    t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
}

/// A cancel that comes while a scope inside the shield waits does not reach it.
pub async fn c040_a_later_cancel_stops_at_the_shield(t: Trace) {
    let outcome = scope(async |s| {
        let (waiting, cancelled) = (Gate::new(), Gate::new());
        let (begun, told) = (waiting.clone(), cancelled.clone());
        let inner = async move |_: CancelScope| {
            begun.open();
            told.wait().await;
            t.log("inner", is_cancelled());
            yield_now().await;
            t.log("inner", "went-on");
            t
        };
        let cancel = async move {
            waiting.wait().await;
            yield_now().await;
            s.cancel();
            cancelled.open();
        };
        both(shield(scope(inner)), cancel).await.0
    })
    .await;
    outcome.unwrap().unwrap().log("main", "both-returned");
}
