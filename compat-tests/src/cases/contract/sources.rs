//! Descriptors: watched, refused, given back.

#![cfg(unix)]

use std::{
    future::{Future, poll_fn},
    io::{self, ErrorKind, Read, Write},
    os::{
        fd::{AsFd, AsRawFd, OwnedFd},
        unix::net::UnixStream,
    },
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    task::{Context, Poll, Waker},
};

use anyrt_core::{BorrowedIo, Gone, Interest, OwnedIo, Progress, Source};

use crate::{
    Trace,
    rig::{Rig, Started},
    tools::{CountingWaker, foreign_yield, peek},
};

type Watched = Box<dyn Source>;

/// A watched socket and its peer.
fn pair(runtime: &Started) -> (Watched, UnixStream) {
    let (ours, peer) = UnixStream::pair().expect("a socket pair");
    let source = runtime
        .backend()
        .register_boxed(ours.into())
        .expect("a socket is accepted");
    (source, peer)
}

fn poll(
    source: &Watched,
    cx: &mut Context<'_>,
    interest: Interest,
    mut op: impl FnMut(&UnixStream) -> io::Result<Progress>,
) -> Poll<io::Result<usize>> {
    source.poll_io(cx, interest, &mut |io| match io {
        BorrowedIo::UnixStream(stream) => op(stream),
        other => panic!("it was registered as another kind: {other:?}"),
    })
}

/// Reads at most `limit` bytes; a short read drains.
fn read(source: &Watched, limit: usize) -> impl Future<Output = io::Result<usize>> + Unpin + '_ {
    poll_fn(move |cx| {
        poll(source, cx, Interest::Read, |mut stream| {
            let n = stream.read(&mut vec![0; limit])?;
            Ok(Progress {
                n,
                drained: n < limit,
            })
        })
    })
}

/// The operation of a poll that must not run it.
fn counting(runs: &AtomicUsize) -> impl FnMut(&UnixStream) -> io::Result<Progress> + '_ {
    |_| {
        runs.fetch_add(1, SeqCst);
        Err(ErrorKind::WouldBlock.into())
    }
}

fn word(polled: &Poll<io::Result<usize>>) -> String {
    match polled {
        Poll::Pending => "pending".into(),
        Poll::Ready(Ok(n)) => n.to_string(),
        Poll::Ready(Err(error)) if is_gone(error) => "gone".into(),
        Poll::Ready(Err(error)) => format!("{:?}", error.kind()),
    }
}

fn is_gone(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|source| source.is::<Gone>())
}

/// The first poll runs the operation, whatever is known of the descriptor.
pub fn k040_the_first_poll_runs_the_operation(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (source, _peer) = pair(&runtime);
    let runs = AtomicUsize::new(0);
    runtime.block_on(poll_fn(|cx| {
        let polled = poll(&source, cx, Interest::Read, counting(&runs));
        t.log("read", word(&polled));
        Poll::Ready(())
    }));
    t.log(
        "read",
        if runs.load(SeqCst) > 0 {
            "ran"
        } else {
            "skipped"
        },
    );
}

/// After `WouldBlock`, polls that follow no event do not run the operation.
pub fn k041_without_an_event_the_operation_does_not_run(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (source, _peer) = pair(&runtime);
    let runs = AtomicUsize::new(0);
    runtime.block_on(async {
        // A socket is writable from the start, which some reactors report as an event of both kinds.
        for _ in 0..20 {
            let mut wait = poll_fn(|cx| poll(&source, cx, Interest::Read, counting(&runs)));
            assert!(peek(&mut wait).await.is_pending());
            foreign_yield().await;
        }
    });
    let runs = runs.load(SeqCst);
    assert!(
        runs <= 4,
        "20 polls without an event ran the operation {runs} times"
    );
    t.log("read", "waited");
}

/// Bytes that come later wake the reader; fifty times over.
pub fn k042_an_event_wakes_the_reader(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (source, mut peer) = pair(&runtime);
    runtime.block_on(async {
        for _ in 0..50 {
            assert!(peek(&mut read(&source, 64)).await.is_pending());
            peer.write_all(b"x").unwrap();
            assert_eq!(read(&source, 64).await.unwrap(), 1);
        }
    });
    t.log("read", "woken");
}

/// After a drained operation the next poll does not try again before an event.
pub fn k043_drained_clears_readiness(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (source, mut peer) = pair(&runtime);
    let runs = AtomicUsize::new(0);
    runtime.block_on(async {
        peek(&mut read(&source, 64))
            .await
            .is_ready()
            .then(|| panic!("nothing was sent"));
        for _ in 0..20 {
            peer.write_all(b"abc").unwrap();
            assert_eq!(read(&source, 64).await.unwrap(), 3);
            let mut again = poll_fn(|cx| poll(&source, cx, Interest::Read, counting(&runs)));
            assert!(peek(&mut again).await.is_pending());
        }
    });
    let runs = runs.load(SeqCst);
    // An event between the two polls may excuse one or the other.
    assert!(
        runs <= 6,
        "20 polls after a drained read ran the operation {runs} times"
    );
    t.log("read", "drained");
}

/// An operation that left something does not clear readiness: the next poll goes on at once.
pub fn k044_what_is_left_is_read_without_an_event(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (source, mut peer) = pair(&runtime);
    peer.write_all(&[7; 10]).unwrap();
    runtime.block_on(async {
        for _ in 0..5 {
            t.log("read", read(&source, 2).await.unwrap());
        }
        t.log("read", word(&peek(&mut read(&source, 2)).await));
    });
}

/// What arrives while the operation runs is not lost: the operation sees nothing, and is woken all the same.
pub fn k045_an_event_during_the_operation_is_not_lost(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    for _ in 0..50 {
        let (source, mut peer) = pair(&runtime);
        let mut sent = false;
        let received = poll_fn(|cx| {
            poll(&source, cx, Interest::Read, |mut stream| {
                if !std::mem::replace(&mut sent, true) {
                    peer.write_all(b"x").unwrap();
                    return Err(ErrorKind::WouldBlock.into());
                }
                let n = stream.read(&mut [0; 8])?;
                Ok(Progress { n, drained: true })
            })
        });
        assert_eq!(runtime.block_on(received).unwrap(), 1);
    }
    t.log("read", "woken");
}

/// `Interrupted` is tried again at once; another error is returned as it is.
pub fn k046_interrupted_is_tried_again(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (source, _peer) = pair(&runtime);
    let mut errors = [
        ErrorKind::InvalidData,
        ErrorKind::Interrupted,
        ErrorKind::Interrupted,
    ]
    .to_vec();
    runtime.block_on(async {
        let failed = poll_fn(|cx| {
            poll(&source, cx, Interest::Write, |_| {
                Err(errors.pop().expect("it stops at an error").into())
            })
        });
        t.log("write", word(&Poll::Ready(failed.await)));
    });
}

/// When the peer goes, a blocked reader is woken, and so is a blocked writer.
pub fn k047_a_hang_up_wakes_both_directions(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (source, peer) = pair(&runtime);
    runtime.block_on(async {
        let mut write = poll_fn(|cx| {
            poll(&source, cx, Interest::Write, |mut stream| {
                let n = stream.write(&[0; 65536])?;
                Ok(Progress { n, drained: false })
            })
        });
        while peek(&mut write).await.is_ready() {}
        let mut receive = read(&source, 64);
        t.log("read", word(&peek(&mut receive).await));
        let (both, waker) = (CountingWaker::new(), CountingWaker::new());
        for (waker, interest) in [(&both, Interest::Read), (&waker, Interest::Write)] {
            let waker = Waker::from(waker.clone());
            let blocked = poll(&source, &mut Context::from_waker(&waker), interest, |_| {
                Err(ErrorKind::WouldBlock.into())
            });
            assert!(blocked.is_pending());
        }
        drop(peer);
        both.woken().wait().await;
        waker.woken().wait().await;
        // Unix sockets answer a reader with a reset if the peer left something unread.
        t.log(
            "read",
            if receive.await.unwrap_or(0) == 0 {
                "ended"
            } else {
                "bytes"
            },
        );
        t.log(
            "write",
            if write.await.is_err() {
                "failed"
            } else {
                "sent"
            },
        );
    });
}

/// One waker for each direction: the newest is woken.
pub fn k048_the_newest_waker_of_a_direction_wins(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (source, mut peer) = pair(&runtime);
    let (first, last) = (CountingWaker::new(), CountingWaker::new());
    runtime.block_on(async {
        assert!(peek(&mut read(&source, 64)).await.is_pending());
        for waker in [&first, &last] {
            let waker = Waker::from(waker.clone());
            let polled = poll(
                &source,
                &mut Context::from_waker(&waker),
                Interest::Read,
                |mut stream| {
                    let n = stream.read(&mut [0; 64])?;
                    Ok(Progress { n, drained: true })
                },
            );
            t.log("read", word(&polled));
        }
        peer.write_all(b"x").unwrap();
        last.woken().wait().await;
        t.log("read", read(&source, 64).await.unwrap());
    });
}

/// A duplicate of a watched descriptor is another descriptor: both are watched, each on its own.
pub fn k049_a_duplicate_is_watched_on_its_own(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (ours, mut peer) = UnixStream::pair().expect("a socket pair");
    let duplicate = ours.try_clone().expect("a duplicate");
    let first = runtime
        .backend()
        .register_boxed(ours.into())
        .expect("a socket is accepted");
    let second = runtime
        .backend()
        .register_boxed(duplicate.into())
        .expect("so is its duplicate");
    runtime.block_on(async {
        assert!(peek(&mut read(&first, 8)).await.is_pending());
        assert!(peek(&mut read(&second, 8)).await.is_pending());
        peer.write_all(b"x").unwrap();
        t.log("first", read(&first, 8).await.unwrap());
        drop(first);
        peer.write_all(b"yz").unwrap();
        t.log("second", read(&second, 8).await.unwrap());
    });
}

/// A regular file is refused, and comes back as the same descriptor, open.
pub fn k050_a_regular_file_is_refused_and_comes_back(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let path = std::env::current_exe().expect("this program is a file");
    let file = std::fs::File::open(path).expect("it can be read");
    let number = file.as_raw_fd();
    let refused = runtime.backend().register_boxed(OwnedFd::from(file).into());
    let refused = refused.err().expect("a regular file has no readiness");
    let same = refused.item.as_fd().as_raw_fd() == number;
    t.log("file", if same { "came-back" } else { "exchanged" });
    let mut file = std::fs::File::from(OwnedFd::from(refused.item));
    t.log(
        "file",
        if file.read(&mut [0; 4]).is_ok() {
            "open"
        } else {
            "closed"
        },
    );
}

/// Dropping a source closes the descriptor: the peer sees the end.
pub fn k051_dropping_a_source_closes_it(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (source, mut peer) = pair(&runtime);
    runtime.block_on(async {
        assert!(peek(&mut read(&source, 64)).await.is_pending());
    });
    drop(source);
    t.log("peer", peer.read(&mut [0; 8]).expect("the end is no error"));
    // Its number is free again, and can be watched again.
    let (source, mut peer) = pair(&runtime);
    peer.write_all(b"xy").unwrap();
    t.log("next", runtime.block_on(read(&source, 8)).unwrap());
}

/// A descriptor that is given back is open, non-blocking, and can be registered again.
pub fn k052_a_source_gives_its_descriptor_back(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (source, mut peer) = pair(&runtime);
    runtime.block_on(async {
        assert!(peek(&mut read(&source, 64)).await.is_pending());
    });
    let io = source.into_io().expect("it is deregistered");
    if let OwnedIo::UnixStream(mut stream) = io {
        let blocked = stream.read(&mut [0; 8]).unwrap_err().kind();
        t.log("io", format!("{blocked:?}"));
        let again = runtime
            .backend()
            .register_boxed(stream.into())
            .expect("it is free again");
        peer.write_all(b"xyz").unwrap();
        t.log("io", runtime.block_on(read(&again, 8)).unwrap());
    }
}

/// After shutdown who waits is woken and gets the one error; registering is refused, the socket open.
pub fn k053_a_source_outlives_its_runtime(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let backend = runtime.backend();
    let (source, _peer) = pair(&runtime);
    let waker = CountingWaker::new();
    let cx_waker = Waker::from(waker.clone());
    let mut cx = Context::from_waker(&cx_waker);
    let never = |_: &UnixStream| -> io::Result<Progress> { Err(ErrorKind::WouldBlock.into()) };
    t.log("old", word(&poll(&source, &mut cx, Interest::Read, never)));
    runtime.shutdown();
    waker.woken().wait_blocking();
    t.log("old", word(&poll(&source, &mut cx, Interest::Read, never)));
    let (ours, mut peer) = UnixStream::pair().expect("a socket pair");
    let refused = backend
        .register_boxed(ours.into())
        .err()
        .expect("the runtime is gone");
    t.log(
        "new",
        if is_gone(&refused.error) {
            "gone"
        } else {
            "another-error"
        },
    );
    drop(source);
    if let OwnedIo::UnixStream(mut stream) = refused.item {
        stream.write_all(b"x").unwrap();
        t.log("new", peer.read(&mut [0; 8]).unwrap());
    }
}

/// Reading and writing wait for their own events: a blocked reader leaves the writer alone.
pub fn k054_directions_are_independent(rig: &Rig, t: &Trace) {
    let runtime = rig.start();
    let (source, mut peer) = pair(&runtime);
    runtime.block_on(async {
        t.log("read", word(&peek(&mut read(&source, 64)).await));
        let sent = poll_fn(|cx| {
            poll(&source, cx, Interest::Write, |mut stream| {
                Ok(Progress {
                    n: stream.write(b"ping")?,
                    drained: false,
                })
            })
        });
        t.log("write", sent.await.unwrap());
        let mut received = [0; 4];
        peer.read_exact(&mut received).unwrap();
        peer.write_all(b"pong!").unwrap();
        t.log("read", read(&source, 64).await.unwrap());
    });
}
