//! Printing a primitive, and asking for its statistics, waits for nobody: while it is held, and waited for.

use std::{fmt::Debug, sync::Arc};

use anyrt::{
    channel::{channel, oneshot},
    sync::{
        Barrier, CapacityLimiter, Condition, Event, Mutex, OnceCell, ResourceGuard, RwLock,
        Semaphore,
    },
};

use crate::waiting::Waiting;

/// Asserts that what is printed says so.
#[track_caller]
fn says(printed: &dyn Debug, what: &str) {
    let text = format!("{printed:?}");
    assert!(text.contains(what), "{text} does not say {what}");
}

#[test]
fn locks_say_who_waits() {
    let mutex = Arc::new(Mutex::new(7));
    let guard = mutex.try_lock_owned().unwrap();
    let waits = Waiting::start(mutex.lock());
    says(&mutex, "locked: true, waiting: 1");
    says(&guard, "7");
    says(&mutex.lock(), "LockMutex");
    says(&mutex.lock_owned(), "LockOwnedMutex");
    assert_eq!(mutex.statistics().waiting, 1);
    drop((waits, guard));
    says(&mutex, "locked: false, waiting: 0");

    let lock = RwLock::new(7);
    let guard = lock.try_write().unwrap();
    let waits = Waiting::start(lock.read());
    says(&lock, "readers: 0, writer: true, waiting: 1");
    says(&guard, "7");
    says(&lock.read(), "ReadRwLock");
    says(&lock.write(), "WriteRwLock");
    assert!(lock.statistics().writer);
    drop((waits, guard));
    says(&lock, "readers: 0, writer: false, waiting: 0");
}

#[test]
fn permits_and_tokens_say_how_many() {
    let semaphore = Semaphore::with_maximum(1, 1).unwrap();
    let permit = semaphore.try_acquire().unwrap();
    let waits = Waiting::start(semaphore.acquire());
    says(&semaphore, "available: 0, maximum: 1, waiting: 1");
    says(&permit, "Permits(1)");
    says(&semaphore.acquire(), "AcquirePermits");
    drop((waits, permit));

    let limiter = CapacityLimiter::new(1);
    let token = limiter.try_acquire().unwrap();
    let waits = Waiting::start(limiter.acquire());
    says(&limiter, "borrowed: 1");
    says(&token, "Token");
    assert_eq!(limiter.statistics().waiting, 1);
    says(&limiter.acquire_for("key"), "AcquireFor");
    drop((waits, token));
}

#[test]
fn what_is_waited_for_says_by_how_many() {
    let event = Event::new();
    let waits = Waiting::start(event.wait());
    says(&event, "set: false, waiting: 1");
    event.set();
    says(&event, "set: true, waiting: 0");
    drop(waits);

    let barrier = Barrier::new(2);
    let waits = Waiting::start(barrier.wait());
    says(&barrier, "parties: 2, waiting: 1");
    drop(waits);

    let (lock, condition) = (Mutex::new(()), Condition::new());
    let waits = Waiting::start(condition.wait(lock.try_lock().unwrap()));
    says(&condition, "waiting: 1");
    drop(waits);

    let cell = OnceCell::new();
    let making = Waiting::start(cell.get_or_init(std::future::pending::<u8>));
    says(&cell, "None");
    drop(making);
    cell.set(7).unwrap();
    says(&cell, "7");

    let guard = ResourceGuard::new("reading from");
    let first = guard.enter().unwrap();
    says(&guard, "reading from");
    drop(first);
}

#[test]
fn channels_say_what_is_in_them() {
    let (sender, receiver) = channel(1);
    sender.try_send(7).unwrap();
    let waits = Waiting::start(sender.send(8));
    says(&sender, "closed: false");
    says(&receiver, "buffered: 1");
    says(&receiver, "waiting_senders: 1");
    says(&sender.send(9), "SendItem");
    says(&sender.reserve(), "ReservePlace");
    says(&sender.closed(), "WaitClosed");
    says(&receiver.recv(), "RecvItem");
    drop(waits);
    assert_eq!(receiver.try_recv(), Ok(7));
    let permit = sender.try_reserve().unwrap();
    says(&permit, "Permit");
    says(&receiver, "permits: 1");
    drop(permit);
    let (sender, receiver) = oneshot::<u8>();
    says(&sender, "OneshotSender");
    says(&receiver, "OneshotReceiver");
}
