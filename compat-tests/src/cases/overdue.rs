//! Finding out what a cancelled scope waits for.

use std::time::Duration;

use anyrt::{
    RunError,
    debug::{HolderKind, OverdueScope, overdue},
    finally, scope, shield,
    task::TaskGroup,
    task_group,
};

use crate::{
    Trace,
    rig::Rig,
    tools::{Gate, both, forever, peek},
};

/// The kinds of holder, for the one scope that is late; every place is in this file.
fn words(scopes: &[OverdueScope]) -> String {
    let [scope] = scopes else {
        return if scopes.is_empty() { "none" } else { "several" }.into();
    };
    let mut words = vec![
        scope
            .reason
            .map_or("none".into(), |reason| format!("{reason:?}")),
    ];
    for holder in &scope.holders {
        assert!(holder.place.file().ends_with("overdue.rs"), "{holder}");
        words.push(match holder.kind {
            HolderKind::Shield => "shield".into(),
            HolderKind::Cleanup => "cleanup".into(),
            HolderKind::TaskGroup => "group".into(),
            kind => format!("{kind}").replace(' ', "-"),
        });
    }
    words.join(" ")
}

/// Shields, clean-ups and groups, in the scope's own task and in its children.
pub async fn c180_what_a_scope_waits_for_is_named(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let (t, inside) = (t.clone(), t.clone());
        let watched = tg.spawn(async move {
            let (end, held) = (Gate::new(), Gate::new());
            let outcome = scope(async |s| {
                let (opened, waited) = (held.clone(), end.clone());
                let group = task_group(async move |tg: TaskGroup| {
                    tg.spawn(async move {
                        // It holds when the gate opens: it has suspended once.
                        both(shield(waited.wait()), async { opened.open() }).await;
                    });
                    forever().await;
                });
                let watch = async {
                    held.wait().await;
                    inside.log("before", words(&overdue().unwrap()));
                    s.cancel();
                    // Both have suspended once, and hold.
                    inside.log("waiting", words(&overdue().unwrap()));
                    end.open();
                    forever().await;
                };
                let cleaned = finally(end.wait(), async || ());
                both(both(group, cleaned), both(shield(end.wait()), watch)).await;
            });
            assert!(outcome.await.is_err());
        });
        watched.await.unwrap();
        t.log("after", words(&overdue().unwrap()));
    })
    .await;
}

/// A run that does not end in time says what it waited for.
pub fn c181_a_run_names_what_it_waits_for(rig: &Rig, t: &Trace) {
    let outcome = rig.run_within(Duration::from_millis(20), async {
        let held = Gate::new();
        let opened = held.clone();
        let mut orphaned = Box::pin(task_group(async move |tg: TaskGroup| {
            tg.spawn(async move {
                shield(async {
                    opened.open();
                    forever().await;
                })
                .await;
            });
            forever().await;
        }));
        assert!(peek(&mut orphaned).await.is_pending());
        held.wait().await;
        drop(orphaned);
    });
    match outcome {
        Err(error @ RunError::Unfinished { .. }) => {
            let text = error.to_string();
            if let RunError::Unfinished { overdue, .. } = &error {
                t.log("left", words(overdue));
            }
            t.log(
                "text",
                if text.contains("a shield at") {
                    "named"
                } else {
                    "missing"
                },
            );
        }
        _ => t.log("left", "another"),
    }
}
