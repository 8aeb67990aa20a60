//! Without any feature everything compiles, and the first call says what to do (rule R2).
#![cfg(not(any(
    feature = "tokio",
    feature = "smol",
    feature = "async-std",
    feature = "sim"
)))]

use std::{
    future::Future,
    panic::{self, AssertUnwindSafe},
    pin::pin,
    task::{Context, Waker},
    thread,
    time::Duration,
};

/// The text of the panic of one poll.
fn panic_text<F: Future>(future: F) -> String {
    let mut future = pin!(future);
    let payload = panic::catch_unwind(AssertUnwindSafe(|| {
        let _ = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
    }))
    .expect_err("there is no runtime to call");
    payload
        .downcast_ref::<String>()
        .cloned()
        .expect("the text is formatted")
}

#[track_caller]
fn assert_says_what_to_do(text: &str) {
    assert!(!text.contains('\n'), "one line: {text}");
    for word in ["tokio", "smol", "async-std", "sim", "--features"] {
        assert!(text.contains(word), "{word} is missing: {text}");
    }
}

#[test]
fn run_says_which_features_there_are() {
    // The variable may be set around the test, so the builder must not look at it.
    let error = anyrt::Builder::new().run(async {}).unwrap_err();
    if std::env::var_os("ANYRT_BACKEND").is_none() {
        assert_says_what_to_do(&error.to_string());
    }
    let named = anyrt::Builder::new().backend("smol").run(async {});
    let text = named.unwrap_err().to_string();
    assert!(text.contains("feature `smol`"), "{text}");
}

#[test]
fn an_infallible_call_panics_with_the_same_text() {
    assert_says_what_to_do(&panic_text(anyrt::sleep(Duration::from_millis(1))));
    assert_says_what_to_do(&panic_text(anyrt::task_group(async |_| ())));
    assert_says_what_to_do(&panic_text(anyrt::to_thread(|| ())));
}

#[test]
fn an_owned_group_names_the_line_that_spawns() {
    let (told, tell) = std::sync::mpsc::channel();
    // The hook is the process's, and other tests panic on their threads.
    let here = thread::current().id();
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() != here {
            return;
        }
        let file = info.location().map(|place| place.file().to_owned());
        let _ = told.send(file);
    }));
    let group = anyrt::task::OwnedTaskGroup::new();
    let spawned = panic::catch_unwind(AssertUnwindSafe(|| drop(group.spawn(async {}))));
    let _ = panic::take_hook();
    assert!(spawned.is_err());
    let file = tell.recv().unwrap().unwrap();
    assert!(file.ends_with("no_backend.rs"), "{file}");
}

#[test]
fn asking_does_not_panic() {
    let error = anyrt::runtime::try_current().unwrap_err();
    assert_says_what_to_do(&error.to_string());
    assert!(anyrt::debug::counts().is_err());
}

#[test]
fn what_needs_no_runtime_works() {
    let mut ready = pin!(anyrt::move_on_after(Duration::ZERO, async { 7 }));
    let mut context = Context::from_waker(Waker::noop());
    assert_eq!(
        ready.as_mut().poll(&mut context),
        std::task::Poll::Ready(Some(7))
    );
    let limiter = anyrt::sync::CapacityLimiter::new(1);
    let token = limiter.try_acquire().unwrap();
    assert_eq!(limiter.available_tokens(), Some(0));
    drop(token);
}
