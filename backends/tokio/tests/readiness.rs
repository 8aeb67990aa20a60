//! When an operation runs, when it waits, and what the reactor refuses.

mod support;

use std::{
    fs::File,
    io::{self, Read, Write},
    os::{fd::OwnedFd, unix::net::UnixStream},
    task::{Context, Poll},
};

use anyrt_core::{Backend, BorrowedIo, Interest, Launch, OwnedIo, Progress, Source};
use anyrt_tokio::TokioRuntime;
use support::Wakes;

fn read(io: BorrowedIo<'_>, n: usize) -> io::Result<usize> {
    match io {
        BorrowedIo::UnixStream(mut stream) => stream.read(&mut vec![0; n]),
        other => panic!("not the stream that was registered: {other:?}"),
    }
}

#[test]
fn the_first_poll_runs_the_operation_without_an_event() {
    // Nobody drives this runtime: no event can have come.
    let runtime = TokioRuntime::current_thread().unwrap();
    let (near, mut far) = UnixStream::pair().unwrap();
    let source = runtime.backend().register(near.into()).unwrap();
    let (_, waker) = Wakes::new();
    let mut cx = Context::from_waker(&waker);
    far.write_all(b"abc").unwrap();
    let first = source.poll_io(&mut cx, Interest::Read, &mut |io| {
        read(io, 8).map(|n| Progress { n, drained: true })
    });
    assert!(matches!(first, Poll::Ready(Ok(3))), "{first:?}");
    let mut runs = 0;
    let second = source.poll_io(&mut cx, Interest::Read, &mut |_| {
        runs += 1;
        Ok(Progress {
            n: 0,
            drained: true,
        })
    });
    assert!(second.is_pending());
    assert_eq!(runs, 0);
}

#[test]
fn after_a_drained_operation_the_next_waits_for_an_event() {
    let runtime = TokioRuntime::multi_thread(Some(1)).unwrap();
    let (near, mut far) = UnixStream::pair().unwrap();
    let source = runtime.backend().register(near.into()).unwrap();
    let (wakes, waker) = Wakes::new();
    let mut cx = Context::from_waker(&waker);
    let mut runs = 0;
    let mut op = |io: BorrowedIo<'_>| {
        runs += 1;
        read(io, 8).map(|n| Progress { n, drained: true })
    };
    let mut rounds = 0;
    for text in [&b"abc"[..], b"d", b"ef"] {
        assert!(
            source
                .poll_io(&mut cx, Interest::Read, &mut op)
                .is_pending()
        );
        let seen = wakes.count();
        far.write_all(text).unwrap();
        wakes.wait_beyond(seen);
        let got = source.poll_io(&mut cx, Interest::Read, &mut op);
        assert!(
            matches!(got, Poll::Ready(Ok(n)) if n == text.len()),
            "{got:?}"
        );
        rounds += 1;
    }
    // The very first poll tried without an event.
    assert_eq!(runs, rounds + 1);
}

#[test]
fn an_operation_that_always_says_would_block_yields() {
    let runtime = TokioRuntime::multi_thread(Some(1)).unwrap();
    let (near, far) = UnixStream::pair().unwrap();
    let source = runtime.backend().register(near.into()).unwrap();
    let (wakes, waker) = Wakes::new();
    let mut cx = Context::from_waker(&waker);
    let would_block = |_: BorrowedIo<'_>| Err(io::ErrorKind::WouldBlock.into());
    // Wait until tokio holds the descriptor closed, which it never clears.
    drop(far);
    loop {
        let seen = wakes.count();
        let mut runs = 0;
        let polled = source.poll_io(&mut cx, Interest::Read, &mut |io| {
            runs += 1;
            would_block(io)
        });
        assert!(polled.is_pending());
        if runs > 1 {
            assert!(wakes.count() > seen, "yielded without a wake");
            break;
        }
        wakes.wait_beyond(seen);
    }
}

#[test]
fn a_regular_file_and_a_second_registration_come_back() {
    let runtime = TokioRuntime::multi_thread(Some(1)).unwrap();
    let tokio = runtime.backend();
    let file = File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap();
    let refused = tokio
        .register(OwnedIo::Descriptor(OwnedFd::from(file)))
        .unwrap_err();
    assert_eq!(refused.error.kind(), io::ErrorKind::PermissionDenied);
    let mut text = String::new();
    File::from(OwnedFd::from(refused.item))
        .read_to_string(&mut text)
        .unwrap();
    assert!(text.contains("anyrt-tokio"));

    let (near, _far) = UnixStream::pair().unwrap();
    let source = tokio.register(near.into()).unwrap();
    let near = Box::new(source).into_io().unwrap();
    let OwnedIo::UnixStream(near) = near else {
        panic!("another kind of descriptor came back");
    };
    let error = (&near).read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
    tokio.register(near.into()).unwrap();
}
