//! How channels share, and how they end when an end is dropped.

use std::task::Poll;

use anyrt::channel::{SendError, TryRecvError, TrySendError, channel, oneshot, unbounded};

use crate::{
    Trace,
    tools::{OnDrop, peek},
};

/// When the last receiver is dropped a sender that waits gets its item back, and what is in the buffer is dropped. Rule
/// S5, catalogue K.150.
pub async fn s156_dropped_receivers_give_items_back(t: Trace) {
    for capacity in [0, 1] {
        let (sender, receiver) = channel(capacity);
        let last = receiver.clone();
        if capacity > 0 {
            let _ = sender.try_send(OnDrop::new(&t, "order", "buffered-dropped"));
        }
        let mut sending = Box::pin(sender.send(OnDrop::new(&t, "order", "item-dropped")));
        assert!(peek(&mut sending).await.is_pending());
        drop(receiver);
        assert!(peek(&mut sending).await.is_pending(), "one is left");
        drop(last);
        let outcome = sending.await.unwrap_err();
        let broken = matches!(outcome, SendError::Broken(_));
        t.log("order", if broken { "broken" } else { "closed" });
        drop(outcome.into_inner());
        let late = sender.try_send(OnDrop::new(&t, "late", "dropped"));
        let broken = matches!(late, Err(TrySendError::Broken(_)));
        t.log("late", if broken { "broken" } else { "another" });
    }
}

/// When the last sender is dropped receivers that wait hear of it, every one. Catalogue K.150.
pub async fn s167_dropped_senders_end_every_wait(t: Trace) {
    for capacity in [0, 1] {
        let (sender, receiver) = channel::<i32>(capacity);
        let other = sender.clone();
        let (mut one, mut two) = (Box::pin(receiver.recv()), Box::pin(receiver.recv()));
        assert!(peek(&mut one).await.is_pending() && peek(&mut two).await.is_pending());
        drop(sender);
        assert!(peek(&mut one).await.is_pending(), "one is left");
        drop(other);
        t.log("waited", format!("{:?}", one.await.unwrap_err()));
        t.log("waited", format!("{:?}", two.await.unwrap_err()));
        t.log("late", format!("{:?}", receiver.recv().await.unwrap_err()));
    }
}

/// Receivers that come again and again get an item each in turn. Catalogue K.156.
pub async fn s157_receivers_take_turns(t: Trace) {
    for capacity in [0, 1] {
        let (sender, receiver) = channel(capacity);
        let mut waiting: Vec<_> = (0..5).map(|_| Box::pin(receiver.recv())).collect();
        for waiter in &mut waiting {
            assert!(peek(waiter).await.is_pending());
        }
        let mut turns = String::new();
        for item in 0..10 {
            sender.try_send(item).unwrap();
            for (number, waiter) in waiting.iter_mut().enumerate() {
                if let Poll::Ready(received) = peek(waiter).await {
                    assert_eq!(received, Ok(item));
                    turns += &number.to_string();
                    *waiter = Box::pin(receiver.recv());
                    assert!(peek(waiter).await.is_pending());
                }
            }
        }
        t.log("turns", turns);
    }
}

/// A value that nobody has seen goes with its receiver, and who would send it can know.
pub async fn s158_an_unseen_value_goes_with_its_receiver(t: Trace) {
    let (sender, mut receiver) = oneshot();
    t.log("sender", sender.is_closed());
    t.log("early", receiver.try_recv().is_none());
    assert!(peek(&mut receiver).await.is_pending());
    assert!(sender.send(OnDrop::new(&t, "value", "dropped")).is_ok());
    drop(receiver);
    t.log("value", "receiver-gone");
    let (sender, mut receiver) = oneshot();
    assert!(peek(&mut receiver).await.is_pending());
    drop(receiver);
    t.log("sender", sender.is_closed());
    t.log("sender", sender.send(7).unwrap_err());
    let (sender, mut receiver) = oneshot();
    sender.send(8).unwrap();
    t.log("early", receiver.try_recv().unwrap());
}

/// Without a limit nobody waits to send, and everything comes out in order. Catalogue K.148.
pub async fn s159_without_a_limit_nobody_waits(t: Trace) {
    let (sender, receiver) = unbounded();
    assert_eq!(
        peek(&mut Box::pin(sender.send(0))).await,
        Poll::Ready(Ok(()))
    );
    for item in 1..1000 {
        sender.try_send(item).unwrap();
    }
    let full = receiver.statistics();
    t.log(
        "channel",
        format!("{}/{:?}/{}", full.buffered, full.capacity, full.peak),
    );
    for item in 0..1000 {
        assert_eq!(receiver.recv().await, Ok(item));
    }
    let empty = receiver.statistics();
    t.log("channel", format!("{}/{}", empty.buffered, empty.peak));
    t.log(
        "main",
        matches!(receiver.try_recv(), Err(TryRecvError::WouldBlock)),
    );
}
