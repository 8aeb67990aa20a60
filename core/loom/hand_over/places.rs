//! Places in a channel that are granted, given up and passed on while an end of the channel closes.

use std::{future::Future, pin::Pin, sync::Arc, task::Poll};

use loom::{
    sync::atomic::{AtomicBool, Ordering::SeqCst},
    thread,
};

use super::{drop_in_thread, poll, queued, wait};
use crate::{
    channel::{Permit, Receiver, RecvError, SendError, Sender, TryRecvError, channel},
    explore,
};

type Sending = Pin<Box<dyn Future<Output = Result<(), SendError<u32>>> + Send>>;

fn send(sender: &Arc<Sender<u32>>, item: u32) -> Sending {
    let sender = Arc::clone(sender);
    Box::pin(async move { sender.send(item).await })
}

/// A channel with room for one item, which is there.
fn full() -> (Arc<Sender<u32>>, Receiver<u32>) {
    let (sender, receiver) = channel(1);
    sender.try_send(0).unwrap();
    (Arc::new(sender), receiver)
}

/// A send that was granted its place gives up while the next in line is polled: that one has the place.
#[test]
fn drop_of_a_granted_send_against_the_next() {
    explore(|| {
        let (sender, receiver) = full();
        let first = queued(send(&sender, 1));
        let second = queued(send(&sender, 2));
        assert_eq!(receiver.try_recv(), Ok(0));
        let leaver = drop_in_thread(first);
        assert_eq!(wait(second), Ok(()));
        leaver.join().unwrap();
        assert_eq!(receiver.try_recv(), Ok(2));
        assert_eq!(receiver.try_recv(), Err(TryRecvError::WouldBlock));
    });
}

/// A send that was granted its place gives up while its handle is closed: the place is free once, and not twice.
#[test]
fn drop_of_a_granted_send_against_close() {
    explore(|| {
        let (sender, receiver) = full();
        let other = Sender::clone(&sender);
        let first = queued(send(&sender, 1));
        assert_eq!(receiver.try_recv(), Ok(0));
        let leaver = drop_in_thread(first);
        sender.close();
        leaver.join().unwrap();
        assert_eq!(receiver.try_recv(), Err(TryRecvError::WouldBlock));
        assert!(other.try_send(2).is_ok() && other.try_send(3).is_err());
    });
}

/// A send that was granted its place completes while its handle is closed: it was sent, or it comes back.
#[test]
fn granted_send_against_close() {
    explore(|| {
        let (sender, receiver) = full();
        let other = Sender::clone(&sender);
        let mut first = queued(send(&sender, 1));
        assert_eq!(receiver.try_recv(), Ok(0));
        let has_closed = Arc::new(AtomicBool::new(false));
        let closer = {
            let has_closed = Arc::clone(&has_closed);
            thread::spawn(move || {
                sender.close();
                has_closed.store(true, SeqCst);
            })
        };
        let had_closed = has_closed.load(SeqCst);
        match poll(&mut first) {
            Poll::Ready(Ok(())) => {
                assert!(!had_closed);
                assert_eq!(receiver.try_recv(), Ok(1));
            }
            ending => {
                assert_eq!(ending, Poll::Ready(Err(SendError::Closed(1))));
                assert!(other.try_send(2).is_ok());
            }
        }
        closer.join().unwrap();
    });
}

/// A send that was granted its place gives up while the last receiver goes: a later one hears that it is alone.
#[test]
fn drop_of_a_granted_send_against_the_receiver() {
    explore(|| {
        let (sender, receiver) = full();
        let first = queued(send(&sender, 1));
        let second = queued(send(&sender, 2));
        assert_eq!(receiver.try_recv(), Ok(0));
        let leaver = drop_in_thread(first);
        let closer = drop_in_thread(receiver);
        match wait(second) {
            Ok(()) => {}
            Err(error) => assert_eq!(error, SendError::Broken(2)),
        }
        leaver.join().unwrap();
        closer.join().unwrap();
        assert_eq!(sender.statistics().granted, 0);
    });
}

/// The last permit is dropped, after every sender, while a receiver goes to sleep: that one comes to the end.
#[test]
fn permit_drop_against_the_end() {
    explore(|| {
        let (sender, receiver) = channel::<u32>(1);
        let sender: &'static Sender<u32> = Box::leak(Box::new(sender));
        let permit: Permit<'static, u32> = sender.try_reserve().unwrap();
        sender.close();
        let leaver = drop_in_thread(permit);
        assert_eq!(wait(receiver.recv()), Err(RecvError::EndOfStream));
        leaver.join().unwrap();
    });
}
