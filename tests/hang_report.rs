//! What the simulator prints of a program that hangs: a line of the program for each task.
#![cfg(feature = "sim")]

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use anyrt::{
    Builder,
    channel::channel,
    move_on_after, shield,
    sync::{Event, Mutex},
    task::TaskGroup,
    task_group,
    thread::{from_thread, to_thread},
    time::sleep_forever,
};

/// What the run panics with, line by line.
fn report<Fut>(main: Fut) -> Vec<String>
where
    Fut: Future<Output = ()> + Send + 'static,
{
    let ended = catch_unwind(AssertUnwindSafe(|| Builder::new().backend("sim").run(main)));
    let payload = ended.expect_err("the run hangs");
    let text = payload.downcast::<String>().expect("a panic with a text");
    text.lines().map(|line| line.trim().to_owned()).collect()
}

/// The one line that contains this.
fn line_of<'a>(lines: &'a [String], part: &str) -> &'a str {
    let mut found = lines.iter().filter(|line| line.contains(part));
    let line = found.next();
    let line = line.unwrap_or_else(|| panic!("no line says {part}: {lines:#?}"));
    assert_eq!(found.next(), None, "two lines say {part}");
    line
}

fn here(line: u32) -> String {
    format!("{}:{line}:", file!())
}

#[test]
fn a_hang_names_every_task_and_where_it_was_spawned() {
    // The writer waits for an event that is set after the group, and has the lock; all others wait for it in the end.
    let lines = report(async {
        let total = Arc::new(Mutex::new(0));
        let finished = Arc::new(Event::new());
        let (jobs, queue) = channel::<u32>(1);
        task_group(async |tg: TaskGroup| {
            let (locked, done) = (Arc::clone(&total), Arc::clone(&finished));
            tg.named("writer").spawn(async move {
                let _total = locked.lock().await;
                done.wait().await;
            });
            tg.named("worker").spawn(async move {
                while let Ok(job) = queue.recv().await {
                    *total.lock().await += job;
                }
            });
            tg.named("producer").spawn(async move {
                for job in 0.. {
                    if jobs.send(job).await.is_err() {
                        break;
                    }
                }
            });
            let done = Arc::clone(&finished);
            tg.spawn(async move {
                let patience = Duration::from_secs(5);
                move_on_after(patience, shield(done.wait())).await;
            });
        })
        .await;
        finished.set();
    });
    // Of the call in the closure above.
    let first = line!() - 28;
    assert!(line_of(&lines, "task `main` spawned at ").contains(file!()));
    assert_eq!(
        line_of(&lines, "group opened at "),
        format!("group opened at {}9", here(first))
    );
    for (name, line) in [("writer", 2), ("worker", 6), ("producer", 11)] {
        let said = line_of(&lines, name);
        let place = here(first + line);
        assert!(
            said.starts_with(&format!("task `{name}` spawned at {place}")),
            "{said}"
        );
        assert!(said.contains(", waiting"), "{said}");
    }
    let shield = format!("a shield at {}", here(first + 21));
    let unnamed = line_of(&lines, &format!("task spawned at {}", here(first + 19)));
    assert!(
        unnamed.contains(&format!(", held by {shield}")),
        "{unnamed}"
    );
    let overdue = line_of(&lines, "overdue: a cancelled scope (the deadline passed)");
    assert!(overdue.contains(&shield), "{overdue}");
    // Tasks of the facade are told by the facade alone.
    assert!(
        !lines.iter().any(|line| line.starts_with("blocked")),
        "{lines:#?}"
    );
}

#[test]
fn a_hang_names_the_call_of_a_job_that_waits() {
    let called = line!() + 2;
    let lines = report(async {
        let _ = to_thread(|| from_thread::run(sleep_forever())).await;
    });
    let waits = line_of(&lines, "waits for a task: job 1");
    assert!(waits.contains(&here(called)), "{waits}");
    let main = line_of(&lines, "task `main`");
    assert!(main.contains("held by a worker thread at "), "{main}");
}
