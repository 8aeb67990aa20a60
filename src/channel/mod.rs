//! Channels: items from any number of tasks to any number of others, each to one.
//!
//! ```
//! # async fn shown() {
//! use anyrt::channel::{RecvError, channel};
//!
//! let (sender, receiver) = channel(10);
//! anyrt::task_group(async |tg| {
//!     for number in 0..3 {
//!         let sender = sender.clone();
//!         tg.spawn(async move { sender.send(number).await.unwrap() });
//!     }
//!     drop(sender);
//!     let mut sum = 0;
//!     while let Ok(number) = receiver.recv().await {
//!         sum += number;
//!     }
//!     assert_eq!(sum, 3);
//! })
//! .await;
//! # }
//! ```
//!
//! # The rules in short (S2, S3, S5)
//!
//! - A channel holds as many items as its capacity; `0` is a rendezvous, where `send` waits for its
//!   receiver. [`unbounded`] never makes a sender wait.
//! - Waiters are served first come, first served. A sender that waits is granted a place, which nobody else fills;
//!   items come out in the order in which their sends completed.
//! - A `send` that is dropped before it completed has sent nothing, a `recv` has received nothing: the place or the item
//!   goes to the next in line. [`Sender::reserve`] gives a place away before there is an item: a [`Permit`].
//! - Dropping the last sender ends the stream, and so does [`close_all`](Sender::close_all): what is in the channel still
//!   comes out, then [`RecvError::EndOfStream`], again and again. While the last item is on its way to a `recv` that has
//!   not seen it, or a permit lives, the other receivers wait. So do not keep such a `recv` unpolled while waiting for
//!   them. Dropping the last receiver breaks it: senders get their items back in [`SendError::Broken`], and
//!   [`Sender::closed`] completes.
//! - A receiver that is used as a stream is woken when there is an item, and takes it when it is polled; a `recv` that
//!   waits comes before streams.
//! - Usable before a runtime exists, and between several (S1). Where nobody has to wait, nothing is allocated but the
//!   buffer's growth (S6), which is given back when the buffer has emptied.

mod error;
mod handles;
mod oneshot;
mod permit;
mod receiver;
mod sender;
mod sink;
mod state;
mod stream;
mod waits;

use std::sync::Arc;

use anyrt_core::hand_over::Queued;

pub use error::{RecvError, SendError, TryRecvError, TrySendError};
pub use oneshot::{Dropped, OneshotReceiver, OneshotSender, oneshot};
pub use permit::{Permit, ReservePlace};
pub use receiver::{Receiver, RecvItem};
pub use sender::{SendItem, Sender, WaitClosed};
pub use state::ChannelStatistics;

/// A channel that holds up to `capacity` items; `0` is a rendezvous. Rules S1 to S3, S5.
#[doc(alias = "create_memory_object_stream")]
pub fn channel<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    open(Some(capacity))
}

/// A channel without a limit: `send` never waits for room. Rules S1 to S3, S5.
pub fn unbounded<T>() -> (Sender<T>, Receiver<T>) {
    open(None)
}

fn open<T>(capacity: Option<usize>) -> (Sender<T>, Receiver<T>) {
    let channel = Arc::new(Queued::new(state::State::new(capacity)));
    (Sender::open(Arc::clone(&channel)), Receiver::open(channel))
}
