//! After shutdown everything answers `Gone`, and nothing is left.

mod support;

use std::{
    future,
    io::{self, Read, Write},
    os::unix::net::UnixStream,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant},
};

use anyrt_core::{Backend, Gone, Interest, Launch, OwnedIo, RawTimer, Source};
use anyrt_smol::{Smol, SmolRuntime};
use support::{Wakes, fill};

const GRACE: Duration = Duration::from_secs(30);

fn is_gone(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Gone>())
}

/// Counts itself when it is dropped.
struct OnDrop(Arc<AtomicUsize>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn waiting_tasks_are_dropped_whether_they_have_run_or_not() {
    for workers in [1, 4] {
        let runtime = SmolRuntime::new(Some(workers)).unwrap();
        let dropped = Arc::new(AtomicUsize::new(0));
        for _ in 0..1000 {
            let guard = OnDrop(Arc::clone(&dropped));
            runtime
                .backend()
                .spawn(async move {
                    let _guard = guard;
                    future::pending::<()>().await;
                })
                .unwrap();
        }
        assert!(runtime.shutdown(Duration::ZERO));
        assert_eq!(dropped.load(Ordering::SeqCst), 1000);
    }
}

#[test]
fn a_runtime_that_is_only_dropped_drops_its_tasks_too() {
    struct Tell(mpsc::Sender<()>);
    impl Drop for Tell {
        fn drop(&mut self) {
            self.0.send(()).unwrap();
        }
    }
    let runtime = SmolRuntime::new(Some(2)).unwrap();
    let (tell, told) = mpsc::channel();
    let tell = Tell(tell);
    runtime
        .backend()
        .spawn(async move {
            let _tell = tell;
            future::pending::<()>().await;
        })
        .unwrap();
    drop(runtime);
    told.recv_timeout(GRACE).unwrap();
}

#[test]
fn a_destructor_that_panics_takes_no_other_task_with_it() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("a destructor of the test");
        }
    }
    let runtime = SmolRuntime::new(Some(1)).unwrap();
    let smol = runtime.backend();
    let dropped = Arc::new(AtomicUsize::new(0));
    for _ in 0..5 {
        let before = OnDrop(Arc::clone(&dropped));
        smol.spawn(async move {
            let _before = before;
            future::pending::<()>().await;
        })
        .unwrap();
        smol.spawn(async {
            let _panics = Panics;
            future::pending::<()>().await;
        })
        .unwrap();
    }
    assert!(runtime.shutdown(GRACE));
    assert_eq!(dropped.load(Ordering::SeqCst), 5);
}

#[test]
fn a_destructor_that_spawns_or_wakes_finds_the_runtime_gone() {
    struct Spawns {
        smol: Smol,
        answer: mpsc::Sender<Result<(), Gone>>,
        other: Arc<std::sync::Mutex<Option<Waker>>>,
    }
    impl Drop for Spawns {
        fn drop(&mut self) {
            if let Some(other) = self.other.lock().unwrap().take() {
                other.wake();
            }
            self.answer.send(self.smol.spawn(async {})).unwrap();
        }
    }
    let runtime = SmolRuntime::new(Some(2)).unwrap();
    let (answer, answers) = mpsc::channel();
    let other = Arc::new(std::sync::Mutex::new(None));
    let spawns = Spawns {
        smol: runtime.backend(),
        answer,
        other: Arc::clone(&other),
    };
    let (started, starts) = mpsc::channel();
    runtime
        .backend()
        .spawn(async move {
            let _spawns = spawns;
            future::pending::<()>().await;
        })
        .unwrap();
    runtime
        .backend()
        .spawn(async move {
            future::poll_fn::<(), _>(|cx| {
                *other.lock().unwrap() = Some(cx.waker().clone());
                started.send(()).unwrap();
                Poll::Pending
            })
            .await;
        })
        .unwrap();
    starts.recv().unwrap();
    assert!(runtime.shutdown(GRACE));
    assert_eq!(answers.recv(), Ok(Err(Gone)));
}

#[test]
fn waits_from_outside_wake_and_are_gone() {
    let runtime = SmolRuntime::new(Some(1)).unwrap();
    let smol = runtime.backend();
    let (near, _far) = UnixStream::pair().unwrap();
    let source = smol.register(near.into()).unwrap();
    fill(source.io());
    let mut never = pin!(smol.timer(None));
    let mut hour = pin!(smol.timer(Some((Instant::now() + Duration::from_secs(3600)).into())));
    let (wakes, waker) = Wakes::new();
    let mut cx = Context::from_waker(&waker);
    let mut would_block = |_: anyrt_core::BorrowedIo<'_>| Err(io::ErrorKind::WouldBlock.into());
    assert!(never.as_mut().poll_elapsed(&mut cx).is_pending());
    assert!(hour.as_mut().poll_elapsed(&mut cx).is_pending());
    for interest in [Interest::Read, Interest::Write] {
        assert!(
            source
                .poll_io(&mut cx, interest, &mut would_block)
                .is_pending()
        );
    }

    assert!(runtime.shutdown(GRACE));
    assert_eq!(wakes.count(), 4);
    assert_eq!(never.as_mut().poll_elapsed(&mut cx), Poll::Ready(Err(Gone)));
    assert_eq!(hour.as_mut().poll_elapsed(&mut cx), Poll::Ready(Err(Gone)));
    for interest in [Interest::Read, Interest::Write] {
        let after = source.poll_io(&mut cx, interest, &mut would_block);
        let Poll::Ready(Err(error)) = after else {
            panic!("{after:?} after the runtime is gone");
        };
        assert!(is_gone(&error), "{error:?}");
    }
}

#[test]
fn what_is_new_is_refused_and_comes_back_or_is_dropped() {
    let runtime = SmolRuntime::new(Some(1)).unwrap();
    let smol = runtime.backend();
    assert!(runtime.shutdown(GRACE));

    let dropped = Arc::new(AtomicUsize::new(0));
    let guard = OnDrop(Arc::clone(&dropped));
    assert_eq!(smol.spawn(async move { drop(guard) }), Err(Gone));
    assert_eq!(dropped.load(Ordering::SeqCst), 1);

    let guard = OnDrop(Arc::clone(&dropped));
    let error = smol.spawn_blocking(move || drop(guard)).unwrap_err();
    assert!(is_gone(&error), "{error:?}");
    assert_eq!(dropped.load(Ordering::SeqCst), 2);

    let (near, far) = UnixStream::pair().unwrap();
    let refused = smol.register(near.into()).unwrap_err();
    assert!(is_gone(&refused.error), "{:?}", refused.error);
    (&far).write_all(b"x").unwrap();
    let OwnedIo::UnixStream(near) = refused.item else {
        panic!("another kind of descriptor came back");
    };
    assert_eq!((&near).read(&mut [0; 2]).unwrap(), 1);
}

#[test]
fn a_running_job_is_waited_for_as_long_as_the_grace_says() {
    let runtime = SmolRuntime::new(Some(1)).unwrap();
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

    let runtime = SmolRuntime::new(Some(1)).unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let (started, starts) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let flag = Arc::clone(&done);
    runtime
        .backend()
        .spawn_blocking(move || {
            started.send(()).unwrap();
            released.recv().unwrap();
            flag.store(true, Ordering::SeqCst);
        })
        .unwrap();
    starts.recv().unwrap();
    let releaser = thread::spawn(move || release.send(()));
    assert!(runtime.shutdown(Duration::MAX));
    assert!(done.load(Ordering::SeqCst));
    releaser.join().unwrap().unwrap();
}

#[test]
fn spawns_and_wakes_from_foreign_threads_meanwhile_are_safe() {
    for _ in 0..100 {
        let runtime = SmolRuntime::new(Some(2)).unwrap();
        let smol = runtime.backend();
        let (live, polled) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (send_waker, wakers) = mpsc::channel::<Waker>();
        let (go, went) = mpsc::channel();
        let spawner = thread::spawn({
            let dropped = Arc::clone(&live);
            let polled = Arc::clone(&polled);
            move || {
                let mut accepted = 0;
                loop {
                    let guard = OnDrop(Arc::clone(&dropped));
                    let send_waker = send_waker.clone();
                    let polled = Arc::clone(&polled);
                    let spawned = smol.spawn(async move {
                        let _guard = guard;
                        future::poll_fn::<(), _>(|cx| {
                            polled.fetch_add(1, Ordering::SeqCst);
                            let _ = send_waker.send(cx.waker().clone());
                            Poll::Pending
                        })
                        .await;
                    });
                    if accepted == 20 {
                        go.send(()).unwrap();
                    }
                    accepted += 1;
                    if spawned == Err(Gone) {
                        break accepted;
                    }
                }
            }
        });
        let waker = thread::spawn(move || {
            for waker in wakers {
                waker.wake();
            }
        });
        went.recv().unwrap();
        assert!(runtime.shutdown(GRACE));
        let offered = spawner.join().unwrap();
        waker.join().unwrap();
        assert_eq!(live.load(Ordering::SeqCst), offered);
    }
}
