//! Waits that are given up, and guards that are forgotten: what it means to those who are left.

use std::mem;

use anyrt::{
    channel::channel,
    sync::{Barrier, CapacityLimiter, Mutex, OnceCell, RwLock, Semaphore},
};

use crate::{
    Trace,
    tools::{Gate, caught, peek},
};

/// A reader that gives up lets the writer behind it in, before and after it was handed the lock. Catalogue M.163, M.164.
pub async fn s118_a_reader_that_gives_up_lets_a_writer_in(t: Trace) {
    for after_the_grant in [false, true] {
        let lock = RwLock::new(());
        let writing = lock.write().await;
        let (mut reader, mut writer) = (Box::pin(lock.read()), Box::pin(lock.write()));
        assert!(peek(&mut reader).await.is_pending() && peek(&mut writer).await.is_pending());
        if after_the_grant {
            drop(writing);
            drop(reader);
        } else {
            drop(reader);
            drop(writing);
        }
        drop(writer.await);
        let statistics = lock.statistics();
        t.log(
            "lock",
            format!("{}/{}", statistics.readers, statistics.waiting),
        );
    }
}

/// Whoever waits for a value makes it when the one who was at it fails, panics or goes. Catalogue M.163.
pub async fn s135_the_next_in_line_makes_the_value(t: Trace) {
    for how in ["failed", "panicked", "dropped"] {
        let (cell, go) = (OnceCell::new(), Gate::new());
        let mut maker = Box::pin(caught(cell.get_or_try_init(|| async {
            go.wait().await;
            assert_ne!(how, "panicked");
            Err::<u32, _>("no")
        })));
        assert!(peek(&mut maker).await.is_pending());
        let (mut next, mut last) = (
            Box::pin(cell.get_or_init(async || 2)),
            Box::pin(cell.get_or_init(async || 3)),
        );
        assert!(peek(&mut next).await.is_pending() && peek(&mut last).await.is_pending());
        if how == "dropped" {
            drop(maker);
        } else {
            go.open();
            assert_eq!(maker.await.is_err(), how == "panicked");
        }
        t.log(how, format!("{}-{}", next.await, last.await));
    }
}

/// One that was let through and goes before it has seen it takes nothing from the others, nor from the next round.
pub async fn s136_one_that_was_let_through_may_go(t: Trace) {
    let barrier = Barrier::new(3);
    let (mut one, mut two) = (Box::pin(barrier.wait()), Box::pin(barrier.wait()));
    assert!(peek(&mut one).await.is_pending() && peek(&mut two).await.is_pending());
    t.log("leads", barrier.wait().await.is_leader());
    drop(one);
    t.log("leads", two.await.is_leader());
    let (mut one, mut two) = (Box::pin(barrier.wait()), Box::pin(barrier.wait()));
    let both = peek(&mut one).await.is_pending() && peek(&mut two).await.is_pending();
    t.log("again", both);
    t.log("waiting", barrier.statistics().waiting);
}

/// Whoever gives up in the middle of the queue changes nothing for the others, on either side. Catalogue K.154.
pub async fn s165_leaving_the_queue_keeps_the_order(t: Trace) {
    let (sender, receiver) = channel(0);
    let mut sends: Vec<_> = (1..=3).map(|item| Box::pin(sender.send(item))).collect();
    for send in &mut sends {
        assert!(peek(send).await.is_pending());
    }
    drop(sends.remove(1));
    t.log("received", receiver.recv().await.unwrap());
    t.log("received", receiver.recv().await.unwrap());
    t.log("waiting", receiver.statistics().waiting_senders);
    let mut receives: Vec<_> = (0..3).map(|_| Box::pin(receiver.recv())).collect();
    for receive in &mut receives {
        assert!(peek(receive).await.is_pending());
    }
    drop(receives.remove(1));
    sender.try_send(4).unwrap();
    sender.try_send(5).unwrap();
    for (lane, receive) in ["first", "third"].into_iter().zip(receives) {
        t.log(lane, receive.await.unwrap());
    }
}

/// What is forgotten is never given back; nothing else changes. Catalogue M.169.
pub async fn s166_what_is_forgotten_stays_taken(t: Trace) {
    let mutex = Mutex::new(1);
    mem::forget(mutex.lock().await);
    t.log("mutex", mutex.try_lock().is_err());
    let lock = RwLock::new(1);
    mem::forget(lock.read().await);
    let read = lock.read().await;
    t.log("rw_lock", *read);
    t.log("rw_lock", lock.try_write().is_err());
    let semaphore = Semaphore::new(2);
    mem::forget(semaphore.acquire().await);
    drop(semaphore.acquire().await);
    t.log("semaphore", semaphore.available());
    let limiter = CapacityLimiter::new(1);
    mem::forget(limiter.acquire().await);
    let mut waits = Box::pin(limiter.acquire());
    assert!(peek(&mut waits).await.is_pending());
    limiter.set_total_tokens(2);
    drop(waits.await);
    t.log("limiter", limiter.statistics().borrowed);
}
