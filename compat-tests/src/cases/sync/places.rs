//! Places in a channel: granted, kept by a permit, given up, and passed on.

use std::{
    future::poll_fn,
    panic::{self, AssertUnwindSafe},
    pin::Pin,
    task::Poll,
};

use anyrt::channel::{
    Receiver, RecvError, SendError, Sender, TryRecvError, TrySendError, channel, unbounded,
};
use futures::{Sink, Stream};

use crate::{Trace, tools::peek};

fn is_full<T>(sender: &Sender<T>, item: T) -> bool {
    matches!(sender.try_send(item), Err(TrySendError::WouldBlock(_)))
}

fn kind<T, E>(outcome: &Result<T, SendError<E>>) -> &'static str {
    match outcome {
        Ok(_) => "Ok",
        Err(SendError::Closed(_)) => "Closed",
        Err(_) => "Broken",
    }
}

/// What is in the channel now.
fn rest<T: ToString>(receiver: &Receiver<T>) -> String {
    let items = std::iter::from_fn(|| receiver.try_recv().ok());
    items
        .map(|item| item.to_string())
        .collect::<Vec<_>>()
        .join("-")
}

async fn poll_item(receiver: &mut Receiver<i32>) -> Poll<Option<i32>> {
    poll_fn(|cx| Poll::Ready(Pin::new(&mut *receiver).poll_next(cx))).await
}

async fn is_ready(sender: &mut Sender<i32>) -> bool {
    poll_fn(|cx| Poll::Ready(Pin::new(&mut *sender).poll_ready(cx).is_ready())).await
}

/// A send that was granted its place and is dropped before it saw so has sent nothing: the place goes to the next in line.
pub async fn s510_a_send_that_was_given_up_sends_nothing(t: Trace) {
    let (sender, receiver) = channel(1);
    sender.try_send("first").unwrap();
    let (mut second, mut third) = (
        Box::pin(sender.send("second")),
        Box::pin(sender.send("third")),
    );
    assert!(peek(&mut second).await.is_pending() && peek(&mut third).await.is_pending());
    t.log("received", receiver.recv().await.unwrap());
    t.log("full", is_full(&sender, "fourth"));
    t.log("granted", receiver.statistics().granted);
    drop(second);
    t.log("full", is_full(&sender, "fourth"));
    t.log("granted", receiver.statistics().granted);
    t.log("received", receiver.try_recv().is_ok());
    t.log("sent", peek(&mut third).await.is_ready());
    t.log("granted", receiver.statistics().granted);
    t.log("received", receiver.try_recv().unwrap());
}

/// A granted place does not survive its handle, nor the receivers: the item comes back, and the place is free.
pub async fn s511_a_granted_place_goes_with_its_handle(t: Trace) {
    for (how, lane) in [(0, "closed"), (1, "closed-for-all"), (2, "broken")] {
        let (sender, receiver) = channel(1);
        let other = sender.clone();
        sender.try_send(1).unwrap();
        let (mut mine, mut next) = (Box::pin(sender.send(2)), Box::pin(other.send(3)));
        assert!(peek(&mut mine).await.is_pending() && peek(&mut next).await.is_pending());
        receiver.recv().await.unwrap();
        match how {
            0 => sender.close(),
            1 => receiver.close_all(),
            _ => receiver.close(),
        }
        let next = peek(&mut next).await;
        t.log(
            lane,
            match &next {
                Poll::Ready(outcome) => kind(outcome),
                Poll::Pending => "Pending",
            },
        );
        let mine = mine.await;
        t.log(lane, kind(&mine));
        t.log(lane, mine.unwrap_err().into_inner());
    }
}

/// Two receivers were granted an item each, and give them up: every item is where it was.
pub async fn s512_items_that_come_back_keep_their_order(t: Trace) {
    for first_goes_first in [true, false] {
        let (sender, receiver) = channel(1);
        let (mut first, mut second) = (Box::pin(receiver.recv()), Box::pin(receiver.recv()));
        assert!(peek(&mut first).await.is_pending() && peek(&mut second).await.is_pending());
        for item in 1..=3 {
            sender.try_send(item).unwrap();
        }
        t.log("granted", receiver.statistics().granted);
        if first_goes_first {
            drop(first);
            drop(second);
        } else {
            drop(second);
            drop(first);
        }
        t.log("received", rest(&receiver));
    }
    // One gives up while another waits behind.
    let (sender, receiver) = channel(1);
    let mut waits: Vec<_> = (0..3).map(|_| Box::pin(receiver.recv())).collect();
    for wait in &mut waits {
        assert!(peek(wait).await.is_pending());
    }
    sender.try_send(1).unwrap();
    sender.try_send(2).unwrap();
    drop(waits.remove(0));
    for wait in waits {
        t.log("waited", wait.await.unwrap());
    }
}

/// A permit keeps its place, and the stream open, through the end of every sender; dropped, it passes the place on.
pub async fn s513_a_permit_keeps_its_place(t: Trace) {
    let (sender, receiver) = channel(1);
    let permit = sender.reserve().await.unwrap();
    t.log("full", is_full(&sender, 9));
    t.log(
        "full",
        matches!(sender.try_reserve(), Err(TrySendError::WouldBlock(()))),
    );
    let mut behind = Box::pin(sender.send(1));
    assert!(peek(&mut behind).await.is_pending());
    drop(permit);
    t.log("behind", peek(&mut behind).await.is_ready());
    t.log("received", rest(&receiver));
    for for_all in [false, true] {
        let (sender, receiver) = channel(1);
        let permit = sender.try_reserve().unwrap();
        let mut waits = Box::pin(receiver.recv());
        if for_all {
            sender.close_all();
        } else {
            sender.close();
        }
        t.log("closed", kind(&sender.reserve().await));
        t.log("ended", peek(&mut waits).await.is_ready());
        t.log("sent", kind(&permit.send(7)));
        t.log("received", format!("{:?}", waits.await));
        t.log("received", format!("{:?}", receiver.recv().await));
    }
    let (sender, receiver) = channel::<i32>(1);
    let permit = sender.reserve().await.unwrap();
    sender.close();
    let mut waits = Box::pin(receiver.recv());
    assert!(peek(&mut waits).await.is_pending());
    drop(permit);
    t.log("received", format!("{:?}", waits.await));
    let (sender, receiver) = channel(1);
    let permit = sender.reserve().await.unwrap();
    drop(receiver);
    t.log("sent", kind(&permit.send(8)));
    t.log("broken", kind(&sender.reserve().await));
}

/// Without a limit a permit is there at once; without room while a receiver waits for which no other permit stands.
pub async fn s514_a_permit_without_room_stands_for_a_receiver(t: Trace) {
    let (sender, _receiver) = unbounded::<i32>();
    t.log("unbounded", sender.try_reserve().is_ok());
    let (sender, receiver) = channel(0);
    let mut reserving = Box::pin(sender.reserve());
    assert!(peek(&mut reserving).await.is_pending());
    let mut one = Box::pin(receiver.recv());
    assert!(peek(&mut one).await.is_pending());
    let permit = reserving.await.unwrap();
    t.log(
        "taken",
        is_full(&sender, 9) && sender.try_reserve().is_err(),
    );
    let mut two = Box::pin(receiver.recv());
    assert!(peek(&mut two).await.is_pending());
    t.log("second", sender.try_send(1).is_ok());
    t.log("received", one.await.unwrap());
    drop(two);
    // Its receiver has gone: the item waits for the next.
    t.log("sent", kind(&permit.send(2)));
    t.log("received", receiver.recv().await.unwrap());
    // A receiver that comes second takes the item at once, and that is the send.
    let mut sending = Box::pin(sender.send(3));
    assert!(peek(&mut sending).await.is_pending());
    t.log("received", receiver.try_recv().unwrap());
    drop(sending);
    t.log("waiting", receiver.statistics().waiting_senders);
}

/// A sink reserves when it is asked whether it is ready; without that, an item is refused in every build, and none is lost.
pub async fn s515_a_sink_sends_only_what_it_was_ready_for(t: Trace) {
    let (mut sender, receiver) = channel(2);
    let unready = panic::catch_unwind(AssertUnwindSafe(|| Pin::new(&mut sender).start_send(0)));
    t.log("unready", unready.is_err());
    assert!(is_ready(&mut sender).await);
    Pin::new(&mut sender).start_send(1).unwrap();
    let twice = panic::catch_unwind(AssertUnwindSafe(|| Pin::new(&mut sender).start_send(2)));
    t.log("unready", twice.is_err());
    assert!(is_ready(&mut sender).await);
    t.log("full", is_full(&sender.clone(), 9));
    t.log("received", rest(&receiver));
    // What it was ready for goes with it.
    drop(sender);
    t.log("received", format!("{:?}", receiver.recv().await));
    let (mut sender, receiver) = channel(1);
    assert!(is_ready(&mut sender).await);
    sender.close();
    t.log("closed", kind(&Pin::new(&mut sender).start_send(3)));
    drop(receiver);
    let (mut sender, receiver) = channel(1);
    drop(receiver);
    assert!(is_ready(&mut sender).await);
    t.log("broken", kind(&Pin::new(&mut sender).start_send(4)));
}

/// A stream is woken, and keeps nothing back; a `recv` that waits comes first.
pub async fn s516_a_stream_hoards_nothing(t: Trace) {
    let (sender, mut stream) = channel(1);
    let receiver = stream.clone();
    assert!(poll_item(&mut stream).await.is_pending());
    sender.send(1).await.unwrap();
    t.log("other", receiver.try_recv().unwrap());
    assert!(poll_item(&mut stream).await.is_pending());
    sender.send(2).await.unwrap();
    t.log("other", receiver.recv().await.unwrap());
    assert!(poll_item(&mut stream).await.is_pending());
    let mut waits = Box::pin(receiver.recv());
    assert!(peek(&mut waits).await.is_pending());
    sender.send(3).await.unwrap();
    t.log("stream", poll_item(&mut stream).await.is_ready());
    t.log("other", waits.await.unwrap());
    sender.send(4).await.unwrap();
    t.log("stream", format!("{:?}", poll_item(&mut stream).await));
    // Without room a sender waits until the stream is polled.
    let (mut sender, mut stream) = channel(0);
    assert!(poll_item(&mut stream).await.is_pending());
    t.log("full", is_full(&sender, 9));
    let other = sender.clone();
    let mut sending = Box::pin(other.send(5));
    assert!(peek(&mut sending).await.is_pending());
    t.log("stream", format!("{:?}", poll_item(&mut stream).await));
    t.log("sent", sending.await.is_ok());
    t.log("ready", is_ready(&mut sender).await);
    assert!(poll_item(&mut stream).await.is_pending());
    t.log("ready", is_ready(&mut sender).await);
    Pin::new(&mut sender).start_send(6).unwrap();
    t.log("stream", format!("{:?}", poll_item(&mut stream).await));
}

/// Sending ends for everybody: what is there is received, what waits comes back.
pub async fn s517_sending_ends_for_everybody(t: Trace) {
    for from_the_receiver in [false, true] {
        let (sender, receiver) = channel(1);
        let other = sender.clone();
        sender.try_send(1).unwrap();
        let mut waits = Box::pin(other.send(2));
        assert!(peek(&mut waits).await.is_pending());
        if from_the_receiver {
            receiver.close_all();
        } else {
            sender.close_all();
        }
        t.log("waited", kind(&waits.await));
        let late = other.try_send(3);
        t.log("late", matches!(late, Err(TrySendError::Closed(3))));
        t.log("closed", sender.is_closed() && sender.clone().is_closed());
        t.log("senders", receiver.statistics().senders);
        t.log("received", receiver.recv().await.unwrap());
        t.log(
            "received",
            format!("{:?}", receiver.recv().await.unwrap_err()),
        );
    }
    let (sender, receiver) = channel::<i32>(1);
    let mut waits = Box::pin(receiver.recv());
    assert!(peek(&mut waits).await.is_pending());
    sender.close_all();
    t.log("received", format!("{:?}", waits.await.unwrap_err()));
}

/// A sender can wait until nobody can receive.
pub async fn s518_a_sender_hears_that_the_receivers_have_gone(t: Trace) {
    let (sender, receiver) = channel::<i32>(1);
    let other = receiver.clone();
    let (mut one, mut two) = (Box::pin(sender.closed()), Box::pin(sender.closed()));
    assert!(peek(&mut one).await.is_pending() && peek(&mut two).await.is_pending());
    receiver.close();
    sender.close();
    t.log("one-left", peek(&mut one).await.is_ready());
    drop(other);
    one.await;
    two.await;
    sender.closed().await;
    t.log("gone", "heard");
}

/// A receiver that is closed leaves what it was granted to the others.
pub async fn s519_a_closed_receiver_leaves_its_item(t: Trace) {
    let (sender, receiver) = channel(1);
    let other = receiver.clone();
    let mut waits = Box::pin(receiver.recv());
    assert!(peek(&mut waits).await.is_pending());
    sender.try_send(1).unwrap();
    t.log(
        "on-its-way",
        matches!(other.try_recv(), Err(TryRecvError::WouldBlock)),
    );
    receiver.close();
    t.log("other", other.try_recv().unwrap());
    t.log("closed", matches!(waits.await, Err(RecvError::Closed)));
}
