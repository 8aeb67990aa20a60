//! Names and places, the tree of tasks, polls that block.

use std::{
    future::Future,
    panic::{self, AssertUnwindSafe},
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use anyrt::{
    debug::{SlowPoll, TaskState, TreeEntry, on_slow_poll, task_tree},
    shield,
    task::{Ready, TaskGroup, TryTaskGroup},
    task_group, try_task_group, yield_now,
};

use crate::{
    Trace,
    rig::{Options, Rig},
    tools::{Gate, forever, until},
};

/// The entry of this name. Inside a foreign runtime the tree is that of the whole process.
fn entry(name: &str) -> Option<TreeEntry> {
    let tree = task_tree().expect("there is a runtime");
    tree.iter()
        .find(|entry| entry.name.as_deref() == Some(name))
        .cloned()
}

fn state(name: &str) -> String {
    let Some(entry) = entry(name) else {
        return "missing".to_owned();
    };
    let mut text = format!("{:?}", entry.state);
    for (mark, is_set) in [("cancelled", entry.is_cancelled), ("held", entry.is_held)] {
        if is_set {
            text = text + "-" + mark;
        }
    }
    text
}

/// Spawned in each of the five ways, on both kinds of group, a child has the name that it was given.
pub async fn t401_every_kind_of_child_has_its_name(t: Trace) {
    let names = |kind: &'static str| {
        ["spawn", "value", "daemon", "start", "start-daemon"]
            .map(|way| format!("t401-{kind}-{way}"))
    };
    let found = |names: &[String; 5]| {
        let found = names.iter().all(|name| entry(name).is_some());
        if found { "five" } else { "fewer" }
    };
    let [one, two, three, four, five] = names("infallible");
    task_group(async |tg: TaskGroup| {
        tg.named(one).spawn(forever());
        tg.named(two).spawn_value(forever());
        tg.named(three).spawn_daemon(forever());
        let starts = async |ready: Ready<()>| {
            ready.set(());
            forever().await;
        };
        tg.named(four).start(starts).await.unwrap();
        tg.named(five).start_daemon(starts).await.unwrap();
        t.log("infallible", found(&names("infallible")));
        tg.cancel();
    })
    .await;
    let [one, two, three, four, five] = names("fallible");
    let outcome = try_task_group(async |tg: TryTaskGroup<()>| {
        let endless = async || {
            forever().await;
            Ok(())
        };
        tg.named(one).spawn(endless());
        tg.named(two).spawn_value(endless());
        tg.named(three).spawn_daemon(endless());
        let starts = async |ready: Ready<()>| {
            ready.set(());
            forever().await;
            Ok(())
        };
        tg.named(four).start(starts).await.unwrap();
        tg.named(five).start_daemon(starts).await.unwrap();
        t.log("fallible", found(&names("fallible")));
        tg.cancel();
        Ok(())
    });
    outcome.await.unwrap();
}

/// A task that was never polled is new; one that looks is running; others wait, and may be cancelled or held.
pub async fn t402_the_tree_says_what_tasks_do(t: Trace) {
    let fresh = spawned_and_seen("t402-new").await;
    t.log("new", fresh);
    task_group(async |tg: TaskGroup| {
        let running = tg
            .named("t402-running")
            .spawn_value(async { state("t402-running") });
        t.log("running", running.await.unwrap());
        let (inside, release) = (Gate::new(), Gate::new());
        let (opened, waits) = (inside.clone(), release.clone());
        let waiting = tg.named("t402-waiting").spawn(async move {
            shield(async {
                yield_now().await;
                opened.open();
                waits.wait().await;
            })
            .await;
        });
        inside.wait().await;
        let before = at_rest("t402-waiting").await;
        t.log("waiting", before.trim_end_matches("-held"));
        waiting.cancel();
        // The cancel wakes it to look; it waits before and after.
        t.log("cancelled", at_rest("t402-waiting").await);
        release.open();
    })
    .await;
}

/// What the tree says of a child that is not being polled.
async fn at_rest(name: &str) -> String {
    loop {
        let seen = state(name);
        if !seen.starts_with("Running") {
            return seen;
        }
        yield_now().await;
    }
}

/// What the tree says of a child before its first poll; tried until nobody was quicker.
async fn spawned_and_seen(name: &'static str) -> String {
    loop {
        let seen = task_group(async |tg: TaskGroup| {
            let child = tg.named(name).spawn(forever());
            let seen = state(name);
            child.cancel();
            seen
        });
        let seen = seen.await;
        if seen.starts_with("New") {
            return seen;
        }
        yield_now().await;
    }
}

/// A task that has ended is in no tree, whether its handle is kept or its group goes on.
pub async fn t403_the_tree_does_not_show_the_dead(t: Trace) {
    let shown = || {
        if entry("t403").is_some() {
            "shown"
        } else {
            "gone"
        }
    };
    let handle = task_group(async |tg: TaskGroup| {
        let release = Gate::new();
        let child = tg.named("t403").spawn(release.wait());
        t.log("tree", shown());
        release.open();
        until(|| tg.statistics().alive == 0).await;
        t.log("tree", shown());
        Some(child)
    });
    let handle = handle.await.unwrap();
    t.log("tree", shown());
    handle.await.unwrap();
}

/// The place of a task is where it was spawned, that of a group where it was opened.
pub async fn t404_a_place_is_where_the_call_was(t: Trace) {
    let here = |entry: &TreeEntry, line: u32| {
        let is_here = entry.place.file() == file!() && entry.place.line() == line;
        if is_here { "here" } else { "elsewhere" }
    };
    let opened = line!() + 1;
    task_group(async |tg: TaskGroup| {
        let spawned = line!() + 1;
        tg.named("t404").spawn(forever());
        t.log("task", here(&entry("t404").unwrap(), spawned));
        let tree = task_tree().unwrap();
        let group = tree.iter().find(|entry| {
            entry.state == TaskState::Group
                && entry.place.file() == file!()
                && entry.place.line() == opened
        });
        t.log(
            "group",
            group.map_or("missing", |group| here(group, opened)),
        );
        tg.cancel();
    })
    .await;
}

/// A task lies below its group, and a group below the task that it was opened in.
pub async fn t405_the_tree_is_nested(t: Trace) {
    let inside = Gate::new();
    let opened = inside.clone();
    task_group(async |tg: TaskGroup| {
        tg.named("t405-outer").spawn(async move {
            task_group(async |tg: TaskGroup| {
                tg.named("t405-inner").spawn(async move {
                    opened.open();
                    forever().await;
                });
            })
            .await;
        });
        inside.wait().await;
        let tree = task_tree().unwrap();
        let entries: Vec<_> = tree.iter().collect();
        let at = entries
            .iter()
            .position(|entry| entry.name.as_deref() == Some("t405-outer"))
            .unwrap();
        // The group, the task in it, the group in that, the task in that.
        let group = entries[..at]
            .iter()
            .rfind(|entry| entry.depth + 1 == entries[at].depth);
        let base = group.unwrap().depth;
        t.log("depth", 0);
        for entry in &entries[at..at + 3] {
            t.log("depth", entry.depth - base);
        }
        tg.cancel();
    })
    .await;
}

/// Printed, the tree is a line for each entry, with name, place and state.
pub async fn t406_the_tree_prints_a_line_for_each(t: Trace) {
    task_group(async |tg: TaskGroup| {
        let inside = Gate::new();
        let opened = inside.clone();
        tg.named("t406").spawn(async move {
            opened.open();
            forever().await;
        });
        inside.wait().await;
        until(|| state("t406") == "Waiting").await;
        let text = task_tree().unwrap().to_string();
        let lines: Vec<_> = text.lines().collect();
        let at = lines
            .iter()
            .position(|line| line.contains("`t406`"))
            .unwrap();
        let says = |line: &str, word: &str| line.contains(word) && line.contains(file!());
        let indent = |line: &str| line.len() - line.trim_start().len();
        let group = lines[..at]
            .iter()
            .rfind(|line| indent(line) < indent(lines[at]))
            .unwrap();
        t.log(
            "group",
            if says(group, "group opened at ") {
                "opened-at"
            } else {
                group
            },
        );
        let child = lines[at].trim_start();
        t.log(
            "child",
            if indent(lines[at]) > 0 {
                "indented"
            } else {
                "flat"
            },
        );
        t.log(
            "child",
            if child.starts_with("task `t406` ") {
                "named"
            } else {
                child
            },
        );
        t.log(
            "child",
            if says(child, " spawned at ") {
                "spawned-at"
            } else {
                child
            },
        );
        t.log(
            "child",
            if child.ends_with(", waiting") {
                "waiting"
            } else {
                child
            },
        );
        tg.cancel();
    })
    .await;
}

/// Two hundred groups, one inside a task of the other.
pub async fn t407_a_deep_tree_is_no_recursion(t: Trace) {
    fn deeper(left: u32, seen: Gate) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move {
            if left == 0 {
                seen.open();
                return forever().await;
            }
            task_group(async |tg: TaskGroup| {
                tg.named(format!("t407-{left}"))
                    .spawn(deeper(left - 1, seen));
            })
            .await;
        })
    }
    let bottom = Gate::new();
    task_group(async |tg: TaskGroup| {
        tg.named("t407-top").spawn(deeper(100, bottom.clone()));
        bottom.wait().await;
        let (top, last) = (entry("t407-top").unwrap(), entry("t407-1").unwrap());
        t.log("depth", last.depth - top.depth + 1);
        tg.cancel();
    })
    .await;
}

/// The main future of a run is a task, too.
pub fn t408_main_has_a_name(rig: &Rig, t: &Trace) {
    let main = || {
        let tree = task_tree().unwrap();
        let main = tree.tasks().next().unwrap();
        format!(
            "{}-{:?}",
            main.name.as_deref().unwrap_or("nobody"),
            main.state
        )
    };
    t.log("run", rig.run(async move { main() }).unwrap());
    let local = rig.run_local(Options::default(), async { main() });
    t.log("run_local", local.unwrap());
}

/// Reports that have come, from every case of this process: each looks for its own.
static REPORTS: Mutex<Vec<(Option<String>, u32, Duration)>> = Mutex::new(Vec::new());

fn reports() -> MutexGuard<'static, Vec<(Option<String>, u32, Duration)>> {
    REPORTS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn collect(slow: &SlowPoll<'_>) {
    let name = slow.name.map(str::to_owned);
    reports().push((name, slow.place.line(), slow.duration));
}

const BLOCKED: Duration = Duration::from_millis(30);

fn limited(limit: Option<Duration>) -> Options {
    on_slow_poll(collect);
    Options {
        slow_poll: limit,
        ..Options::default()
    }
}

/// A poll that takes longer than the run allows is reported: which task, where it was spawned, how long.
pub fn t409_a_poll_that_blocks_is_reported(rig: &Rig, t: &Trace) {
    reports().retain(|(name, ..)| name.as_deref() != Some("blocking"));
    let line = rig.run_with(limited(Some(Duration::from_millis(10))), async {
        let tg = task_group(async |tg: TaskGroup| {
            let line = line!() + 1;
            let child = tg.named("blocking").spawn(async {
                yield_now().await;
                thread::sleep(BLOCKED);
            });
            child.await.unwrap();
            line
        });
        tg.await
    });
    let line = line.unwrap();
    let found = reports()
        .iter()
        .find(|(name, ..)| name.as_deref() == Some("blocking"))
        .cloned();
    let Some((_, place, duration)) = found else {
        return t.log("report", "none");
    };
    t.log("report", "blocking");
    t.log("report", if place == line { "here" } else { "elsewhere" });
    t.log(
        "report",
        if duration >= BLOCKED {
            "long-enough"
        } else {
            "too-short"
        },
    );

    let before = reports().len();
    let local = rig.run_local(limited(Some(Duration::from_millis(10))), async {
        thread::sleep(BLOCKED);
    });
    local.unwrap();
    let main = reports()[before..]
        .iter()
        .any(|(name, ..)| name.as_deref() == Some("main"));
    t.log("local", if main { "main" } else { "none" });
}

/// Nothing is reported without a limit, and nothing below it.
pub fn t410_without_a_limit_nothing_is_reported(rig: &Rig, t: &Trace) {
    for limit in [None, Some(Duration::from_secs(3600))] {
        let run = rig.run_with(limited(limit), async {
            task_group(async |tg: TaskGroup| {
                tg.named("unmeasured")
                    .spawn(async { thread::sleep(BLOCKED) });
            })
            .await;
        });
        run.unwrap();
        let count = reports()
            .iter()
            .filter(|(name, ..)| name.as_deref() == Some("unmeasured"))
            .count();
        t.log("reports", count);
    }
}

/// A poll that blocks and then panics is reported like any other.
pub fn t411_a_poll_that_blocks_and_panics_is_reported(rig: &Rig, t: &Trace) {
    reports().retain(|(name, ..)| name.as_deref() != Some("panicking"));
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        rig.run_with(limited(Some(Duration::from_millis(10))), async {
            task_group(async |tg: TaskGroup| {
                tg.named("panicking").spawn(async {
                    thread::sleep(BLOCKED);
                    panic!("on-purpose");
                });
            })
            .await;
        })
    }));
    assert!(outcome.is_err());
    let found = reports()
        .iter()
        .any(|(name, ..)| name.as_deref() == Some("panicking"));
    t.log("report", if found { "panicking" } else { "none" });
}
