//! Each primitive, and how it is waited for, released and looked at.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
};

use anyrt::{
    channel::channel,
    sync::{Barrier, CapacityLimiter, Condition, Event, Mutex, OnceCell, RwLock, Semaphore},
};
use futures_core::Stream;
use futures_sink::Sink;

pub(crate) type Waiting = Pin<Box<dyn Future<Output = ()> + Send>>;

/// One primitive, taken so that whoever comes waits.
pub(crate) struct Scene {
    /// One more that waits. What it waited for it leaves at once.
    pub(crate) wait: Box<dyn FnMut() -> Waiting>,
    /// Takes the lock for a moment.
    pub(crate) look: Arc<dyn Fn() + Send + Sync>,
    /// Lets the first through, or all.
    pub(crate) release: Box<dyn FnOnce()>,
}

fn scene<F: Future<Output = ()> + Send + 'static, R>(
    mut wait: impl FnMut() -> F + 'static,
    look: impl Fn() -> R + Send + Sync + 'static,
    release: impl FnOnce() + 'static,
) -> Scene {
    Scene {
        wait: Box::new(move || Box::pin(wait())),
        look: Arc::new(move || {
            let _ = look();
        }),
        release: Box::new(release),
    }
}

/// How a primitive's scene is set up.
type SetUp = fn() -> Scene;

pub(crate) const PRIMITIVES: &[(&str, SetUp)] = &[
    ("Mutex", mutex),
    ("RwLock, read", reading),
    ("RwLock, write", writing),
    ("Semaphore", semaphore),
    ("CapacityLimiter", limiter),
    ("CapacityLimiter, key", key),
    ("Event", event),
    ("Barrier", barrier),
    ("Condition", condition),
    ("OnceCell", cell),
    ("channel, send", sending),
    ("channel, rendezvous", meeting),
    ("channel, place", placing),
    ("channel, permit", reserving),
    ("channel, recv", receiving),
    ("channel, closed", leaving),
    ("channel, sink", sinking),
    ("channel, stream", streaming),
];

fn mutex() -> Scene {
    let lock = Arc::new(Mutex::new(()));
    let (held, seen) = (lock.try_lock_owned().unwrap(), Arc::clone(&lock));
    let wait = move || {
        let lock = Arc::clone(&lock);
        async move { drop(lock.lock().await) }
    };
    scene(wait, move || drop(seen.try_lock()), move || drop(held))
}

fn reading() -> Scene {
    let lock: &'static RwLock<()> = Box::leak(Box::new(RwLock::new(())));
    let held = lock.try_write().unwrap();
    let wait = move || async move { drop(lock.read().await) };
    scene(wait, || lock.statistics(), move || drop(held))
}

fn writing() -> Scene {
    let lock: &'static RwLock<()> = Box::leak(Box::new(RwLock::new(())));
    let held = lock.try_read().unwrap();
    let wait = move || async move { drop(lock.write().await) };
    scene(wait, || drop(lock.try_read()), move || drop(held))
}

fn semaphore() -> Scene {
    let permits = Arc::new(Semaphore::new(0));
    let (seen, released) = (Arc::clone(&permits), Arc::clone(&permits));
    let wait = move || {
        let permits = Arc::clone(&permits);
        async move { drop(permits.acquire().await) }
    };
    scene(
        wait,
        move || drop(seen.try_acquire()),
        move || released.release(1).unwrap(),
    )
}

fn limiter() -> Scene {
    let limiter = CapacityLimiter::new(0);
    let (seen, released) = (limiter.clone(), limiter.clone());
    scene(
        move || {
            let acquire = limiter.acquire();
            async move { drop(acquire.await) }
        },
        move || drop(seen.try_acquire()),
        move || released.set_total_tokens(1),
    )
}

fn key() -> Scene {
    let limiter = CapacityLimiter::new(0);
    let (seen, released) = (limiter.clone(), limiter.clone());
    let mut number = 0_usize;
    let wait = move || {
        number += 1;
        let (limiter, key) = (limiter.clone(), number);
        async move {
            limiter.acquire_for(key).await.unwrap();
            limiter.release_for(key).unwrap();
        }
    };
    scene(
        wait,
        move || seen.statistics(),
        move || released.set_total_tokens(1),
    )
}

fn event() -> Scene {
    let event = Arc::new(Event::new());
    let (seen, set) = (Arc::clone(&event), Arc::clone(&event));
    let wait = move || {
        let event = Arc::clone(&event);
        async move { event.wait().await }
    };
    scene(wait, move || seen.statistics(), move || set.set())
}

fn barrier() -> Scene {
    // All but one: the last one comes with the release, whoever has gone.
    let barrier = Arc::new(Barrier::new(4));
    let (seen, last) = (Arc::clone(&barrier), Arc::clone(&barrier));
    let wait = move || {
        let barrier = Arc::clone(&barrier);
        async move {
            barrier.wait().await;
        }
    };
    let arrive = move || {
        let mut arrived = Vec::new();
        while last.statistics().waiting > 0 {
            let last = Arc::clone(&last);
            let mut one: Waiting = Box::pin(async move {
                last.wait().await;
            });
            let mut noop = std::task::Context::from_waker(std::task::Waker::noop());
            if one.as_mut().poll(&mut noop).is_pending() {
                arrived.push(one);
            }
        }
    };
    scene(wait, move || seen.statistics(), arrive)
}

fn condition() -> Scene {
    let shared = Arc::new((Mutex::new(()), Condition::new()));
    let (seen, told) = (Arc::clone(&shared), Arc::clone(&shared));
    let wait = move || {
        let shared = Arc::clone(&shared);
        async move {
            let guard = shared.0.lock().await;
            drop(shared.1.wait(guard).await);
        }
    };
    scene(
        wait,
        move || (seen.1.statistics(), seen.0.is_locked()),
        move || told.1.notify(1),
    )
}

fn cell() -> Scene {
    let cell: &'static OnceCell<()> = Box::leak(Box::new(OnceCell::new()));
    let mut making: Waiting = Box::pin(async { *cell.get_or_init(std::future::pending).await });
    let mut noop = std::task::Context::from_waker(std::task::Waker::noop());
    while !cell.statistics().making {
        assert!(making.as_mut().poll(&mut noop).is_pending());
    }
    scene(
        move || async move { *cell.get_or_init(async || ()).await },
        || cell.statistics(),
        move || drop(making),
    )
}

fn sending() -> Scene {
    let (sender, receiver) = channel(1);
    sender.try_send(()).unwrap();
    let seen = sender.clone();
    let wait = move || {
        let sender = sender.clone();
        async move { sender.send(()).await.unwrap_or_default() }
    };
    scene(wait, move || seen.try_send(()), move || drop(receiver))
}

fn meeting() -> Scene {
    let (sender, receiver) = channel(0);
    let seen = sender.clone();
    let wait = move || {
        let sender = sender.clone();
        async move { sender.send(()).await.unwrap() }
    };
    let receive = move || {
        receiver.try_recv().unwrap();
        while receiver.try_recv().is_ok() {}
        std::mem::forget(receiver);
    };
    scene(wait, move || seen.statistics(), receive)
}

fn receiving() -> Scene {
    let (sender, receiver) = channel(1);
    let seen = receiver.clone();
    let wait = move || {
        let receiver = receiver.clone();
        async move { receiver.recv().await.unwrap_or_default() }
    };
    scene(
        wait,
        move || seen.statistics(),
        move || sender.try_send(()).unwrap(),
    )
}

fn placing() -> Scene {
    let (sender, receiver) = channel(1);
    sender.try_send(()).unwrap();
    let seen = sender.clone();
    let wait = move || {
        let sender = sender.clone();
        async move { sender.send(()).await.unwrap() }
    };
    let receive = move || {
        receiver.try_recv().unwrap();
        std::mem::forget(receiver);
    };
    scene(wait, move || seen.statistics(), receive)
}

fn reserving() -> Scene {
    let (sender, receiver) = channel(1);
    sender.try_send(()).unwrap();
    let seen = sender.clone();
    let wait = move || {
        let sender = sender.clone();
        async move { drop(sender.reserve().await.unwrap()) }
    };
    let receive = move || {
        receiver.try_recv().unwrap();
        std::mem::forget(receiver);
    };
    scene(wait, move || seen.statistics(), receive)
}

fn leaving() -> Scene {
    let (sender, receiver) = channel::<()>(1);
    let seen = sender.clone();
    let wait = move || {
        let sender = sender.clone();
        async move { sender.closed().await }
    };
    scene(wait, move || seen.statistics(), move || drop(receiver))
}

fn sinking() -> Scene {
    let (sender, receiver) = channel(1);
    sender.try_send(()).unwrap();
    let seen = sender.clone();
    let wait = move || {
        let mut sender = sender.clone();
        async move {
            poll_fn(|cx| Pin::new(&mut sender).poll_ready(cx))
                .await
                .unwrap()
        }
    };
    let receive = move || {
        receiver.try_recv().unwrap();
        std::mem::forget(receiver);
    };
    scene(wait, move || seen.statistics(), receive)
}

fn streaming() -> Scene {
    let (sender, receiver) = channel(2);
    let seen = receiver.clone();
    let wait = move || {
        let mut receiver = receiver.clone();
        async move {
            let item = poll_fn(|cx| Pin::new(&mut receiver).poll_next(cx)).await;
            assert!(item.is_some());
        }
    };
    let send = move || {
        sender.try_send(()).unwrap();
        sender.try_send(()).unwrap();
        std::mem::forget(sender);
    };
    scene(wait, move || seen.statistics(), send)
}
