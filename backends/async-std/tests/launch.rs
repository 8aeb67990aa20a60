//! A run on the runtime that the whole process shares.

use std::{
    panic::{self, AssertUnwindSafe},
    pin::pin,
    sync::mpsc,
    thread,
    time::Duration,
};

use anyrt_async_std::{AsyncStd, AsyncStdRuntime};
use anyrt_core::{Backend, Launch};

const GRACE: Duration = Duration::from_secs(30);

#[test]
fn block_on_survives_a_panic_in_main_on_the_same_thread() {
    let runtime = AsyncStdRuntime::new();
    let panicked = panic::catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(pin!(async { panic!("the main future of the test") }));
    }));
    assert!(panicked.is_err());
    assert!(!runtime.backend().on_runtime_thread());

    let (send, receive) = mpsc::channel();
    runtime.block_on(pin!(async {
        assert!(runtime.backend().on_runtime_thread());
        async_std::task::spawn(async move { send.send(()).unwrap() }).await;
    }));
    assert_eq!(receive.recv(), Ok(()));
}

#[test]
fn a_task_knows_where_it_is_and_others_too() {
    assert!(AsyncStd::current().is_none());
    let (send, receive) = mpsc::channel();
    AsyncStd::new()
        .spawn(async move {
            let around = AsyncStd::current().expect("this is one of async-std's tasks");
            send.send((around.id(), around.on_runtime_thread()))
                .unwrap();
        })
        .unwrap();
    assert_eq!(receive.recv(), Ok((AsyncStd::new().id(), true)));
    assert!(!AsyncStd::new().on_runtime_thread());
}

#[test]
fn the_end_of_a_run_waits_for_its_jobs_only() {
    let (release, released) = mpsc::channel::<()>();
    let (started, starts) = mpsc::channel();
    let (one, other) = (AsyncStdRuntime::new(), AsyncStdRuntime::new());
    let handle = one.backend();
    handle
        .spawn_blocking(move || {
            started.send(()).unwrap();
            released.recv().unwrap();
        })
        .unwrap();
    starts.recv().unwrap();
    assert!(other.shutdown(Duration::ZERO));
    let releaser = thread::spawn(move || release.send(()));
    assert!(one.shutdown(GRACE));
    releaser.join().unwrap().unwrap();
}

#[test]
fn a_handle_of_a_run_that_has_ended_starts_nothing() {
    let runtime = AsyncStdRuntime::new();
    let handle = runtime.backend();
    assert!(runtime.shutdown(GRACE));
    // async-std itself goes on.
    assert!(!handle.capabilities().shutdown());

    let (send, receive) = mpsc::channel();
    let job = send.clone();
    let task = async move { send.send("task").unwrap() };
    assert!(handle.spawn(task).is_err());
    let refused = handle.spawn_blocking(move || job.send("job").unwrap());
    assert!(refused.is_err());
    // Both are dropped by now.
    assert_eq!(receive.try_recv(), Err(mpsc::TryRecvError::Disconnected));
}

#[test]
fn a_run_whose_job_does_not_end_says_so() {
    let runtime = AsyncStdRuntime::new();
    let (release, released) = mpsc::channel::<()>();
    let (started, starts) = mpsc::channel();
    runtime
        .backend()
        .spawn_blocking(move || {
            started.send(()).unwrap();
            released.recv().unwrap();
        })
        .unwrap();
    starts.recv().unwrap();
    assert!(!runtime.shutdown(Duration::ZERO));
    release.send(()).unwrap();
}

#[test]
fn a_task_that_panics_leaves_async_std_as_it_was() {
    let (send, receive) = mpsc::channel();
    for _ in 0..100 {
        AsyncStd::new()
            .spawn(async { panic!("a task of the test") })
            .unwrap();
    }
    AsyncStd::new()
        .spawn(async move { send.send(()).unwrap() })
        .unwrap();
    receive.recv_timeout(GRACE).unwrap();
}
