//! How large the futures of the facade are. They are nested in each other, and moved before their first poll.

use std::{
    future::Future,
    mem::{size_of, size_of_val},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use anyrt::{
    cancel::{CancelScope, cancelled, finally_spawned},
    channel::{Permit, Receiver, Sender, channel, oneshot},
    context::context_var,
    fail_after, finally, gather, move_on_after, race, scope, shield, sleep,
    sync::{Barrier, CapacityLimiter, Condition, Event, Mutex, RwLock, Semaphore, Token},
    task::{
        Completed, TaskGroup, TaskHandle, TryOwnedTaskGroup, TryTaskGroup, as_completed, first_ok,
        for_each_concurrent, local_task_group, map_concurrent, try_gather,
    },
    task_group,
    time::{interval, sleep_forever, sleep_until},
    to_thread, try_task_group, yield_now,
};

context_var! {
    static DEPTH: u32;
}

/// A body of a usual size; what comes on top is counted.
struct Body<T>([u8; 128], T);

impl<T: Copy + Unpin> Future for Body<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<T> {
        let _ = self.0;
        Poll::Ready(self.1)
    }
}

fn body<T>(value: T) -> Body<T> {
    Body([0; 128], value)
}

/// The bytes on top of the body.
fn around<F: Future>(future: F) -> usize {
    size_of_val(&future) - size_of::<Body<()>>()
}

/// In bytes on a machine of 64 bits, with every feature on; with fewer they are smaller. Raising a number is a decision.
#[test]
#[cfg(target_pointer_width = "64")]
fn no_future_is_larger_than_its_budget() {
    let second = Duration::from_secs(1);
    let limiter = CapacityLimiter::new(1);
    let of_try = |_: TryTaskGroup<()>| body(Ok(()));
    let results = |_: Completed<()>| body(());
    let (mutex, condition, read_write) = (Mutex::new(()), Condition::new(), RwLock::new(()));
    let (event, barrier, semaphore) = (Event::new(), Barrier::new(2), Semaphore::new(1));
    let (sender, receiver) = channel::<u64>(1);
    let (_answer, awaited) = oneshot::<u64>();
    let owned = TryOwnedTaskGroup::<()>::new();
    let mut ticks = interval(second).expect("the period is not zero");
    let group: Option<&TaskGroup> = None;
    let table = [
        ("sleep", size_of_val(&sleep(second)), 224),
        ("yield_now", size_of_val(&yield_now()), 2),
        ("interval", size_of_val(&interval(second)), 104),
        ("tick", size_of_val(&ticks.tick()), 16),
        (
            "sleep_until",
            size_of_val(&sleep_until(anyrt::time::Instant::now())),
            224,
        ),
        ("sleep_forever", size_of_val(&sleep_forever()), 224),
        ("finally", around(finally(body(()), || body(()))), 408),
        (
            "finally_spawned",
            around(finally_spawned(body(()), || body(()))),
            360,
        ),
        ("a grace", around(shield(body(())).grace(second)), 320),
        ("gather", around(gather([body(())])), 72),
        (
            "try_gather",
            around(try_gather([body(Ok::<(), ()>(()))])),
            96,
        ),
        ("race", around(race([body(())])), 64),
        ("first_ok", around(first_ok([body(Ok::<(), ()>(()))])), 88),
        (
            "as_completed",
            around(as_completed([body(())], results)),
            280,
        ),
        (
            "map_concurrent",
            size_of_val(&map_concurrent(0..9, 2, body)),
            352,
        ),
        (
            "for_each_concurrent",
            size_of_val(&for_each_concurrent(0..9, 2, |_| body(()))),
            328,
        ),
        (
            "local_task_group",
            size_of_val(&local_task_group(|_| body(()))),
            424,
        ),
        ("join", size_of_val(&owned.join()), 32),
        ("close", size_of_val(&owned.close()), 136),
        (
            "start",
            size_of_val(&group.map(|group| group.start(|_: anyrt::task::Ready<()>| body(())))),
            176,
        ),
        ("lock", size_of_val(&mutex.lock()), 32),
        (
            "condition",
            size_of_val(&condition.wait(mutex.try_lock().unwrap())),
            88,
        ),
        ("read", size_of_val(&read_write.read()), 32),
        ("write", size_of_val(&read_write.write()), 32),
        ("event", size_of_val(&event.wait()), 32),
        ("barrier", size_of_val(&barrier.wait()), 32),
        ("semaphore", size_of_val(&semaphore.acquire()), 40),
        ("send", size_of_val(&sender.send(1)), 48),
        ("recv", size_of_val(&receiver.recv()), 32),
        ("reserve", size_of_val(&sender.reserve()), 48),
        ("closed", size_of_val(&sender.closed()), 32),
        ("a sender", size_of::<Sender<[u8; 4096]>>(), 16),
        ("a receiver", size_of::<Receiver<[u8; 4096]>>(), 16),
        ("a permit", size_of::<Permit<'static, [u8; 4096]>>(), 8),
        ("oneshot", size_of_val(&awaited), 32),
        ("scope", around(scope(|_| body(()))), 296),
        (
            "move_on_after",
            around(move_on_after(second, body(()))),
            288,
        ),
        ("fail_after", around(fail_after(second, body(()))), 288),
        ("shield", around(shield(body(()))), 104),
        ("cancelled", size_of_val(&cancelled()), 72),
        ("task_group", around(task_group(|_| body(()))), 216),
        ("try_task_group", around(try_task_group(of_try)), 216),
        ("a variable's scope", around(DEPTH.scope(1, body(()))), 64),
        ("to_thread", size_of_val(&to_thread(|| ())), 200),
        ("try_run", size_of_val(&to_thread(|| ()).try_run()), 200),
        ("acquire", size_of_val(&limiter.acquire()), 40),
        ("acquire_for", size_of_val(&limiter.acquire_for("key")), 40),
        ("a handle", size_of::<TaskHandle<[u8; 128]>>(), 16),
        ("a scope's handle", size_of::<CancelScope>(), 16),
        ("a group's handle", size_of::<TaskGroup>(), 8),
        ("a token", size_of::<Token>(), 16),
    ];
    let mut over = String::new();
    for (name, size, budget) in table {
        println!("{name}: {size} of {budget}");
        if size > budget {
            over += &format!("    {name}: {size} of {budget}\n");
        }
    }
    assert!(over.is_empty(), "larger than their budgets:\n{over}");
}
