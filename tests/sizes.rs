//! How large the futures of the facade are. They are nested in each other, and moved before their first poll.

use std::{
    future::Future,
    mem::{size_of, size_of_val},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use anyrt::{
    cancel::{CancelScope, cancelled},
    fail_after, move_on_after, scope, shield, sleep,
    sync::{CapacityLimiter, Token},
    task::{TaskGroup, TaskHandle, TryTaskGroup},
    task_group,
    time::interval,
    to_thread, try_task_group, yield_now,
};

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
    let table = [
        ("sleep", size_of_val(&sleep(second)), 224),
        ("yield_now", size_of_val(&yield_now()), 2),
        ("interval", size_of_val(&interval(second)), 104),
        ("scope", around(scope(|_| body(()))), 320),
        (
            "move_on_after",
            around(move_on_after(second, body(()))),
            312,
        ),
        ("fail_after", around(fail_after(second, body(()))), 312),
        ("shield", around(shield(body(()))), 112),
        ("cancelled", size_of_val(&cancelled()), 72),
        ("task_group", around(task_group(|_| body(()))), 232),
        ("try_task_group", around(try_task_group(of_try)), 232),
        ("to_thread", size_of_val(&to_thread(|| ())), 192),
        ("try_run", size_of_val(&to_thread(|| ()).try_run()), 192),
        ("acquire", size_of_val(&limiter.acquire()), 40),
        ("acquire_for", size_of_val(&limiter.acquire_for("key")), 40),
        ("a handle", size_of::<TaskHandle<[u8; 128]>>(), 16),
        ("a scope's handle", size_of::<CancelScope>(), 16),
        ("a group's handle", size_of::<TaskGroup>(), 8),
        ("a token", size_of::<Token>(), 8),
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
