//! Items on their way while an end of the channel closes: each is received once, or comes back.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use futures_core::Stream;
use loom::{
    sync::atomic::{AtomicBool, Ordering::SeqCst},
    thread,
};

use super::{drop_in_thread, poll, queued, wait};
use crate::{
    channel::{Dropped, Receiver, RecvError, TryRecvError, TrySendError, channel, oneshot},
    explore,
};

type Receiving = Pin<Box<dyn Future<Output = Result<u32, RecvError>> + Send>>;

fn receive(receiver: &Arc<Receiver<u32>>) -> Receiving {
    let receiver = Arc::clone(receiver);
    Box::pin(async move { receiver.recv().await })
}

/// The last sender goes while somebody tries to receive: what was sent comes before the end.
#[test]
fn close_against_try() {
    explore(|| {
        let (sender, receiver) = channel(1);
        let closer = thread::spawn(move || sender.try_send(7).unwrap());
        let early = receiver.try_recv();
        closer.join().unwrap();
        match early {
            Ok(item) => assert_eq!(item, 7),
            Err(error) => {
                assert_eq!(error, TryRecvError::WouldBlock);
                assert_eq!(receiver.try_recv(), Ok(7));
            }
        }
        assert_eq!(receiver.try_recv(), Err(TryRecvError::EndOfStream));
    });
}

/// The last receiver goes while an item is sent: it comes back, or is dropped with what is in the channel.
#[test]
fn close_against_try_of_a_sender() {
    explore(|| {
        let (sender, receiver) = channel(1);
        let item = Arc::new(());
        let closer = drop_in_thread(receiver);
        match sender.try_send(Arc::clone(&item)) {
            Ok(()) => {}
            Err(error) => assert!(matches!(error, TrySendError::Broken(_))),
        }
        closer.join().unwrap();
        assert_eq!(Arc::strong_count(&item), 1);
    });
}

/// A receiver that waits is closed while an item is sent: it has it, or the other receiver.
#[test]
fn close_against_hand_over() {
    explore(|| {
        let (sender, receiver) = channel(1);
        let other = receiver.clone();
        let receiver = Arc::new(receiver);
        let mut receiving = queued(receive(&receiver));
        let closer = thread::spawn(move || receiver.close());
        sender.try_send(7).unwrap();
        closer.join().unwrap();
        match poll(&mut receiving) {
            Poll::Ready(Ok(item)) => {
                assert_eq!(item, 7);
                assert_eq!(other.try_recv(), Err(TryRecvError::WouldBlock));
            }
            ending => {
                assert_eq!(ending, Poll::Ready(Err(RecvError::Closed)));
                assert_eq!(other.try_recv(), Ok(7));
            }
        }
    });
}

/// The last sender goes while a receiver that was handed the item gives up: the other has it.
#[test]
fn close_against_drop_of_the_granted() {
    explore(|| {
        let (sender, receiver) = channel(1);
        let receiver = Arc::new(receiver);
        let first = queued(receive(&receiver));
        let second = queued(receive(&receiver));
        sender.try_send(7).unwrap();
        let closer = drop_in_thread(sender);
        let leaver = drop_in_thread(first);
        assert_eq!(wait(second), Ok(7));
        closer.join().unwrap();
        leaver.join().unwrap();
        assert_eq!(receiver.try_recv(), Err(TryRecvError::EndOfStream));
    });
}

/// A receiver that was handed the last item gives up while another comes to the end of the stream: that one has
/// the item first.
#[test]
fn end_against_drop_of_the_granted() {
    explore(|| {
        let (sender, receiver) = channel(1);
        let receiver = Arc::new(receiver);
        let first = queued(receive(&receiver));
        sender.try_send(7).unwrap();
        drop(sender);
        let leaver = drop_in_thread(first);
        assert_eq!(wait(receive(&receiver)), Ok(7));
        leaver.join().unwrap();
        assert_eq!(wait(receive(&receiver)), Err(RecvError::EndOfStream));
    });
}

/// A receiver sees the last item while another goes to sleep: that one comes to the end.
#[test]
fn end_against_last_item() {
    explore(|| {
        let (sender, receiver) = channel(1);
        let receiver = Arc::new(receiver);
        let mut first = queued(receive(&receiver));
        sender.try_send(7).unwrap();
        drop(sender);
        let last = thread::spawn(move || poll(&mut first));
        assert_eq!(wait(receive(&receiver)), Err(RecvError::EndOfStream));
        assert_eq!(last.join().unwrap(), Poll::Ready(Ok(7)));
    });
}

/// The last sender goes while a stream that was handed the item is dropped: the other receiver has it.
#[test]
fn close_against_drop_of_a_stream() {
    explore(|| {
        let (sender, receiver) = channel(1);
        let mut stream = receiver.clone();
        let mut noop = Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut stream).poll_next(&mut noop).is_pending());
        let receiver = Arc::new(receiver);
        let mut second = queued(receive(&receiver));
        sender.try_send(7).unwrap();
        let closer = drop_in_thread(sender);
        drop(stream);
        closer.join().unwrap();
        assert_eq!(poll(&mut second), Poll::Ready(Ok(7)));
        assert_eq!(receiver.try_recv(), Err(TryRecvError::EndOfStream));
    });
}

/// Both senders go at once: one of them is the last.
#[test]
fn close_against_close() {
    explore(|| {
        let (sender, receiver) = channel::<u32>(1);
        let other = sender.clone();
        let receiver = Arc::new(receiver);
        let receiving = queued(receive(&receiver));
        let closer = drop_in_thread(sender);
        drop(other);
        assert_eq!(wait(receiving), Err(RecvError::EndOfStream));
        closer.join().unwrap();
    });
}

/// The one value is sent while its receiver goes to sleep.
#[test]
fn oneshot_send_against_enter() {
    explore(|| {
        let (sender, receiver) = oneshot();
        let sending = thread::spawn(move || sender.send(7));
        assert_eq!(wait(receiver), Ok(7));
        assert_eq!(sending.join().unwrap(), Ok(()));
    });
}

/// The one value is sent while its receiver, which waits, changes its waker.
#[test]
fn oneshot_send_against_repoll() {
    explore(|| {
        let (sender, receiver) = oneshot();
        let receiver = queued(receiver);
        let sending = thread::spawn(move || sender.send(7));
        assert_eq!(wait(receiver), Ok(7));
        assert_eq!(sending.join().unwrap(), Ok(()));
    });
}

/// The one value is sent while its receiver, which waits, gives up: it comes back, always if the receiver has
/// gone before, or is dropped with it.
#[test]
fn oneshot_send_against_drop() {
    explore(|| {
        let (sender, receiver) = oneshot();
        let receiver = queued(receiver);
        let item = Arc::new(());
        let has_gone = Arc::new(AtomicBool::new(false));
        let leaver = {
            let has_gone = Arc::clone(&has_gone);
            thread::spawn(move || {
                drop(receiver);
                has_gone.store(true, SeqCst);
            })
        };
        let had_gone = has_gone.load(SeqCst);
        let sent = sender.send(Arc::clone(&item));
        leaver.join().unwrap();
        assert!(sent.is_err() || !had_gone);
        assert_eq!(Arc::strong_count(&item), 1 + usize::from(sent.is_err()));
    });
}

/// The sender goes without a value while its receiver goes to sleep.
#[test]
fn oneshot_drop_against_enter() {
    explore(|| {
        let (sender, receiver) = oneshot::<u32>();
        let leaver = drop_in_thread(sender);
        assert_eq!(wait(receiver), Err(Dropped));
        leaver.join().unwrap();
    });
}
