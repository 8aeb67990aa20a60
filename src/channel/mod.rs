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
//! - Who waits is served first come, first served. Items come out in the order in which they went in.
//! - No item is lost when a waiting future is dropped: an item that was not taken goes with its `send`, one that was
//!   handed to a `recv` which did not see it goes to the next.
//! - Dropping the last sender ends the stream: what is in the channel still comes out, then
//!   [`RecvError::EndOfStream`], again and again. While the last item is on its way to a `recv` that has not seen it, the
//!   other receivers wait: it may come back. So do not keep such a `recv` unpolled while waiting for them. Dropping the last receiver breaks it: senders get their items back in
//!   [`SendError::Broken`].
//! - Usable before a runtime exists, and between several (S1). Where nobody has to wait, nothing is allocated but the
//!   buffer's growth (S6).

mod error;
mod oneshot;
mod receiver;
mod sender;
mod state;

use std::sync::Arc;

use anyrt_core::hand_over::Queued;

pub use error::{RecvError, SendError, TryRecvError, TrySendError};
pub use oneshot::{Dropped, OneshotReceiver, OneshotSender, oneshot};
pub use receiver::{Receiver, Recv};
pub use sender::{Send, Sender};
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
