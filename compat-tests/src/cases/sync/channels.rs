//! Channels: order, ends, and what happens to an item when somebody goes away.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
};

use anyrt::{
    channel::{
        Receiver, RecvError, SendError, Sender, TryRecvError, TrySendError, channel, oneshot,
        unbounded,
    },
    scope,
    task::TaskGroup,
    task_group,
};

use crate::{Trace, rig::Rig, tools::peek};

/// Without a buffer `send` waits until its item is taken. Catalogue K.147.
pub async fn s140_a_rendezvous_waits_for_the_receiver(t: Trace) {
    let (sender, receiver) = channel(0);
    t.log(
        "alone",
        matches!(sender.try_send(0), Err(TrySendError::WouldBlock(0))),
    );
    let mut sending = Box::pin(sender.send(1));
    assert!(peek(&mut sending).await.is_pending());
    t.log("received", receiver.recv().await.unwrap());
    t.log("sent", sending.await.is_ok());
    let (mut one, mut two) = (Box::pin(receiver.recv()), Box::pin(receiver.recv()));
    assert!(peek(&mut one).await.is_pending() && peek(&mut two).await.is_pending());
    t.log(
        "sent",
        sender.try_send(2).is_ok() && sender.try_send(3).is_ok(),
    );
    t.log("received", one.await.unwrap());
    t.log("received", two.await.unwrap());
}

/// A full buffer makes senders wait; each receive gives one of them its place, in order, and nobody else has it. Catalogue
/// K.148.
pub async fn s141_a_buffer_keeps_the_order(t: Trace) {
    let (sender, receiver) = channel(2);
    sender.try_send(0).unwrap();
    sender.send(1).await.unwrap();
    let full = || matches!(sender.try_send(9), Err(TrySendError::WouldBlock(9)));
    t.log("full", full());
    let (mut two, mut three) = (Box::pin(sender.send(2)), Box::pin(sender.send(3)));
    assert!(peek(&mut two).await.is_pending() && peek(&mut three).await.is_pending());
    for _ in 0..2 {
        t.log("received", receiver.recv().await.unwrap());
        t.log("full", full());
    }
    t.log(
        "empty",
        matches!(receiver.try_recv(), Err(TryRecvError::WouldBlock)),
    );
    // In the order in which the sends complete.
    t.log("sent", three.await.is_ok() && two.await.is_ok());
    for _ in 0..2 {
        t.log("received", receiver.recv().await.unwrap());
    }
}

/// What was sent outlives the last sender; then the stream has ended, for good. Catalogue K.149.
pub async fn s142_items_outlive_the_last_sender(t: Trace) {
    let (sender, receiver) = unbounded();
    sender.send(1).await.unwrap();
    drop(sender);
    t.log("received", receiver.recv().await.unwrap());
    for _ in 0..2 {
        t.log("ended", format!("{:?}", receiver.recv().await.unwrap_err()));
    }
    t.log("ended", format!("{:?}", receiver.try_recv().unwrap_err()));
}

fn kind<T>(outcome: Result<(), SendError<T>>) -> &'static str {
    match outcome {
        Ok(()) => "Ok",
        Err(SendError::Closed(_)) => "Closed",
        Err(_) => "Broken",
    }
}

/// Who closed what tells the two sides apart, while they wait and ever after. Catalogue K.150.
pub async fn s143_ends_are_told_apart(t: Trace) {
    for (close_sender, lane) in [(true, "sender-closed"), (false, "receiver-closed")] {
        let end = |sender: &Sender<i32>, receiver: &Receiver<i32>| {
            if close_sender {
                sender.close();
            } else {
                receiver.close();
            }
        };
        let (sender, receiver) = channel(0);
        let mut sending = Box::pin(sender.send(1));
        assert!(peek(&mut sending).await.is_pending());
        end(&sender, &receiver);
        t.log(lane, kind(sending.await));
        t.log(lane, kind(sender.send(2).await));
        let (sender, receiver) = channel(0);
        let mut receiving = Box::pin(receiver.recv());
        assert!(peek(&mut receiving).await.is_pending());
        end(&sender, &receiver);
        t.log(lane, format!("{:?}", receiving.await.unwrap_err()));
        t.log(lane, format!("{:?}", receiver.recv().await.unwrap_err()));
    }
}

/// A channel ends with the last clone, and closing one is not noticed through another. Catalogue K.151.
pub async fn s144_clones_end_together(t: Trace) {
    let (sender, receiver) = channel::<i32>(0);
    let (other, second) = (sender.clone(), receiver.clone());
    let mut receiving = Box::pin(second.recv());
    assert!(peek(&mut receiving).await.is_pending());
    receiver.close();
    drop(sender);
    t.log("receiving", peek(&mut receiving).await.is_ready());
    t.log(
        "clone",
        matches!(receiver.clone().try_recv(), Err(TryRecvError::Closed)),
    );
    drop(other);
    t.log("receiving", format!("{:?}", receiving.await.unwrap_err()));
}

/// A receiver that goes after it was handed an item, and before it saw it, leaves it to the next. Catalogue K.153.
pub async fn s145_an_unseen_item_goes_to_the_next(t: Trace) {
    for capacity in [0, 1] {
        let (sender, receiver) = channel(capacity);
        let (mut first, mut second) = (Box::pin(receiver.recv()), Box::pin(receiver.recv()));
        assert!(peek(&mut first).await.is_pending() && peek(&mut second).await.is_pending());
        sender.try_send(1).unwrap();
        drop(first);
        t.log("second", second.await.unwrap());
        let mut alone = Box::pin(receiver.recv());
        assert!(peek(&mut alone).await.is_pending());
        sender.try_send(2).unwrap();
        drop(alone);
        sender.try_send(3).unwrap_or_default();
        t.log("next", receiver.recv().await.unwrap());
    }
}

/// While the last item is on its way the stream has not ended: it ends once the item is seen, by whomever.
pub async fn s155_the_last_item_comes_before_the_end(t: Trace) {
    for given_up in [false, true] {
        let (sender, receiver) = channel(1);
        let (mut first, mut second) = (Box::pin(receiver.recv()), Box::pin(receiver.recv()));
        assert!(peek(&mut first).await.is_pending() && peek(&mut second).await.is_pending());
        sender.try_send(1).unwrap();
        drop(sender);
        let mut third = Box::pin(receiver.recv());
        assert!(peek(&mut second).await.is_pending() && peek(&mut third).await.is_pending());
        t.log(
            "on-its-way",
            format!("{:?}", receiver.try_recv().unwrap_err()),
        );
        if given_up {
            drop(first);
        } else {
            t.log("first", first.await.unwrap());
        }
        t.log("second", format!("{:?}", second.await));
        t.log("third", format!("{:?}", third.await));
        t.log("ended", format!("{:?}", receiver.try_recv().unwrap_err()));
    }
}

/// A sender that goes before its item was taken takes it along.
pub async fn s146_an_untaken_item_goes_with_its_sender(t: Trace) {
    let (sender, receiver) = channel(0);
    let (mut one, mut two) = (Box::pin(sender.send(1)), Box::pin(sender.send(2)));
    assert!(peek(&mut one).await.is_pending() && peek(&mut two).await.is_pending());
    drop(one);
    t.log("received", receiver.recv().await.unwrap());
    t.log("waiting", receiver.statistics().waiting_senders);
    two.await.unwrap();
}

/// In a cancelled scope nothing is sent and nothing received. Catalogue K.154.
pub async fn s147_a_cancelled_scope_moves_nothing(t: Trace) {
    let (sender, receiver) = channel(2);
    sender.try_send(1).unwrap();
    for send in [true, false] {
        let outcome = scope(async |s| {
            s.cancel();
            if send {
                sender.send(2).await.unwrap();
            } else {
                receiver.recv().await.unwrap();
            }
            t.log("body", "went-on");
        })
        .await;
        t.log("main", format!("{:?}", outcome.unwrap_err().reason()));
    }
    t.log("buffered", receiver.statistics().buffered);
}

/// Ten senders and five receivers share a channel: every item arrives, once. Catalogue K.156.
pub async fn s148_many_to_many(t: Trace) {
    for capacity in [0, 3] {
        let (sender, receiver) = channel(capacity);
        let (count, sum) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        task_group(async |tg: TaskGroup| {
            for number in 0..10 {
                let sender = sender.clone();
                tg.spawn(async move {
                    for item in 0..3 {
                        sender.send(number * 3 + item).await.unwrap();
                    }
                });
            }
            drop(sender);
            for _ in 0..5 {
                let (receiver, count, sum) = (receiver.clone(), count.clone(), sum.clone());
                tg.spawn(async move {
                    while let Ok(item) = receiver.recv().await {
                        count.fetch_add(1, Ordering::Relaxed);
                        sum.fetch_add(item, Ordering::Relaxed);
                    }
                });
            }
        })
        .await;
        t.log("items", count.load(Ordering::Relaxed));
        t.log("sum", sum.load(Ordering::Relaxed));
    }
}

/// Every number shows. Catalogue K.157.
pub async fn s149_a_channel_counts(t: Trace) {
    let (sender, receiver) = channel(1);
    let state = || {
        let now = receiver.statistics();
        format!(
            "{}/{:?}/{}-{}/{}-{}/{}",
            now.buffered,
            now.capacity,
            now.peak,
            now.senders,
            now.receivers,
            now.waiting_senders,
            now.waiting_receivers
        )
    };
    t.log("channel", state());
    sender.send(1).await.unwrap();
    let mut waiting = Box::pin(sender.send(2));
    assert!(peek(&mut waiting).await.is_pending());
    let _clone = sender.clone();
    t.log("channel", state());
    drop(waiting);
    receiver.recv().await.unwrap();
    let mut waiting = Box::pin(receiver.recv());
    assert!(peek(&mut waiting).await.is_pending());
    t.log("channel", state());
}

/// A receiver is a stream of the items, a sender a sink that keeps a place for its next one.
pub async fn s150_streams_and_sinks(t: Trace) {
    use futures::{Sink, Stream};

    let (mut sender, mut receiver) = channel(1);
    macro_rules! ready {
        () => {
            poll_fn(|cx| Poll::Ready(Pin::new(&mut sender).poll_ready(cx).is_ready())).await
        };
    }
    t.log("ready", ready!());
    Pin::new(&mut sender).start_send(1).unwrap();
    poll_fn(|cx| Pin::new(&mut sender).poll_flush(cx))
        .await
        .unwrap();
    t.log("ready", ready!());
    let item = poll_fn(|cx| Pin::new(&mut receiver).poll_next(cx)).await;
    t.log("item", format!("{item:?}"));
    t.log("ready", ready!());
    Pin::new(&mut sender).start_send(2).unwrap();
    let item = poll_fn(|cx| Pin::new(&mut receiver).poll_next(cx)).await;
    t.log("item", format!("{item:?}"));
    poll_fn(|cx| Pin::new(&mut sender).poll_close(cx))
        .await
        .unwrap();
    let item = poll_fn(|cx| Pin::new(&mut receiver).poll_next(cx)).await;
    t.log("item", format!("{item:?}"));
}

/// One value, whoever comes first; or the news that none will come.
pub async fn s151_one_value(t: Trace) {
    let (sender, receiver) = oneshot();
    sender.send(1).unwrap();
    t.log("early", receiver.await.unwrap());
    let (sender, mut receiver) = oneshot();
    assert!(peek(&mut receiver).await.is_pending());
    sender.send(2).unwrap();
    t.log("late", receiver.await.unwrap());
    let (sender, mut receiver) = oneshot::<i32>();
    assert!(peek(&mut receiver).await.is_pending());
    drop(sender);
    t.log("dropped", receiver.await.is_err());
    let (sender, receiver) = oneshot();
    drop(receiver);
    t.log("refused", sender.send(3).unwrap_err());
}

/// A channel between two runtimes. Catalogue F.91.
pub fn s152_a_channel_between_runtimes(rig: &Rig, t: &Trace) {
    let (sender, receiver) = channel(0);
    let rig = *rig;
    let other = std::thread::spawn(move || {
        rig.run(async move {
            let mut sum = 0;
            while let Ok(item) = receiver.recv().await {
                sum += item;
            }
            sum
        })
    });
    rig.run(async move {
        for item in 1..=10 {
            sender.send(item).await.unwrap();
        }
    })
    .unwrap();
    t.log("sum", other.join().unwrap().unwrap());
}

/// An always-ready loop of sending and receiving ends at its deadline, and starves nobody. Rule C8.
pub async fn s153_an_always_ready_channel_has_a_budget(t: Trace) {
    let (sender, receiver) = channel(1);
    let outcome = anyrt::move_on_after(std::time::Duration::from_millis(2), async {
        loop {
            sender.send(1).await.unwrap();
            receiver.recv().await.unwrap();
        }
    })
    .await;
    let ended: Option<std::convert::Infallible> = outcome;
    t.log("main", if ended.is_none() { "ended" } else { "went-on" });
    let (sender, receiver) = channel(1);
    let seen = Arc::new(AtomicUsize::new(0));
    task_group(async |tg: TaskGroup| {
        let theirs = seen.clone();
        tg.spawn(async move { theirs.store(1, Ordering::Release) });
        while seen.load(Ordering::Acquire) == 0 {
            sender.send(1).await.unwrap();
            let error = receiver.recv().await.err();
            assert_eq!(error, None::<RecvError>);
        }
    })
    .await;
    t.log("other", "seen");
}

/// A receive makes room, and the first sender that waits has the place at once: its item is there once it has sent it.
pub async fn s154_a_receive_lets_a_sender_follow(t: Trace) {
    let (sender, receiver) = channel(1);
    sender.send(1).await.unwrap();
    let mut waits = Box::pin(sender.send(2));
    assert!(peek(&mut waits).await.is_pending());
    t.log("main", receiver.recv().await.unwrap());
    t.log("main", format!("{:?}", receiver.try_recv().unwrap_err()));
    t.log("main", peek(&mut waits).await.is_ready());
    t.log("main", receiver.recv().await.unwrap());
}
