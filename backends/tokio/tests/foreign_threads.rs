//! What no runtime is around may still be used: objects enter the runtime by themselves.

mod support;

use std::{
    os::unix::net::UnixStream,
    pin::pin,
    sync::mpsc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use anyrt_core::{Backend, Launch, RawTimer};
use anyrt_tokio::{Tokio, TokioRuntime};
use support::Wakes;

#[test]
fn a_timer_is_made_polled_reset_and_dropped_out_here() {
    let runtime = TokioRuntime::multi_thread(Some(1)).unwrap();
    let tokio = runtime.backend();
    let at = Instant::now() + Duration::from_millis(5);
    let mut timer = pin!(tokio.timer(Some(at.into())));
    let (wakes, waker) = Wakes::new();
    let mut cx = Context::from_waker(&waker);
    assert!(timer.as_mut().poll_elapsed(&mut cx).is_pending());
    wakes.wait_beyond(0);
    for _ in 0..3 {
        assert_eq!(timer.as_mut().poll_elapsed(&mut cx), Poll::Ready(Ok(())));
    }
    assert!(Instant::now() >= at);

    timer
        .as_mut()
        .reset(Some((Instant::now() + Duration::from_secs(3600)).into()));
    assert!(timer.as_mut().poll_elapsed(&mut cx).is_pending());
    timer.as_mut().reset(Some(Instant::now().into()));
    let seen = wakes.count();
    if timer.as_mut().poll_elapsed(&mut cx).is_pending() {
        wakes.wait_beyond(seen);
        assert!(timer.as_mut().poll_elapsed(&mut cx).is_ready());
    }
}

#[test]
fn a_timer_for_the_last_instant_of_the_clock_is_pending() {
    let runtime = TokioRuntime::multi_thread(Some(1)).unwrap();
    let mut far = Instant::now();
    let seconds = (0..64).rev().map(|shift| Duration::from_secs(1 << shift));
    let nanoseconds = (0..30).rev().map(|shift| Duration::from_nanos(1 << shift));
    for step in seconds.chain(nanoseconds) {
        far = far.checked_add(step).unwrap_or(far);
    }
    assert_eq!(far.checked_add(Duration::from_nanos(1)), None);
    let mut timer = pin!(runtime.backend().timer(Some(far.into())));
    let (_, waker) = Wakes::new();
    assert!(
        timer
            .as_mut()
            .poll_elapsed(&mut Context::from_waker(&waker))
            .is_pending()
    );
}

#[test]
fn descriptors_are_registered_and_tasks_spawned_out_here() {
    let runtime = TokioRuntime::multi_thread(Some(1)).unwrap();
    let tokio = runtime.backend();
    assert!(Tokio::current().is_none());
    drop(
        tokio
            .register(UnixStream::pair().unwrap().0.into())
            .unwrap(),
    );
    let (send, receive) = mpsc::channel();
    let inside = tokio.clone();
    tokio
        .spawn(async move {
            let around = Tokio::current().map(|around| around.id());
            send.send((around == Some(inside.id()), inside.on_runtime_thread()))
                .unwrap();
        })
        .unwrap();
    assert_eq!(receive.recv(), Ok((true, true)));
}

#[test]
fn only_threads_that_drive_the_runtime_are_its_own() {
    let runtime = TokioRuntime::multi_thread(Some(1)).unwrap();
    let other = TokioRuntime::current_thread().unwrap();
    let (tokio, foreign) = (runtime.backend(), other.backend());
    assert!(!tokio.on_runtime_thread());
    let (send, receive) = mpsc::channel();
    let job = (tokio.clone(), send.clone());
    tokio
        .spawn_blocking(move || {
            let (tokio, send) = job;
            let current = Tokio::current().map(|current| current.id());
            assert_eq!(current, Some(tokio.id()));
            send.send(tokio.on_runtime_thread()).unwrap();
        })
        .unwrap();
    assert_eq!(receive.recv(), Ok(false));
    let native = tokio.clone();
    tokio.handle().spawn_blocking(move || {
        send.send(native.on_runtime_thread()).unwrap();
    });
    assert_eq!(receive.recv(), Ok(false));
    runtime.block_on(pin!(async {
        assert!(tokio.on_runtime_thread());
        assert!(!foreign.on_runtime_thread());
    }));
    other.block_on(pin!(async {
        assert!(foreign.on_runtime_thread());
        assert!(!tokio.on_runtime_thread());
    }));
    assert!(!tokio.on_runtime_thread());
}

#[test]
fn a_task_that_ends_before_spawn_returns_was_not_refused() {
    let runtime = TokioRuntime::multi_thread(Some(2)).unwrap();
    let tokio = runtime.backend();
    let (send, receive) = mpsc::channel();
    for _ in 0..20_000 {
        let send = send.clone();
        tokio
            .spawn(async move {
                send.send(()).unwrap();
            })
            .unwrap();
    }
    drop(send);
    assert_eq!(receive.iter().count(), 20_000);
}
