//! Reports that name a line of the program: what holds in a task, what a run has left behind.

use std::{panic::Location, time::Duration};

use anyrt::{
    RunError,
    debug::{HolderKind, TaskState, TreeEntry, task_tree},
    finally, shield,
    sync::CapacityLimiter,
    task::{LocalTaskGroup, Ready, TaskGroup, local_task_group},
    task_group,
    thread::{from_thread, to_thread},
};

use crate::{
    Trace,
    rig::Rig,
    tools::{Defer, Gate, both, forever, peek, until},
};

/// The entry of this name. Inside a foreign runtime the tree is that of the whole process.
fn entry(name: &str) -> Option<TreeEntry> {
    let tree = task_tree().expect("there is a runtime");
    tree.iter()
        .find(|entry| entry.name.as_deref() == Some(name))
        .cloned()
}

/// Whether a place is in this file.
fn is_here(place: &Location<'_>) -> bool {
    place.file() == file!()
}

/// The kinds of what holds in the task of this name, each with whether its place is here.
fn holders(name: &str) -> String {
    let Some(entry) = entry(name) else {
        return "missing".to_owned();
    };
    let kinds = entry.holders.iter().map(|holder| {
        let kind = match holder.kind {
            HolderKind::Shield => "shield",
            HolderKind::Cleanup => "cleanup",
            HolderKind::TaskGroup => "group",
            HolderKind::WorkerThread => "thread",
            HolderKind::Token => "token",
            _ => "another",
        };
        let place = if is_here(holder.place) {
            "here"
        } else {
            "elsewhere"
        };
        format!("{kind}-{place}")
    });
    kinds.collect::<Vec<_>>().join(" ")
}

/// Whether its poll is over: what it does in there has been done.
fn is_at_rest(name: &str) -> bool {
    entry(name).is_some_and(|entry| entry.state == TaskState::Waiting)
}

/// A task in the tree has all that holds in it, with the place of each; a group that has an entry of its own says so there.
pub async fn t800_the_tree_names_what_holds(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let release = Gate::new();
        let end = release.clone();
        tg.named("t800-held").spawn(async move {
            both(shield(end.wait()), finally(end.wait(), async || ())).await;
        });
        let end = release.clone();
        tg.named("t800-thread").spawn(async move {
            to_thread(move || from_thread::run(end.wait()))
                .await
                .unwrap();
        });
        let end = release.clone();
        tg.named("t800-group").spawn(async move {
            task_group(async |tg: TaskGroup| {
                tg.spawn(end.wait());
            })
            .await;
        });
        let end = release.clone();
        tg.named("t800-local").spawn(async move {
            local_task_group(async |lg: LocalTaskGroup<'_>| {
                lg.spawn(end.wait());
            })
            .await;
        });
        for name in ["t800-held", "t800-thread", "t800-local"] {
            until(|| is_at_rest(name) && entry(name).is_some_and(|entry| entry.is_held)).await;
            t.log(name.trim_start_matches("t800-"), holders(name));
        }
        until(|| entry("t800-group").is_some_and(|entry| entry.is_held)).await;
        let listed = task_tree()
            .unwrap()
            .iter()
            .any(|entry| entry.state == TaskState::Group && is_here(entry.place));
        t.log("group", if listed { "listed" } else { "missing" });
        t.log("group", format!("[{}]", holders("t800-group")));
        release.open();
    })
    .await;
}

/// A call that waits for a token holds nothing; the tree says that it waits.
pub async fn t801_the_tree_names_a_wait_for_a_token(t: Trace) {
    let limiter = CapacityLimiter::new(1);
    let token = limiter.acquire().await;
    task_group(async |tg: TaskGroup| {
        let limit = limiter.clone();
        tg.named("t801").spawn(async move {
            to_thread(|| ()).limiter(&limit).await;
        });
        until(|| limiter.statistics().waiting == 1).await;
        until(|| is_at_rest("t801")).await;
        t.log("waits", holders("t801"));
        let line = task_tree().unwrap().to_string();
        let line = line.lines().find(|line| line.contains("`t801`")).unwrap();
        let said = line.contains(", waits for a token of a limiter at ");
        t.log("printed", if said { "said" } else { line });
        t.log("held", entry("t801").unwrap().is_held);
        drop(token);
    })
    .await;
}

/// A child of a group that has returned is dropped unpolled: its handle says so, and the group counts it.
pub async fn t802_a_refused_child_is_seen(t: Trace) {
    let group = task_group(async |tg: TaskGroup| {
        tg.spawn(async {}).await.unwrap();
        tg
    })
    .await;
    let gone = Gate::new();
    let opened = gone.clone();
    let on_drop = Defer(move || opened.open());
    let child = group.spawn_value(async move {
        drop(on_drop);
        1
    });
    t.log("dropped", gone.is_open());
    t.log("refused", child.was_refused());
    t.log("outcome", format!("{:?}", child.await));
    let refused = group.statistics().refused;
    let start = group.start(async |ready: Ready<()>| ready.set(())).await;
    t.log("start", format!("{start:?}"));
    t.log(
        "counted",
        format!("{refused} {}", group.statistics().refused),
    );
    t.log("spawned", group.statistics().spawned);

    let live = task_group(async |tg: TaskGroup| {
        tg.cancel();
        let child = tg.spawn(async {});
        (child.was_refused(), tg.statistics().refused)
    });
    t.log("cancelled", format!("{:?}", live.await));

    let group = local_task_group(async |lg: LocalTaskGroup<'_>| lg).await;
    let child = group.spawn(async {});
    t.log("local", child.was_refused());
    t.log("local", group.statistics().refused);
}

/// The error of a run that does not end in time names each task that is left, what holds in it, and each function on a
/// worker thread, with lines of the program.
pub fn t803_what_is_left_behind_is_listed(rig: &Rig, t: &Trace) {
    let outcome = rig.run_within(Duration::from_millis(20), async move {
        let (inside, running) = (Gate::new(), Gate::new());
        let (here, there) = (inside.clone(), running.clone());
        let mut orphaned = Box::pin(task_group(async move |tg: TaskGroup| {
            tg.named("t803-left").spawn(async move {
                here.open();
                shield(forever()).await;
            });
            tg.named("t803-thread").spawn(async move {
                to_thread(move || {
                    from_thread::run(shield(async move {
                        there.open();
                        forever().await;
                    }))
                })
                .await
                .unwrap_err();
            });
            forever().await;
        }));
        assert!(peek(&mut orphaned).await.is_pending());
        inside.wait().await;
        running.wait().await;
        drop(orphaned);
    });
    let Err(error @ RunError::Unfinished { .. }) = outcome else {
        return t.log("left", "another");
    };
    let text = error.to_string();
    let RunError::Unfinished {
        left, functions, ..
    } = &error
    else {
        return;
    };
    for (lane, name) in [("left", "t803-left"), ("thread", "t803-thread")] {
        let found = left
            .iter()
            .find(|entry| entry.name.as_deref() == Some(name));
        let Some(found) = found else {
            t.log(lane, "missing");
            continue;
        };
        t.log(
            lane,
            if is_here(found.place) {
                "here"
            } else {
                "elsewhere"
            },
        );
        let kinds = found
            .holders
            .iter()
            .map(|holder| format!("{:?}", holder.kind));
        t.log(lane, kinds.collect::<Vec<_>>().join("-"));
        let is_said = text.contains(&format!("task `{name}` spawned at {}", found.place));
        t.log(lane, if is_said { "said" } else { "unsaid" });
    }
    let places = functions.iter().map(|place| is_here(place));
    t.log("functions", format!("{:?}", places.collect::<Vec<_>>()));
    let is_said = text.contains("a function on a worker thread, called at ");
    t.log("functions", if is_said { "said" } else { "unsaid" });
}
