//! A place in a channel, kept for an item that may not exist yet.

use std::{
    fmt,
    future::Future,
    mem,
    pin::Pin,
    task::{Context, Poll},
};

use anyrt_core::hand_over::Queued;

use super::{
    error::SendError,
    state::{Sending, State},
    waits::{Ending, Sends},
};
use crate::sync::Wait;

/// A place in a [`channel`](super::channel), from [`Sender::reserve`](super::Sender::reserve): sending into it does not wait.
///
/// While it lives the place is nobody else's, and the stream does not end, also when every sender is closed meanwhile.
/// Dropped without a send, it leaves the place to the next in line. Rule S5.
#[must_use = "the place goes to the next as soon as this is dropped"]
pub struct Permit<'a, T> {
    channel: &'a Queued<State<T>>,
}

impl<'a, T> Permit<'a, T> {
    /// For a place that is kept already.
    pub(super) fn new(channel: &'a Queued<State<T>>) -> Self {
        Self { channel }
    }

    /// Sends the item; never waits. Rule S5.
    ///
    /// ```
    /// # async fn shown() {
    /// let (sender, receiver) = anyrt::channel::channel(1);
    /// let permit = sender.reserve().await.unwrap();
    /// sender.close();
    /// permit.send("the last").unwrap();
    /// assert_eq!(receiver.recv().await, Ok("the last"));
    /// assert!(receiver.recv().await.is_err());
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`SendError::Broken`], with the item, if every receiver is gone. It is never [`SendError::Closed`].
    pub fn send(self, item: T) -> Result<(), SendError<T>> {
        let channel = self.channel;
        mem::forget(self);
        channel
            .with(|state, wake| state.fill_permit(item, wake))
            .map_err(SendError::Broken)
    }
}

impl<T> Drop for Permit<'_, T> {
    fn drop(&mut self) {
        self.channel.with(State::give_permit_back);
    }
}

impl<T> fmt::Debug for Permit<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").finish_non_exhaustive()
    }
}

/// The future of [`Sender::reserve`](super::Sender::reserve).
#[must_use = "futures do nothing until they are awaited"]
pub struct ReservePlace<'a, T> {
    wait: Wait<&'a Queued<State<T>>, State<T>, Sends>,
}

impl<'a, T> ReservePlace<'a, T> {
    pub(super) fn new(channel: &'a Queued<State<T>>, request: Sending<T>) -> Self {
        Self {
            wait: Wait::new(channel, request),
        }
    }
}

impl<'a, T> Future for ReservePlace<'a, T> {
    type Output = Result<Permit<'a, T>, SendError<()>>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.wait.poll(cx).map(|ending| match ending {
            Ending::Permitted => Ok(Permit::new(self.wait.primitive())),
            Ending::Sent => unreachable!("a permit was asked for without an item"),
            Ending::Broken(_) => Err(SendError::Broken(())),
            Ending::Closed(_) => Err(SendError::Closed(())),
        })
    }
}

impl<T> fmt::Debug for ReservePlace<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReservePlace").finish_non_exhaustive()
    }
}
