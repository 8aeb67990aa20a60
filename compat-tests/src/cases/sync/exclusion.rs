//! One at a time, first come first served: the same rules for everything that can be used as a lock.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use anyrt::{
    channel::{Receiver, Sender, channel},
    scope,
    sync::{CapacityLimiter, Mutex, RwLock, Semaphore},
    task::TaskGroup,
    task_group, yield_now,
};

use crate::{
    Trace,
    rig::Rig,
    tools::{Gate, caught, forever, peek},
};

/// Whatever is returned is the lock; dropping it releases.
type Held = Box<dyn Send>;

type Acquiring = Pin<Box<dyn Future<Output = Held> + Send>>;

/// Something that one at a time may have.
#[derive(Clone)]
struct Lock {
    name: &'static str,
    acquire: Arc<dyn Fn() -> Acquiring + Send + Sync>,
    try_acquire: Arc<dyn Fn() -> Option<Held> + Send + Sync>,
}

impl Lock {
    fn of<P: Send + Sync + 'static>(
        name: &'static str,
        primitive: P,
        acquire: fn(Arc<P>) -> Acquiring,
        try_acquire: fn(&Arc<P>) -> Option<Held>,
    ) -> Self {
        let primitive = Arc::new(primitive);
        let tried = Arc::clone(&primitive);
        Self {
            name,
            acquire: Arc::new(move || acquire(Arc::clone(&primitive))),
            try_acquire: Arc::new(move || try_acquire(&tried)),
        }
    }
}

/// A lock made of a channel with one item in it.
struct Baton {
    back: Sender<()>,
    next: Receiver<()>,
}

struct HeldBaton(Sender<()>);

impl Drop for HeldBaton {
    fn drop(&mut self) {
        let sent = self.0.try_send(());
        assert!(sent.is_ok(), "there is room for the one item");
    }
}

/// A token that was borrowed in the name of a key, each time another.
struct HeldKey(CapacityLimiter, u64);

impl HeldKey {
    fn next() -> u64 {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        NEXT.fetch_add(1, Ordering::Relaxed)
    }

    async fn acquire(limiter: &CapacityLimiter) -> Self {
        let key = Self::next();
        limiter.acquire_for(key).await.expect("a key of its own");
        Self(limiter.clone(), key)
    }

    fn try_acquire(limiter: &CapacityLimiter) -> Option<Self> {
        let key = Self::next();
        limiter.try_acquire_for(key).ok()?;
        Some(Self(limiter.clone(), key))
    }
}

impl Drop for HeldKey {
    fn drop(&mut self) {
        self.0.release_for(self.1).expect("it was borrowed");
    }
}

/// A guard that borrows, kept with what it borrows from by a task of its own: released when the gate that is
/// dropped here opens.
struct Open(Gate);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open();
    }
}

fn locks() -> Vec<Lock> {
    let baton = || {
        let (back, next) = channel(1);
        back.try_send(()).unwrap();
        Baton { back, next }
    };
    vec![
        Lock::of(
            "Mutex",
            Arc::new(Mutex::new(())),
            |mutex| Box::pin(async move { Box::new(mutex.lock_owned().await) as Held }),
            |mutex| Some(Box::new(mutex.try_lock_owned().ok()?)),
        ),
        Lock::of(
            "Semaphore",
            Semaphore::new(1),
            |semaphore| Box::pin(async move { Box::new(semaphore.acquire_owned(1).await) as Held }),
            |semaphore| Some(Box::new(semaphore.try_acquire_owned(1).ok()?)),
        ),
        Lock::of(
            "CapacityLimiter",
            CapacityLimiter::new(1),
            |limiter| Box::pin(async move { Box::new(limiter.acquire().await) as Held }),
            |limiter| Some(Box::new(limiter.try_acquire().ok()?)),
        ),
        Lock::of(
            "key",
            CapacityLimiter::new(1),
            |limiter| Box::pin(async move { Box::new(HeldKey::acquire(&limiter).await) as Held }),
            |limiter| Some(Box::new(HeldKey::try_acquire(limiter)?)),
        ),
        Lock::of(
            "RwLock",
            // Its guards borrow: it outlives every case.
            &*Box::leak(Box::new(RwLock::new(()))),
            |lock| {
                let lock: &'static RwLock<()> = *lock;
                Box::pin(async move { Box::new(lock.write().await) as Held })
            },
            |lock| {
                let lock: &'static RwLock<()> = **lock;
                Some(Box::new(lock.try_write().ok()?))
            },
        ),
        Lock::of(
            "channel",
            baton(),
            |baton| {
                Box::pin(async move {
                    baton.next.recv().await.unwrap();
                    Box::new(HeldBaton(baton.back.clone())) as Held
                })
            },
            |baton| {
                baton.next.try_recv().ok()?;
                Some(Box::new(HeldBaton(baton.back.clone())))
            },
        ),
    ]
}

/// Five tasks, ten times each, with two suspensions inside: never two at once. Catalogue F.92.
pub async fn s101_never_two_inside(t: Trace) {
    for lock in locks() {
        let (inside, entered) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        task_group(async |tg: TaskGroup| {
            for _ in 0..5 {
                let (lock, inside, entered) = (lock.clone(), inside.clone(), entered.clone());
                tg.spawn(async move {
                    for _ in 0..10 {
                        let held = (lock.acquire)().await;
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "{}", lock.name);
                        yield_now().await;
                        yield_now().await;
                        inside.fetch_sub(1, Ordering::SeqCst);
                        entered.fetch_add(1, Ordering::SeqCst);
                        drop(held);
                    }
                });
            }
        })
        .await;
        t.log(lock.name, entered.load(Ordering::SeqCst));
    }
}

/// Three that come again and again take turns. Catalogue F.93.
pub async fn s102_those_who_come_again_take_turns(t: Trace) {
    for lock in locks() {
        let mut held = (lock.acquire)().await;
        let mut waiting: Vec<_> = (0..3).map(|_| (lock.acquire)()).collect();
        for waiter in &mut waiting {
            assert!(peek(waiter).await.is_pending());
        }
        let mut turns = Vec::new();
        for _ in 0..9 {
            drop(held);
            let mut served = None;
            for (number, waiter) in waiting.iter_mut().enumerate() {
                if let std::task::Poll::Ready(next) = peek(waiter).await {
                    assert!(served.replace((number, next)).is_none(), "two at once");
                }
            }
            let (number, next) = served.expect("somebody is served");
            held = next;
            turns.push(number.to_string());
            waiting[number] = (lock.acquire)();
            assert!(peek(&mut waiting[number]).await.is_pending());
        }
        t.log(lock.name, turns.concat());
    }
}

/// What is released belongs to who waits, before that one has run. Catalogue F.94, F.95.
pub async fn s103_nobody_overtakes(t: Trace) {
    for lock in locks() {
        let held = (lock.try_acquire)().expect("nobody has it");
        let mut waiter = (lock.acquire)();
        assert!(peek(&mut waiter).await.is_pending());
        assert!((lock.try_acquire)().is_none());
        drop(held);
        let overtaken = (lock.try_acquire)().is_some();
        drop(waiter.await);
        let free = (lock.try_acquire)().is_some();
        t.log(lock.name, format!("{overtaken} {free}"));
    }
}

/// A waiter that is dropped leaves no trace; one that was handed the lock passes it on. Catalogue M.163, M.164.
pub async fn s104_a_dropped_waiter_passes_it_on(t: Trace) {
    for lock in locks() {
        for after_the_grant in [false, true] {
            let held = (lock.acquire)().await;
            let (mut first, mut second) = ((lock.acquire)(), (lock.acquire)());
            assert!(peek(&mut first).await.is_pending());
            assert!(peek(&mut second).await.is_pending());
            if after_the_grant {
                drop(held);
                drop(first);
            } else {
                drop(first);
                drop(held);
            }
            drop(second.await);
            let free = (lock.try_acquire)().is_some();
            t.log(lock.name, format!("served {free}"));
        }
    }
}

/// A cancelled scope takes nothing, though it is free. Catalogue F.99, E.89.
pub async fn s105_a_cancelled_scope_takes_nothing(t: Trace) {
    for lock in locks() {
        let outcome = scope(async |s| {
            s.cancel();
            let _held = (lock.acquire)().await;
            t.log(lock.name, "went-on");
        })
        .await;
        let free = (lock.try_acquire)().is_some();
        t.log(lock.name, format!("{} {free}", outcome.is_err()));
    }
}

/// A task that is cancelled or panics with the lock releases it. Catalogue F.101.
pub async fn s106_a_lock_comes_back_with_its_task(t: Trace) {
    for lock in locks() {
        let outcome = scope(async |s| {
            let _held = (lock.acquire)().await;
            s.cancel();
            forever().await;
        })
        .await;
        let freed = outcome.is_err() && (lock.try_acquire)().is_some();
        let outcome = caught(panic_with(lock.clone())).await;
        let unpoisoned = outcome.is_err() && (lock.try_acquire)().is_some();
        t.log(lock.name, format!("{freed} {unpoisoned}"));
    }
}

/// A group whose child panics while it has the lock.
async fn panic_with(lock: Lock) {
    task_group(|tg: TaskGroup| async move {
        tg.spawn(async move {
            let _held = (lock.acquire)().await;
            panic!("on-purpose");
        });
    })
    .await;
}

/// Usable before there is a runtime, and by two at once. Catalogue F.91.
pub fn s107_locks_belong_to_no_runtime(rig: &Rig, t: &Trace) {
    for lock in locks() {
        let held = (lock.try_acquire)().expect("nobody has it");
        let waiting = Gate::new();
        let (theirs, opened, rig) = (lock.clone(), waiting.clone(), *rig);
        let other = std::thread::spawn(move || {
            rig.run(async move {
                let mut waiter = (theirs.acquire)();
                assert!(peek(&mut waiter).await.is_pending());
                opened.open();
                drop(waiter.await);
            })
        });
        rig.run(async move {
            waiting.wait().await;
            drop(held);
        })
        .unwrap();
        other.join().unwrap().unwrap();
        t.log(lock.name, (lock.try_acquire)().is_some());
    }
}

/// A guard that borrows is `Send`, and may be held while its task waits.
pub async fn s108_guards_may_be_held_across_waits(t: Trace) {
    let value = Arc::new((Mutex::new(1), RwLock::new(2)));
    let (entered, leave) = (Gate::new(), Gate::new());
    task_group(async |tg: TaskGroup| {
        let (theirs, opened, left) = (value.clone(), entered.clone(), leave.clone());
        tg.spawn(async move {
            let (mut one, mut two) = (theirs.0.lock().await, theirs.1.write().await);
            opened.open();
            left.wait().await;
            std::mem::swap(&mut *one, &mut *two);
        });
        entered.wait().await;
        t.log("held", value.0.is_locked() && value.1.try_read().is_err());
        let _leave = Open(leave);
    })
    .await;
    let swapped = (*value.0.lock().await, *value.1.read().await);
    t.log("main", format!("{} {}", swapped.0, swapped.1));
}

#[cfg(all(test, feature = "tokio", feature = "smol"))]
mod tests {
    use super::{
        super::crossing::{between, tests::between_backends},
        *,
    };

    #[test]
    fn locks_between_two_backends() {
        between_backends(|one, other| {
            for lock in locks() {
                let held = (lock.try_acquire)().expect("nobody has it");
                let theirs = lock.clone();
                let wait = async move { drop((theirs.acquire)().await) };
                between(one, other, wait, async move { drop(held) });
                assert!((lock.try_acquire)().is_some(), "{}", lock.name);
            }
        });
    }
}
