//! After shutdown everything answers `Gone`, and nothing panics, not even quietly.

mod support;

use std::{
    future,
    io::{self, Read, Write},
    os::unix::net::UnixStream,
    panic,
    pin::pin,
    sync::{
        Arc, Once,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use anyrt_core::{Backend, Gone, Interest, Launch, OwnedIo, RawTimer, Source};
use anyrt_tokio::{Tokio, TokioRuntime};
use support::{Wakes, fill};

const HOUR: Duration = Duration::from_secs(3600);
const GRACE: Duration = Duration::from_secs(30);

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// Counts every panic of this process, caught or not.
fn count_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            PANICS.fetch_add(1, Ordering::SeqCst);
            usual(info);
        }));
    });
}

fn both(test: impl Fn(TokioRuntime)) {
    count_panics();
    test(TokioRuntime::multi_thread(Some(2)).unwrap());
    test(TokioRuntime::current_thread().unwrap());
    assert_eq!(PANICS.load(Ordering::SeqCst), 0);
}

fn is_gone(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Gone>())
}

/// Sets a flag when it is dropped.
struct OnDrop(Arc<AtomicBool>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn a_waiting_timer_wakes_and_is_gone() {
    both(|runtime| {
        timers_are_gone(runtime.backend(), runtime);
    });
}

#[test]
fn a_waiting_timer_of_a_runtime_that_others_started_wakes_and_is_gone() {
    both(|runtime| {
        let foreign = Tokio::new(runtime.backend().handle().clone());
        timers_are_gone(foreign, runtime);
    });
}

fn timers_are_gone(tokio: Tokio, runtime: TokioRuntime) {
    let mut hour = pin!(tokio.timer(Some((Instant::now() + HOUR).into())));
    let mut never = pin!(tokio.timer(None));
    let mut unpolled = pin!(tokio.timer(None));
    let (wakes, waker) = Wakes::new();
    let mut cx = Context::from_waker(&waker);
    assert!(hour.as_mut().poll_elapsed(&mut cx).is_pending());
    assert!(never.as_mut().poll_elapsed(&mut cx).is_pending());

    assert!(runtime.shutdown(GRACE));
    assert_eq!(wakes.count(), 2);
    for timer in [&mut hour, &mut never, &mut unpolled] {
        for _ in 0..2 {
            assert_eq!(timer.as_mut().poll_elapsed(&mut cx), Poll::Ready(Err(Gone)));
        }
        timer.as_mut().reset(Some((Instant::now() + HOUR).into()));
        assert_eq!(timer.as_mut().poll_elapsed(&mut cx), Poll::Ready(Err(Gone)));
    }
    let mut late = pin!(tokio.timer(Some((Instant::now() + HOUR).into())));
    assert_eq!(late.as_mut().poll_elapsed(&mut cx), Poll::Ready(Err(Gone)));
}

#[test]
fn a_task_is_refused_and_dropped_before_spawn_returns() {
    both(|runtime| {
        let tokio = runtime.backend();
        assert!(runtime.shutdown(GRACE));
        let dropped = Arc::new(AtomicBool::new(false));
        let polled = Arc::new(AtomicBool::new(false));
        let (guard, poll) = (OnDrop(Arc::clone(&dropped)), Arc::clone(&polled));
        let refused = tokio.spawn(async move {
            let _guard = guard;
            poll.store(true, Ordering::SeqCst);
        });
        assert_eq!(refused, Err(Gone));
        assert!(dropped.load(Ordering::SeqCst));
        assert!(!polled.load(Ordering::SeqCst));
    });
}

#[test]
fn a_waiting_task_is_dropped() {
    both(|runtime| {
        let dropped = Arc::new(AtomicBool::new(false));
        let guard = OnDrop(Arc::clone(&dropped));
        runtime
            .backend()
            .spawn(async move {
                let _guard = guard;
                future::pending::<()>().await;
            })
            .unwrap();
        assert!(runtime.shutdown(Duration::ZERO));
        assert!(dropped.load(Ordering::SeqCst));
    });
}

#[test]
fn a_waiting_descriptor_wakes_and_is_gone() {
    both(|runtime| {
        let tokio = runtime.backend();
        let (near, _far) = UnixStream::pair().unwrap();
        let source = tokio.register(near.into()).unwrap();
        fill(source.io());
        let (readers, reader) = Wakes::new();
        let (writers, writer) = Wakes::new();
        let mut would_block = |_: anyrt_core::BorrowedIo<'_>| Err(io::ErrorKind::WouldBlock.into());
        let mut poll = |waker, interest| {
            source.poll_io(&mut Context::from_waker(waker), interest, &mut would_block)
        };
        assert!(poll(&reader, Interest::Read).is_pending());
        assert!(poll(&writer, Interest::Write).is_pending());

        assert!(runtime.shutdown(GRACE));
        assert!(readers.count() > 0 && writers.count() > 0);
        for (waker, interest) in [(&reader, Interest::Read), (&writer, Interest::Write)] {
            let after = poll(waker, interest);
            let Poll::Ready(Err(error)) = after else {
                panic!("{after:?} after the runtime is gone");
            };
            assert!(is_gone(&error), "{error:?}");
        }
    });
}

#[test]
fn a_descriptor_comes_back() {
    both(|runtime| {
        let tokio = runtime.backend();
        assert!(runtime.shutdown(GRACE));
        let (near, far) = UnixStream::pair().unwrap();
        let refused = tokio.register(near.into()).unwrap_err();
        assert!(is_gone(&refused.error), "{:?}", refused.error);
        // Still open: what the other end sends arrives.
        (&far).write_all(b"x").unwrap();
        let OwnedIo::UnixStream(near) = refused.item else {
            panic!("another kind of descriptor came back");
        };
        assert_eq!((&near).read(&mut [0; 2]).unwrap(), 1);
    });
}

#[test]
fn a_blocking_job_is_refused() {
    both(|runtime| {
        let own = runtime.backend();
        let foreign = Tokio::new(own.handle().clone());
        assert!(runtime.shutdown(GRACE));
        for tokio in [own, foreign] {
            let dropped = Arc::new(AtomicBool::new(false));
            let guard = OnDrop(Arc::clone(&dropped));
            let error = tokio.spawn_blocking(move || drop(guard)).unwrap_err();
            assert!(is_gone(&error), "{error:?}");
            assert!(dropped.load(Ordering::SeqCst));
        }
    });
}

#[test]
fn inside_another_runtime_it_works_as_outside() {
    both(|runtime| {
        let other = TokioRuntime::current_thread().unwrap();
        let mut runtime = Some(runtime);
        other.block_on(pin!(async {
            assert!(runtime.take().unwrap().shutdown(GRACE));
            drop(TokioRuntime::multi_thread(Some(1)).unwrap());
        }));
        assert!(other.shutdown(GRACE));
    });
}

#[test]
fn a_running_job_is_waited_for_as_long_as_the_grace_says() {
    both(|runtime| {
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
    });
}
