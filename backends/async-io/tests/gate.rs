//! What the end of a runtime does to waits on a reactor that goes on.

mod support;

use std::{
    io,
    os::unix::net::UnixStream,
    pin::Pin,
    task::{Context, Poll},
};

use anyrt_async_io::{AsyncIoSource, Gate, Timer};
use anyrt_core::{Gone, Interest, RawTimer, Source};
use support::{Wakes, fill};

#[test]
fn closing_wakes_whoever_waits_on_a_timer() {
    let gate = Gate::new();
    let mut timer = Timer::new(None, Some(&gate));
    let (replaced, waker) = Wakes::new();
    assert!(
        Pin::new(&mut timer)
            .poll_elapsed(&mut Context::from_waker(&waker))
            .is_pending()
    );
    let (wakes, waker) = Wakes::new();
    let mut cx = Context::from_waker(&waker);
    assert!(Pin::new(&mut timer).poll_elapsed(&mut cx).is_pending());

    gate.close();
    assert_eq!((replaced.count(), wakes.count()), (0, 1));
    assert_eq!(
        Pin::new(&mut timer).poll_elapsed(&mut cx),
        Poll::Ready(Err(Gone))
    );
    Pin::new(&mut timer).reset(None);
    assert_eq!(
        Pin::new(&mut timer).poll_elapsed(&mut cx),
        Poll::Ready(Err(Gone))
    );
}

#[test]
fn closing_wakes_whoever_waits_on_a_descriptor_in_both_directions() {
    let gate = Gate::new();
    let (near, _far) = UnixStream::pair().unwrap();
    let source = AsyncIoSource::register(near.into(), Some(&gate)).unwrap();
    fill(source.io());
    let (readers, reader) = Wakes::new();
    let (writers, writer) = Wakes::new();
    let mut would_block = |_: anyrt_core::BorrowedIo<'_>| Err(io::ErrorKind::WouldBlock.into());
    assert!(
        source
            .poll_io(
                &mut Context::from_waker(&reader),
                Interest::Read,
                &mut would_block
            )
            .is_pending()
    );
    assert!(
        source
            .poll_io(
                &mut Context::from_waker(&writer),
                Interest::Write,
                &mut would_block
            )
            .is_pending()
    );

    assert_eq!((readers.count(), writers.count()), (0, 0));
    gate.close();
    assert_eq!((readers.count(), writers.count()), (1, 1));
    let mut ran = false;
    let after = source.poll_io(
        &mut Context::from_waker(&reader),
        Interest::Read,
        &mut |_| {
            ran = true;
            Err(io::ErrorKind::WouldBlock.into())
        },
    );
    let Poll::Ready(Err(error)) = after else {
        panic!("{after:?} after the runtime is gone");
    };
    assert!(error.get_ref().is_some_and(|inner| inner.is::<Gone>()));
    assert!(!ran);
}

#[test]
fn a_dropped_wait_leaves_no_waker_behind() {
    let gate = Gate::new();
    let (wakes, waker) = Wakes::new();
    let mut timer = Timer::new(None, Some(&gate));
    let mut cx = Context::from_waker(&waker);
    assert!(Pin::new(&mut timer).poll_elapsed(&mut cx).is_pending());
    drop(timer);
    gate.close();
    assert_eq!(wakes.count(), 0);
    drop(waker);
    assert_eq!(std::sync::Arc::strong_count(&wakes), 1);
}
