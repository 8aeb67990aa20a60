//! Values that are lent: mutexes, readers and writers, and what is made once.

use std::{
    future::{self, Future},
    mem,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::Poll,
};

use loom::thread;

use super::{drop_in_thread, poll, queued, wait};
use crate::{
    explore,
    sync::{Mutex, OnceCell, RwLock},
};

type Boxed = Pin<Box<dyn Future<Output = ()> + Send>>;

fn add_one(mutex: &Arc<Mutex<u32>>) -> Boxed {
    let mutex = Arc::clone(mutex);
    Box::pin(async move { *mutex.lock().await += 1 })
}

/// Two lock for the first time at once: one after the other.
#[test]
fn lock_against_lock() {
    explore(|| {
        let mutex = Arc::new(Mutex::new(0));
        let other = add_one(&mutex);
        let other = thread::spawn(move || wait(other));
        wait(add_one(&mutex));
        other.join().unwrap();
        assert_eq!(Arc::into_inner(mutex).unwrap().into_inner(), 2);
    });
}

/// The lock is released while the first who waits gives up: the second has it, and the value.
#[test]
fn unlock_against_drop() {
    explore(|| {
        let mutex = Arc::new(Mutex::new(0));
        let guard = mutex.try_lock_owned().unwrap();
        let first = queued(add_one(&mutex));
        let mut second = queued(add_one(&mutex));
        let releaser = drop_in_thread(guard);
        drop(first);
        releaser.join().unwrap();
        assert!(poll(&mut second).is_ready());
        assert!(!mutex.is_locked());
        assert_eq!(*mutex.try_lock().unwrap(), 1);
    });
}

/// Reads until it is dropped.
fn reader(lock: &Arc<RwLock<u32>>) -> Boxed {
    let lock = Arc::clone(lock);
    let reading = Box::pin(async move {
        let _guard = lock.read().await;
        future::pending().await
    });
    queued(reading)
}

fn read(lock: &Arc<RwLock<u32>>) -> Boxed {
    let lock = Arc::clone(lock);
    Box::pin(async move { drop(lock.read().await) })
}

fn write(lock: &Arc<RwLock<u32>>) -> Boxed {
    let lock = Arc::clone(lock);
    Box::pin(async move { *lock.write().await += 1 })
}

#[track_caller]
fn assert_at_rest(lock: &RwLock<u32>) {
    let statistics = lock.statistics();
    assert_eq!((statistics.readers, statistics.waiting), (0, 0));
    assert!(!statistics.writer);
}

/// Two readers go while a writer waits: the last one lets it in, and has left it the only reference.
#[test]
fn reader_gone_against_reader_gone() {
    explore(|| {
        let lock = Arc::new(RwLock::new(0));
        let (first, second) = (reader(&lock), reader(&lock));
        let writing = queued(write(&lock));
        let leavers = [drop_in_thread(first), drop_in_thread(second)];
        wait(writing);
        for leaver in leavers {
            leaver.join().unwrap();
        }
        assert_at_rest(&lock);
        assert_eq!(*lock.try_read().unwrap(), 1);
    });
}

/// A writer that waits gives up while another reader comes: it does not wait for a writer that is gone.
#[test]
fn read_against_drop_of_a_writer() {
    explore(|| {
        let lock = Arc::new(RwLock::new(0));
        let first = reader(&lock);
        let leaver = drop_in_thread(queued(write(&lock)));
        wait(read(&lock));
        leaver.join().unwrap();
        drop(first);
        assert_at_rest(&lock);
    });
}

/// Makes the value, if nobody has, in two polls.
fn make(cell: &Arc<OnceCell<usize>>, made: &Arc<AtomicUsize>) -> Boxed {
    let (cell, made) = (Arc::clone(cell), Arc::clone(made));
    Box::pin(async move {
        cell.get_or_init(|| async {
            yield_once().await;
            made.fetch_add(1, SeqCst)
        })
        .await;
    })
}

async fn yield_once() {
    let mut yielded = false;
    future::poll_fn(|cx| {
        if mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// A value is made while another comes that needs it: it is made once.
#[test]
fn make_against_enter() {
    explore(|| {
        let (cell, made) = (Arc::new(OnceCell::new()), Arc::default());
        let maker = queued(make(&cell, &made));
        let maker = thread::spawn(move || wait(maker));
        wait(make(&cell, &made));
        maker.join().unwrap();
        assert_eq!(made.load(SeqCst), 1);
    });
}

/// Who makes a value is dropped while another comes that needs it: that one makes it.
#[test]
fn drop_of_the_maker_against_enter() {
    explore(|| {
        let (cell, made) = (Arc::new(OnceCell::new()), Arc::default());
        let leaver = drop_in_thread(queued(make(&cell, &made)));
        wait(make(&cell, &made));
        leaver.join().unwrap();
        assert_eq!(cell.get(), Some(&0));
    });
}
