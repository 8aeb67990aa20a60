//! When an operation runs, and when it waits.

mod support;

use std::{
    io::{self, Read, Write},
    os::unix::net::UnixStream,
    task::{Context, Poll},
};

use anyrt_async_io::AsyncIoSource;
use anyrt_core::{BorrowedIo, Interest, OwnedIo, Progress, Source};
use support::{Wakes, fill};

fn read(io: BorrowedIo<'_>, n: usize) -> io::Result<usize> {
    match io {
        BorrowedIo::UnixStream(mut stream) => stream.read(&mut vec![0; n]),
        other => panic!("not the stream that was registered: {other:?}"),
    }
}

#[test]
fn after_a_drained_operation_the_next_waits_for_an_event() {
    let (near, mut far) = UnixStream::pair().unwrap();
    let source = AsyncIoSource::register(near.into(), None).unwrap();
    let (wakes, waker) = Wakes::new();
    let mut cx = Context::from_waker(&waker);
    far.write_all(b"abc").unwrap();

    let first = source.poll_io(&mut cx, Interest::Read, &mut |io| {
        read(io, 2).map(|n| Progress { n, drained: true })
    });
    assert!(matches!(first, Poll::Ready(Ok(2))), "{first:?}");

    // A byte is left, but the operation claimed to have used up everything.
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

    // Arming reports what is there.
    wakes.wait_beyond(0);
    let third = source.poll_io(&mut cx, Interest::Read, &mut |io| {
        read(io, 2).map(|n| Progress { n, drained: false })
    });
    assert!(matches!(third, Poll::Ready(Ok(1))), "{third:?}");
}

#[test]
fn an_operation_that_left_something_runs_again_at_once() {
    let (near, mut far) = UnixStream::pair().unwrap();
    let source = AsyncIoSource::register(near.into(), None).unwrap();
    let (_, waker) = Wakes::new();
    let mut cx = Context::from_waker(&waker);
    far.write_all(b"ab").unwrap();
    for _ in 0..2 {
        let one = source.poll_io(&mut cx, Interest::Read, &mut |io| {
            read(io, 1).map(|n| Progress { n, drained: false })
        });
        assert!(matches!(one, Poll::Ready(Ok(1))), "{one:?}");
    }
}

#[test]
fn would_block_and_interrupted_stay_inside() {
    let (near, mut far) = UnixStream::pair().unwrap();
    let source = AsyncIoSource::register(near.into(), None).unwrap();
    let (wakes, waker) = Wakes::new();
    let mut cx = Context::from_waker(&waker);
    let mut interruptions = 3;
    let mut op = |io: BorrowedIo<'_>| {
        if interruptions > 0 {
            interruptions -= 1;
            return Err(io::ErrorKind::Interrupted.into());
        }
        read(io, 8).map(|n| Progress { n, drained: true })
    };
    assert!(
        source
            .poll_io(&mut cx, Interest::Read, &mut op)
            .is_pending()
    );
    far.write_all(b"abc").unwrap();
    wakes.wait_beyond(0);
    let got = source.poll_io(&mut cx, Interest::Read, &mut op);
    assert!(matches!(got, Poll::Ready(Ok(3))), "{got:?}");
    assert_eq!(interruptions, 0);
}

#[test]
fn a_hang_up_wakes_both_directions() {
    let (near, far) = UnixStream::pair().unwrap();
    let source = AsyncIoSource::register(near.into(), None).unwrap();
    let (readers, reader) = Wakes::new();
    let (writers, writer) = Wakes::new();
    let mut would_block = |_: BorrowedIo<'_>| Err(io::ErrorKind::WouldBlock.into());

    // Not writable, so that only the hang-up can wake the writer.
    fill(source.io());
    for (interest, waker) in [(Interest::Read, &reader), (Interest::Write, &writer)] {
        let mut cx = Context::from_waker(waker);
        assert!(
            source
                .poll_io(&mut cx, interest, &mut would_block)
                .is_pending()
        );
    }
    assert_eq!((readers.count(), writers.count()), (0, 0));
    drop(far);
    readers.wait_beyond(0);
    writers.wait_beyond(0);
}

#[test]
fn a_descriptor_comes_back_in_non_blocking_mode_and_may_be_registered_again() {
    let (near, _far) = UnixStream::pair().unwrap();
    let source = AsyncIoSource::register(near.into(), None).unwrap();
    let OwnedIo::UnixStream(mut near) = Box::new(source).into_io().unwrap() else {
        panic!("another kind of descriptor came back");
    };
    let error = near.read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
    AsyncIoSource::register(near.into(), None).unwrap();
}
