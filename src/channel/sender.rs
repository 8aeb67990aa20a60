//! The end that items go into.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use anyrt_core::{hand_over::Queued, unhandled};

use super::{
    ChannelStatistics,
    error::{SendError, TrySendError},
    handles::Key,
    permit::{Permit, ReservePlace},
    state::{SendFate, Sending, State},
    waits::{Ending, Leaves, Sends},
};
use crate::{runtime::Leaf, sync::Wait};

/// Sends items into a [`channel`](super::channel); clones send into the same one.
///
/// Dropping the last one ends the stream: receivers still get what was sent. It is a
/// [`Sink`](futures_sink::Sink), which keeps a place for its next item.
pub struct Sender<T> {
    pub(super) channel: Arc<Queued<State<T>>>,
    pub(super) handle: Key,
    /// Of what it does as a sink.
    pub(super) leaf: Leaf,
}

impl<T> Sender<T> {
    pub(super) fn open(channel: Arc<Queued<State<T>>>) -> Self {
        let handle = channel.with(|state, _| state.open_sender());
        Self {
            channel,
            handle,
            leaf: Leaf::default(),
        }
    }

    /// Waits until the channel has taken the item: it has room, or, without a buffer, a receiver. Rules S3, S5.
    ///
    /// If dropped before completion, the item has not been sent, and is dropped; a place that was granted meanwhile goes to
    /// the next in line. The one exception is a channel without a buffer: there an item is sent once a receiver has it,
    /// also when the `send` is dropped in that very moment, before it could see so.
    ///
    /// ```
    /// # async fn shown() {
    /// # use std::time::Duration;
    /// let (sender, receiver) = anyrt::channel::channel(1);
    /// sender.send("first").await.unwrap();
    /// let late = anyrt::move_on_after(Duration::from_millis(1), sender.send("second")).await;
    /// assert!(late.is_none());
    /// assert_eq!(receiver.recv().await, Ok("first"));
    /// // It was given up, and so it may be sent again.
    /// assert!(receiver.try_recv().is_err());
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`SendError`], with the item, if every receiver is gone, or this sender was closed meanwhile or before.
    #[doc(alias = "put")]
    #[inline]
    pub fn send(&self, item: T) -> SendItem<'_, T> {
        SendItem {
            wait: Wait::new(&self.channel, self.request(Some(item))),
        }
    }

    /// Sends the item at once.
    ///
    /// # Errors
    ///
    /// [`TrySendError`], with the item. A place that somebody was granted counts as taken.
    #[doc(alias = "send_nowait")]
    pub fn try_send(&self, item: T) -> Result<(), TrySendError<T>> {
        self.channel.with(|state, wake| {
            if !state.may_send(self.handle) {
                return Err(TrySendError::Closed(item));
            }
            if state.receivers == 0 {
                return Err(TrySendError::Broken(item));
            }
            if !state.has_room() {
                return Err(TrySendError::WouldBlock(item));
            }
            state.put(item, wake);
            Ok(())
        })
    }

    /// Waits for a place, for an item that may not exist yet. Rules S3, S5.
    ///
    /// Without a limit there is one at once; without a buffer, while a receiver waits in [`recv`](super::Receiver::recv),
    /// or a stream is polled, for which no other permit stands. If that receiver goes, the item waits for the next.
    ///
    /// If dropped before completion, nothing is kept; a place that was granted meanwhile goes to the next in line. The
    /// permit keeps its place until it is used or dropped: others wait for it.
    ///
    /// ```
    /// # async fn shown() {
    /// # async fn expensive() -> u32 { 7 }
    /// let (sender, receiver) = anyrt::channel::channel(1);
    /// let permit = sender.reserve().await.unwrap();
    /// // What is made now can be sent, and need not be made again.
    /// permit.send(expensive().await).unwrap();
    /// assert_eq!(receiver.recv().await, Ok(7));
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`SendError`] if every receiver is gone, or this sender was closed meanwhile or before.
    #[inline]
    pub fn reserve(&self) -> ReservePlace<'_, T> {
        ReservePlace::new(&self.channel, self.request(None))
    }

    /// A place at once. Rule S5.
    ///
    /// # Errors
    ///
    /// [`TrySendError`] if there is none.
    pub fn try_reserve(&self) -> Result<Permit<'_, T>, TrySendError<()>> {
        self.channel.with(|state, _| {
            if !state.may_send(self.handle) {
                return Err(TrySendError::Closed(()));
            }
            if state.receivers == 0 {
                return Err(TrySendError::Broken(()));
            }
            if !state.has_room() {
                return Err(TrySendError::WouldBlock(()));
            }
            state.kept += 1;
            state.permits += 1;
            Ok(())
        })?;
        Ok(Permit::new(&self.channel))
    }

    /// Waits until nobody can receive any more: every receiver was dropped or closed. Rule S5.
    ///
    /// It goes on waiting when this sender is closed. If dropped before completion, nothing has changed.
    pub fn closed(&self) -> WaitClosed<'_, T> {
        WaitClosed {
            wait: Wait::new(&self.channel, ()),
        }
    }

    /// Closes this sender, as dropping it does: what waits to be sent through it ends with
    /// [`SendError::Closed`], also what was granted a place that it has not seen. Other senders do not notice; permits stay.
    pub fn close(&self) {
        self.channel
            .with(|state, wake| state.close_sender(self.handle, wake));
    }

    /// Ends sending for everybody, through every sender. Rule S5.
    ///
    /// What is in the channel is still received, and so are the items of permits that there are; what waits to be sent
    /// comes back as [`SendError::Closed`].
    pub fn close_all(&self) {
        self.channel.with(State::seal);
    }

    /// Whether this sender was closed, or all of them.
    pub fn is_closed(&self) -> bool {
        self.channel.with(|state, _| !state.may_send(self.handle))
    }

    /// What the channel looks like now.
    pub fn statistics(&self) -> ChannelStatistics {
        self.channel.with(|state, _| state.statistics())
    }

    #[inline]
    fn request(&self, item: Option<T>) -> Sending<T> {
        Sending {
            handle: self.handle,
            fate: SendFate::Place,
            item,
        }
    }
}

impl<T> Clone for Sender<T> {
    /// A clone of a closed sender is closed, too.
    fn clone(&self) -> Self {
        let clone = Self::open(Arc::clone(&self.channel));
        if self.is_closed() {
            clone.close();
        }
        clone
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let waker = self
            .channel
            .with(|state, wake| state.drop_sender(self.handle, wake));
        if let Some(waker) = waker {
            unhandled::discard(waker);
        }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("closed", &self.is_closed())
            .field("channel", &self.statistics())
            .finish_non_exhaustive()
    }
}

/// The future of [`Sender::send`].
#[must_use = "futures do nothing until they are awaited"]
pub struct SendItem<'a, T> {
    wait: Wait<&'a Queued<State<T>>, State<T>, Sends>,
}

impl<T> Future for SendItem<'_, T> {
    type Output = Result<(), SendError<T>>;

    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.wait.poll(cx).map(|ending| match ending {
            Ending::Sent => Ok(()),
            other => Err(unsent(other)),
        })
    }
}

#[cold]
fn unsent<T>(ending: Ending<T>) -> SendError<T> {
    match ending {
        Ending::Broken(Some(item)) => SendError::Broken(item),
        Ending::Closed(Some(item)) => SendError::Closed(item),
        _ => unreachable!("a sender gets its item back"),
    }
}

impl<T> fmt::Debug for SendItem<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendItem").finish_non_exhaustive()
    }
}

/// The future of [`Sender::closed`].
#[must_use = "futures do nothing until they are awaited"]
pub struct WaitClosed<'a, T> {
    wait: Wait<&'a Queued<State<T>>, State<T>, Leaves>,
}

impl<T> Future for WaitClosed<'_, T> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.wait.poll(cx)
    }
}

impl<T> fmt::Debug for WaitClosed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitClosed").finish_non_exhaustive()
    }
}
