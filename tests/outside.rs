//! Where several backends are compiled in, none of them takes a call from outside by itself (rule R1).
#![cfg(all(feature = "tokio", feature = "smol"))]

use std::{
    env,
    future::Future,
    panic::{self, AssertUnwindSafe},
    pin::pin,
    process::Command,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

use anyrt::runtime::{self, Handle};

/// Runs one test of this program again, as if `ANYRT_BACKEND` had been set to `name` before it started.
fn rerun(test: &str, name: Option<&str>) -> String {
    let mut command = Command::new(env::current_exe().expect("the tests are a program"));
    command
        .args([test, "--exact", "--ignored", "--nocapture"])
        .env_remove("ANYRT_BACKEND");
    if let Some(name) = name {
        command.env("ANYRT_BACKEND", name);
    }
    let output = command.output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    text
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// As `smol::block_on` does, and any executor.
fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

async fn child_on() -> &'static str {
    anyrt::task_group(async |tg| {
        tg.spawn_value(async { runtime::current_backend() })
            .await
            .unwrap()
    })
    .await
}

/// Run by the others.
#[test]
#[ignore = "what it prints is for others to judge"]
fn a_call_from_outside() {
    let found = runtime::try_current();
    let found = found.map(|handle| handle.backend());
    println!("found: {}", found.unwrap_or("none"));
    let child = panic::catch_unwind(AssertUnwindSafe(|| block_on(child_on())));
    println!("child: {}", child.unwrap_or("none"));
}

#[test]
fn no_backend_takes_it_unless_the_environment_names_it() {
    for name in [None, Some(""), Some("tokio"), Some("sim"), Some("nonsense")] {
        let text = rerun("a_call_from_outside", name);
        assert!(text.contains("found: none"), "{name:?}: {text}");
        assert!(text.contains("child: none"), "{name:?}: {text}");
    }
    let text = rerun("a_call_from_outside", Some("smol"));
    assert!(text.contains("found: smol"), "{text}");
    assert!(text.contains("child: smol"), "{text}");
    #[cfg(feature = "async-std")]
    {
        let text = rerun("a_call_from_outside", Some("async-std"));
        assert!(text.contains("child: async-std"), "{text}");
    }
}

#[test]
fn the_error_shows_the_line_to_write() {
    if env::var_os("ANYRT_BACKEND").is_some() {
        return;
    }
    let text = runtime::try_current().unwrap_err().to_string();
    assert!(!text.contains('\n'), "{text}");
    for part in [
        "(tokio, smol",
        "Handle::native(\"smol\")?.around(future).await",
        "ANYRT_BACKEND=smol",
        "anyrt::run",
        "try_current()?",
        "Handle::enter",
        "Portal",
    ] {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
}

#[test]
fn a_program_says_that_it_lives_in_smol() {
    let smol = Handle::native("smol").unwrap();
    assert_eq!(block_on(smol.around(child_on())), "smol");
    let late = block_on(smol.around(anyrt::move_on_after(
        Duration::from_millis(5),
        std::future::pending::<()>(),
    )));
    assert_eq!(late, None);
    assert_eq!(smol, Handle::native("smol").unwrap());
    #[cfg(feature = "async-std")]
    {
        let async_std = Handle::native("async-std").unwrap();
        assert_eq!(block_on(async_std.around(child_on())), "async-std");
        assert_ne!(smol, async_std);
    }
}

#[test]
fn a_runtime_that_threads_do_not_share_is_refused() {
    for name in ["tokio", "sim", "nonsense"] {
        let text = Handle::native(name).unwrap_err().to_string();
        assert!(text.contains("\"smol\""), "{name}: {text}");
    }
    #[cfg(not(feature = "async-std"))]
    {
        let text = Handle::native("async-std").unwrap_err().to_string();
        assert!(text.contains("feature `async-std`"), "{text}");
    }
}
