//! Four threads take, hand over and give up at any point, ten thousand times each: nothing is lost, and nothing comes
//! twice.

use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc, Barrier,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

use anyrt::{
    channel::{RecvError, channel},
    sync::{CapacityLimiter, Condition, Event, Mutex, RwLock, Semaphore},
};

const ROUNDS: u64 = 10_000;
const THREADS: u64 = 4;

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

/// Polls so many times and then drops the future, if it was not ready.
fn up_to<F: Future>(polls: u64, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    for _ in 0..polls {
        let polled = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        if let Poll::Ready(value) = polled {
            return Some(value);
        }
        thread::yield_now();
    }
    None
}

/// Runs `work` on four threads, for each round with the number of polls after which to give up; zero waits.
fn from_four_threads(work: impl Fn(u64) + Sync) {
    thread::scope(|scope| {
        for number in 0..THREADS {
            let work = &work;
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    work((round + number) % 4);
                }
            });
        }
    });
}

/// Runs `work` inside the lock, waiting for it or giving up.
fn attempt<F: Future>(give_up: u64, future: F, work: impl FnOnce(F::Output)) {
    if give_up == 0 {
        work(block_on(future));
    } else if let Some(held) = up_to(give_up, future) {
        work(held);
    }
}

#[test]
fn a_mutex() {
    let (mutex, taken) = (Mutex::new(0_u64), AtomicU64::new(0));
    from_four_threads(|give_up| {
        attempt(give_up, mutex.lock(), |mut count| {
            *count += 1;
            taken.fetch_add(1, Ordering::Relaxed);
        });
    });
    assert_eq!(mutex.into_inner(), taken.into_inner());
}

#[test]
fn a_lock_that_is_read_and_written() {
    let (lock, written) = (RwLock::new(0_u64), AtomicU64::new(0));
    from_four_threads(|give_up| {
        if give_up == 1 {
            attempt(give_up, lock.read(), drop);
        } else {
            attempt(give_up, lock.write(), |mut count| {
                *count += 1;
                written.fetch_add(1, Ordering::Relaxed);
            });
        }
    });
    let statistics = lock.statistics();
    assert_eq!((statistics.readers, statistics.waiting), (0, 0));
    assert_eq!(lock.into_inner(), written.into_inner());
}

#[test]
fn a_semaphore() {
    let (semaphore, inside) = (Semaphore::with_maximum(3, 3).unwrap(), AtomicUsize::new(0));
    from_four_threads(|give_up| {
        let count = 1 + give_up as usize % 3;
        attempt(give_up, semaphore.acquire_many(count), |permits| {
            assert!(inside.fetch_add(permits.count(), Ordering::SeqCst) + count <= 3);
            inside.fetch_sub(permits.count(), Ordering::SeqCst);
        });
    });
    let statistics = semaphore.statistics();
    assert_eq!((statistics.available, statistics.waiting), (3, 0));
}

#[test]
fn a_limiter() {
    let limiter = CapacityLimiter::new(2);
    from_four_threads(|give_up| {
        limiter.set_total_tokens(1 + give_up as usize % 2);
        attempt(give_up, limiter.acquire(), drop);
    });
    let statistics = limiter.statistics();
    assert_eq!((statistics.borrowed, statistics.waiting), (0, 0));
}

#[test]
fn channels() {
    for capacity in [0, 1, 3] {
        let (sender, receiver) = channel(capacity);
        let (sent, received) = (AtomicU64::new(0), AtomicU64::new(0));
        thread::scope(|scope| {
            for _ in 0..2 {
                let (sender, sent) = (sender.clone(), &sent);
                scope.spawn(move || {
                    for item in 0..ROUNDS {
                        if item % 4 == 0 {
                            block_on(sender.send(item)).unwrap();
                        } else {
                            // One that was dropped has sent nothing, unless there is no room: then it may have met.
                            match up_to(item % 4, sender.send(item)) {
                                Some(outcome) => outcome.unwrap(),
                                None => continue,
                            }
                        }
                        sent.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            drop(sender);
            for _ in 0..2 {
                let (receiver, received) = (receiver.clone(), &received);
                scope.spawn(move || {
                    let mut round = 0;
                    loop {
                        round += 1;
                        let outcome = if round % 3 == 0 {
                            up_to(1, receiver.recv())
                        } else {
                            Some(block_on(receiver.recv()))
                        };
                        match outcome {
                            Some(Ok(_)) => drop(received.fetch_add(1, Ordering::Relaxed)),
                            Some(Err(error)) => {
                                assert_eq!(error, RecvError::EndOfStream);
                                break;
                            }
                            None => {}
                        }
                    }
                });
            }
        });
        let (sent, received) = (sent.into_inner(), received.into_inner());
        // Without room an item is sent once a receiver has it, also if the send was dropped then.
        if capacity > 0 {
            assert_eq!(received, sent, "{capacity}");
        } else {
            assert!(received >= sent, "{received} of {sent}");
        }
        assert!(receiver.try_recv().is_err());
    }
}

/// A send is dropped while another thread grants it its place: it was not sent, or it said so. 1 500 times, with room for one
/// item and for four.
#[test]
fn sends_that_are_dropped_while_they_are_granted() {
    for capacity in [1, 4] {
        let (sender, receiver) = channel(capacity);
        let (go, come) = (Barrier::new(2), Barrier::new(2));
        let (mut sent, mut received) = (Vec::new(), Vec::new());
        thread::scope(|scope| {
            let (go, come, theirs) = (&go, &come, &mut received);
            scope.spawn(move || {
                for round in 0..1500 {
                    go.wait();
                    // Each time at another moment of the drop.
                    for _ in 0..round % 50 {
                        std::hint::spin_loop();
                    }
                    theirs.push(receiver.try_recv().expect("it is full"));
                    come.wait();
                }
                theirs.extend(std::iter::from_fn(|| receiver.try_recv().ok()));
            });
            for round in 0..1500 {
                let mut item = round * 10;
                while sender.try_send(item).is_ok() {
                    sent.push(item);
                    item += 1;
                }
                let mut sending = Box::pin(sender.send(item + 1));
                while yields(&mut sending) {}
                go.wait();
                if round % 2 == 0 && up_to(1, sending.as_mut()).is_some() {
                    sent.push(item + 1);
                }
                drop(sending);
                come.wait();
            }
        });
        assert_eq!(received, sent);
    }
}

#[test]
fn every_item_is_dropped_once() {
    struct Item(Arc<AtomicUsize>);
    impl Drop for Item {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let (sender, receiver) = channel(2);
    let (made, dropped) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    from_four_threads(|give_up| {
        if give_up % 2 == 0 {
            made.fetch_add(1, Ordering::Relaxed);
            let item = Item(Arc::clone(&dropped));
            let _gone = up_to(give_up + 1, sender.send(item));
        } else {
            let _gone = up_to(give_up, receiver.recv());
        }
    });
    drop((sender, receiver));
    assert_eq!(dropped.load(Ordering::Relaxed), made.into_inner());
}

#[test]
fn notifications_and_events() {
    let (lock, condition, done) = (Mutex::new(0_u64), Condition::new(), Event::new());
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut round = 0;
                loop {
                    round += 1;
                    // Some wait, some give up: a notification that reached one of those goes to another.
                    let guard = block_on(lock.lock());
                    if *guard == 0 && done.is_set() {
                        break;
                    }
                    let wait = condition.wait_for(guard, |left| *left > 0 || done.is_set());
                    let held = if round % 3 == 0 {
                        up_to(2, wait)
                    } else {
                        Some(block_on(wait))
                    };
                    if let Some(mut left) = held {
                        *left = left.saturating_sub(1);
                    }
                }
            });
        }
        for _ in 0..ROUNDS {
            *block_on(lock.lock()) += 1;
            condition.notify(1);
        }
        done.set();
        condition.notify_all();
    });
    assert_eq!(lock.into_inner(), 0);
}

/// Waking is one step for each waiter, whatever the number, and leaving the middle of the queue is one step, too.
#[test]
fn a_hundred_thousand_waiters() {
    let semaphore = Semaphore::new(0);
    let noop = &mut Context::from_waker(Waker::noop());
    let mut waiting: Vec<_> = (0..100_000)
        .map(|_| {
            let mut wait = Box::pin(semaphore.acquire());
            // The budget may make it yield once before it begins.
            while yields(&mut wait) {}
            wait
        })
        .collect();
    assert_eq!(semaphore.statistics().waiting, 100_000);
    // Every other one leaves, from the middle outwards.
    let mut index = 0;
    waiting.retain(|_| {
        index += 1;
        index % 2 == 0
    });
    assert_eq!(semaphore.statistics().waiting, 50_000);
    semaphore.release(50_000).unwrap();
    for wait in &mut waiting {
        match wait.as_mut().poll(noop) {
            Poll::Ready(permit) => permit.forget(),
            Poll::Pending => panic!("everybody was served"),
        }
    }
    assert_eq!(semaphore.statistics().waiting, 0);
}

/// Polls a wait that must not be ready; `true` if it yielded instead of taking its place in the queue.
fn yields<F: Future>(wait: &mut std::pin::Pin<Box<F>>) -> bool {
    struct Woken(AtomicUsize);
    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let woken = Arc::new(Woken(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&woken));
    let polled = wait.as_mut().poll(&mut Context::from_waker(&waker));
    assert!(polled.is_pending());
    woken.0.load(Ordering::Relaxed) > 0
}
