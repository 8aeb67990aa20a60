//! Async code from inside a function on a worker thread.
//!
//! ```no_run
//! # async fn store(_: u64) {}
//! # async fn shown(lines: Vec<String>) -> Result<(), anyrt::cancel::Cancelled> {
//! use anyrt::thread::from_thread;
//!
//! anyrt::to_thread(move || {
//!     for line in lines {
//!         // Heavy work here; a cancelled caller need not wait for all of it.
//!         let sum = line.bytes().map(u64::from).sum();
//!         from_thread::check_cancelled()?;
//!         // This thread blocks; the future runs on the runtime, inside the caller's scopes.
//!         from_thread::run(store(sum))?;
//!     }
//!     Ok(())
//! })
//! .await
//! # }
//! ```
//!
//! # The rules in short
//!
//! - What is run belongs to the scopes around the [`to_thread`](crate::to_thread()) call: where they are cancelled, it is
//!   dropped where it suspends, and the function gets [`Cancelled`]. It always runs up to its first suspension (C2).
//! - A panic resumes in the function, also that of a task that foreign code has left behind in there (C10); such tasks are
//!   waited for.
//! - Once the call has been abandoned, or its runtime is gone, everything ends as `Cancelled`; nothing hangs.
//! - A function that waits here lends its token to the calls that the future makes, and what the future starts, on the same
//!   limiter: to one at a time. So nested calls end although every token is taken. Those that find it lent already wait for a
//!   token as any call does; [`debug::overdue`](crate::debug::overdue) names them when a scope is to end and can not.
//!
//! Rule H4. Other threads have a [`Portal`](super::Portal).

use std::{
    future::{Future, poll_fn},
    panic,
    pin::Pin,
    sync::Arc,
    task::{Poll, ready},
};

use super::{remote::block_on, worker::Caller};
use crate::{
    cancel::{Cancelled, Reason},
    payload::forget_panic,
    task::Identity,
};

/// Runs a future on the runtime, in the scopes of the caller of [`to_thread`](crate::to_thread()), and blocks this worker
/// thread until it is done.
///
/// # Errors
///
/// [`Cancelled`] if a scope around the call was cancelled, the call was abandoned, or the runtime has gone, before the
/// future completed. It has been dropped by then.
///
/// # Panics
///
/// With the panic of the future; and outside a function of [`to_thread`](crate::to_thread()).
#[doc(alias = "block_on")]
#[track_caller]
pub fn run<Fut>(future: Fut) -> Result<Fut::Output, Cancelled>
where
    Fut: Future + Send + 'static,
    Fut::Output: Send + 'static,
{
    let caller = caller("run");
    let tasks = caller.open();
    let mut task = tasks.spawn(Identity::here(), future);
    let mut outcome = None;
    block_on(
        caller.handle(),
        poll_fn(|cx| {
            if outcome.is_none() {
                outcome = Some(ready!(Pin::new(&mut task).poll(cx)));
            }
            if tasks.are_gone(cx.waker()) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        }),
    );
    if let Some(payload) = tasks.take_panic() {
        forget_panic(outcome);
        panic::resume_unwind(payload);
    }
    match outcome {
        Some(Ok(value)) => Ok(value),
        _ => Err(cancelled(caller.reason())),
    }
}

/// Runs a closure on a thread that polls the runtime's tasks, and blocks this worker thread until it has returned.
///
/// For what has to be done there, between two polls: it must not block. It runs also where the caller is cancelled, as it
/// does not suspend.
///
/// # Errors
///
/// [`Cancelled`], with reason [`Shutdown`](Reason::Shutdown), if the runtime has gone, so that the closure did not run.
///
/// # Panics
///
/// See [`run`].
#[track_caller]
pub fn run_sync<T, F>(f: F) -> Result<T, Cancelled>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    // It does not suspend, so that no cancel can end it: only a runtime that has gone runs it not.
    run(async { f() }).map_err(|_gone| cancelled(Reason::Shutdown))
}

/// Whether the function should come to an end: its caller is cancelled, or has abandoned it.
///
/// # Errors
///
/// [`Cancelled`] if so, which `?` passes on.
///
/// # Panics
///
/// Outside a function of [`to_thread`](crate::to_thread()).
#[track_caller]
pub fn check_cancelled() -> Result<(), Cancelled> {
    match caller("check_cancelled").cancelled() {
        Some(reason) => Err(cancelled(reason)),
        None => Ok(()),
    }
}

fn cancelled(reason: Reason) -> Cancelled {
    Cancelled { reason }
}

#[track_caller]
fn caller(function: &str) -> Arc<Caller> {
    match Caller::current() {
        Some(caller) => caller,
        // Not inside a closure: the panic is to name the caller.
        None => panic!(
            "`from_thread::{function}` was called outside a function of `to_thread`: in async code await the future; \
             on a thread of your own use a `Portal`, or `runtime::Handle::enter`"
        ),
    }
}
