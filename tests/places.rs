//! What fails for want of a runtime names the program's line, not anyrt's (rule R2).
// Wherever nothing takes a call from outside (rule R1).
#![cfg(any(
    feature = "tokio",
    all(feature = "smol", feature = "async-std"),
    not(any(feature = "smol", feature = "async-std"))
))]

use std::{
    future::Future,
    panic::{self, AssertUnwindSafe, Location},
    pin::pin,
    sync::Mutex,
    task::{Context, Waker},
    time::Duration,
};

use anyrt::{
    runtime, sleep, task::OwnedTaskGroup, task_group, thread, time, to_thread, try_task_group,
};

const SECOND: Duration = Duration::from_secs(1);

/// What the panic hook was told last.
static LAST: Mutex<Option<(String, String)>> = Mutex::new(None);

/// The text of the panic, and where the hook says that it was.
fn caught<R>(f: impl FnOnce() -> R) -> (String, String) {
    // One at a time: the hook is the process's.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap();
    let before = panic::take_hook();
    panic::set_hook(Box::new(|info| {
        let text = info.payload().downcast_ref::<String>();
        let text = text.cloned().unwrap_or_default();
        let place = info.location().expect("it is known").to_string();
        *LAST.lock().unwrap() = Some((text, place));
    }));
    let caught = panic::catch_unwind(AssertUnwindSafe(f));
    panic::set_hook(before);
    assert!(caught.is_err(), "there is no runtime here");
    LAST.lock().unwrap().take().expect("the hook was called")
}

fn poll<F: Future>(future: F) {
    let mut cx = Context::from_waker(Waker::noop());
    let _ = pin!(future).as_mut().poll(&mut cx);
}

#[track_caller]
fn assert_helps(text: &str) {
    let any = ["Handle::enter", "features"];
    assert!(any.iter().any(|part| text.contains(part)), "{text}");
    if text.contains("Handle::enter") {
        assert!(
            text.contains("Portal") && text.contains("Handle::"),
            "{text}"
        );
    }
    assert!(!text.contains('\n'), "{text}");
}

/// A call that panics at once: the panic is where the call is.
#[track_caller]
fn assert_panics_here<R>(call: impl FnOnce() -> R) {
    let line = Location::caller().line();
    let (text, place) = caught(call);
    assert!(
        place.starts_with(&format!("tests/places.rs:{line}:")),
        "{place}"
    );
    assert_helps(&text);
}

/// A future that panics in its first poll: the text says where it was made.
#[track_caller]
fn assert_says_where<F: Future>(future: F) {
    let line = Location::caller().line();
    let (text, _) = caught(|| poll(future));
    assert!(
        text.contains(&format!("; the call is at tests/places.rs:{line}:")),
        "{text}"
    );
    assert_helps(&text);
}

#[test]
fn a_future_remembers_where_it_was_made() {
    assert_says_where(sleep(SECOND));
    assert_says_where(time::sleep_until(time::Instant::now()));
    assert_says_where(time::sleep_forever());
    assert_says_where(task_group(async |_| ()));
    assert_says_where(try_task_group(async |_| Ok::<(), ()>(())));
    assert_says_where(thread::portal(async |_| ()));
    assert_says_where(to_thread(|| ()));
    assert_says_where(to_thread(|| ()).abandon_on_cancel());
}

#[test]
fn an_interval_remembers_where_it_was_made() {
    let start = time::Instant::now();
    for mut interval in [time::interval(SECOND), time::interval_at(start, SECOND)]
        .map(|made| made.expect("the period is not zero"))
    {
        let (text, _) = caught(|| poll(interval.tick()));
        assert!(text.contains("; the call is at tests/places.rs:"), "{text}");
        assert_helps(&text);
    }
}

#[test]
fn what_panics_at_once_does_so_at_the_caller() {
    assert_panics_here(|| runtime::current_backend());
    assert_panics_here(|| thread::default_thread_limiter());
    assert_panics_here(|| OwnedTaskGroup::new().spawn(async {}));
    let (text, place) = caught(|| thread::from_thread::check_cancelled());
    assert!(place.starts_with("tests/places.rs:"), "{place}");
    assert!(
        text.contains("Portal") && text.contains("Handle::enter"),
        "{text}"
    );
    let (_, place) = caught(|| thread::from_thread::run(async {}));
    assert!(place.starts_with("tests/places.rs:"), "{place}");
    let (_, place) = caught(|| thread::from_thread::run_sync(|| ()));
    assert!(place.starts_with("tests/places.rs:"), "{place}");
}

#[test]
fn what_reports_or_tries_is_an_error() {
    assert!(runtime::try_current().is_err());
    assert!(anyrt::debug::counts().is_err());
    assert!(anyrt::debug::task_tree().is_err());
    assert!(anyrt::debug::overdue().is_err());
}
