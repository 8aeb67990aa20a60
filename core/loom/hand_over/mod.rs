//! The hand-over core under contention, driven by the primitives that are built on it, as they ship.
//!
//! Each pair of operations that can meet has its model, and each model a fault that turns it red. *Enter* is
//! the first poll of a waiter, *try* an attempt that does not wait, *release* hands over, *drop* is a
//! waiter in the queue that gives up, *granted* one that gives up what it was handed, *end* ends every wait
//! at once (an event that is set, a channel that closes), *resize* changes a total, *re-poll* sets another
//! waker.
//!
//! | pair | model | fault |
//! |---|---|---|
//! | enter, enter | `semaphore::enter_against_enter` | enter-looks-and-takes-under-two-locks |
//! | enter, try | `semaphore::enter_against_try` | try-writes-down-what-it-read |
//! | enter, release | `semaphore::enter_against_release` | newcomer-queues-under-a-second-lock |
//! |  | `limiter::release_against_enter` | release-looks-for-waiters-early |
//! | enter, drop | `semaphore::enter_against_drop` | leaver-wakes-only-whom-it-saw |
//! | enter, granted | `semaphore::enter_against_drop_of_the_granted` | leaver-wakes-only-whom-it-saw |
//! | enter, end | `event::set_against_enter` | event-wakes-before-it-is-set |
//! | enter, resize | `limiter::raise_against_enter` | raise-looks-for-waiters-early |
//! |  | `limiter::lower_against_enter` | limiter-looks-for-room-early |
//! | enter, re-poll | `semaphore::enter_against_repoll` | repolled-waiter-queues-again |
//! | try, try | `semaphore::try_against_try` | try-writes-down-what-it-read |
//! | try, release | `limiter::release_against_try` | token-lies-free-before-it-is-handed-over |
//! | try, drop | `semaphore::try_against_drop` | try-overlooks-the-queue |
//! | try, granted | `semaphore::try_against_drop_of_the_granted` | try-writes-down-what-it-read |
//! | try, end | `channel::close_against_try` | receiver-looks-for-senders-late |
//! |  | `channel::close_against_try_of_a_sender` | last-receiver-goes-after-it-empties |
//! | try, resize | `limiter::raise_against_try` | raised-total-lies-free |
//! |  | `limiter::lower_against_try` | limiter-looks-for-room-early |
//! | release, release | `semaphore::release_against_release` | release-writes-down-what-it-read |
//! | release, drop | `limiter::release_against_drop` | granted-waiter-keeps-its-token |
//! | release, granted | `semaphore::release_against_drop_of_the_granted` | release-writes-down-what-it-read |
//! | release, end | `channel::close_against_hand_over` | sender-looks-for-a-receiver-early |
//! | release, resize | `limiter::raise_against_release` | raise-grants-what-was-free-before |
//! | release, re-poll | `limiter::release_against_sleep` | waker-set-without-a-second-look |
//! | drop, drop | `semaphore::drop_against_drop` | leaver-serves-only-if-it-stood-first |
//! | drop, granted | `semaphore::drop_against_drop_of_the_granted` | granted-waiter-keeps-its-token |
//! | drop, end | `event::set_against_drop` | leaver-unlinks-after-a-stale-look |
//! | drop, resize | `limiter::raise_against_drop` | granted-waiter-passes-nothing-on |
//! | drop, re-poll | `semaphore::drop_against_repoll` | waker-set-without-a-second-look |
//! | granted, granted | `semaphore::drop_of_the_granted_against_the_same` | granted-permit-is-put-down |
//! | granted, end | `channel::close_against_drop_of_the_granted` | stream-ends-before-its-last-item |
//! | granted, resize | `limiter::lower_against_drop_of_the_granted` | token-goes-on-whatever-the-total |
//! | granted, re-poll | `semaphore::drop_of_the_granted_against_repoll` | waker-set-without-a-second-look |
//! | end, end | `channel::close_against_close` | last-sender-is-counted-early |
//! | end, re-poll | `event::set_against_repoll` | waker-set-without-a-second-look |
//! | resize, resize | `limiter::raise_against_raise` | raise-grants-what-was-free-before |
//! |  | `limiter::raise_against_lower` | raised-total-lies-free |
//! | resize, re-poll | `limiter::raise_against_sleep` | waker-set-without-a-second-look |
//!
//! Three pairs can not meet. *Try* and *re-poll*: neither changes what the other looks at. *Re-poll* and
//! *re-poll*: each changes its own waker. *End* and *resize*: no primitive has both.
//!
//! What a primitive does on top of the core has its models, too:
//!
//! | what meets | model | fault |
//! |---|---|---|
//! | lock, lock | `lock::lock_against_lock` | newcomer-queues-under-a-second-lock |
//! | unlock, drop | `lock::unlock_against_drop` | granted-lock-is-put-down |
//! | reader gone, reader gone | `lock::reader_gone_against_reader_gone` | reader-is-counted-off-early |
//! | read, drop of a writer | `lock::read_against_drop_of_a_writer` | writer-leaves-readers-behind |
//! | make, enter | `lock::make_against_enter` | value-is-made-without-a-second-look |
//! | drop of the maker, enter | `lock::drop_of_the_maker_against_enter` | newcomer-queues-under-a-second-lock |
//! | wait, notify | `condition::wait_against_notify` | lock-is-let-go-before-the-place |
//! | notify, drop | `condition::notify_against_drop` | granted-waiter-keeps-its-token |
//! | unlock, drop of the notified | `condition::unlock_against_drop_of_the_notified` | notified-waiter-tells-nobody |
//! | arrive, arrive | `barrier::arrive_against_arrive` | newcomer-queues-under-a-second-lock |
//! | arrive, drop | `barrier::arrive_against_drop` | leaver-unlinks-after-a-stale-look |
//! | end of the stream, granted | `channel::end_against_drop_of_the_granted` | stream-ends-before-its-last-item |
//! | end of the stream, enter | `channel::end_against_last_item` | last-item-tells-nobody |
//! | close, drop of a stream | `channel::close_against_drop_of_a_stream` | closed-receiver-ends-the-others |
//! | send, enter | `channel::oneshot_send_against_enter` | oneshot-sleeps-under-a-second-lock |
//! | send, re-poll | `channel::oneshot_send_against_repoll` | oneshot-waker-set-without-a-second-look |
//! | send, drop of the receiver | `channel::oneshot_send_against_drop` | oneshot-value-does-not-come-back |
//! | drop of the sender, enter | `channel::oneshot_drop_against_enter` | oneshot-sleeps-under-a-second-lock |
//! | drop of a granted send, enter | `places::drop_of_a_granted_send_against_the_next` | granted-send-keeps-its-place |
//! | drop of a granted send, close | `places::drop_of_a_granted_send_against_close` | closed-place-is-free-twice |
//! | granted send, close | `places::granted_send_against_close` | closed-place-is-filled |
//! | drop of a granted send, end | `places::drop_of_a_granted_send_against_the_receiver` | closed-place-is-free-twice |
//! | drop of a permit, enter | `places::permit_drop_against_the_end` | last-permit-tells-nobody |
//! | cancel, release, lower, close | `together::task_against_cancel_and_resize_and_close` | granted-waiter-keeps-its-token |

mod barrier;
mod channel;
mod condition;
mod event;
mod lock;
mod places;
mod semaphore;
mod together;

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll, Wake, Waker},
};

use loom::{future::block_on, thread};

/// One poll, with a waker that wakes nobody.
fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Polled once, and not ready: it stands in the queue.
fn queued<F: Future + Unpin>(mut future: F) -> F {
    assert!(poll(&mut future).is_pending());
    future
}

/// Sleeps until it is ready: one that is queued gets another waker first.
fn wait<F: Future>(future: F) -> F::Output {
    block_on(future)
}

fn drop_in_thread<T: Send + 'static>(value: T) -> thread::JoinHandle<()> {
    thread::spawn(move || drop(value))
}

/// Counts how often it was woken.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wakes {
    fn count(&self) -> usize {
        self.0.load(SeqCst)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}
