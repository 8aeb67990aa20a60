//! The end that items go into.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use anyrt_core::hand_over::Queued;
use futures_sink::Sink;

use super::{
    ChannelStatistics,
    error::{SendError, TrySendError},
    state::{Ending, Request, Side, State},
};
use crate::sync::Wait;

type Channel<T> = Arc<Queued<State<T>>>;

/// Sends items into a [`channel`](super::channel); clones send into the same one.
///
/// Dropping the last one ends the stream: receivers still get what was sent. It is a
/// [`Sink`], which holds one item that waits for room.
pub struct Sender<T> {
    channel: Channel<T>,
    handle: usize,
    /// What the sink is sending.
    pending: Option<Wait<Channel<T>, State<T>>>,
}

impl<T> Sender<T> {
    pub(super) fn open(channel: Channel<T>) -> Self {
        let handle = channel.with(|state, _| state.open_sender());
        Self {
            channel,
            handle,
            pending: None,
        }
    }

    /// Waits until the channel has taken the item: it has room, or, without a buffer, a receiver. Rules S3, S5.
    ///
    /// If dropped before completion, the item has not been sent, and is dropped.
    ///
    /// # Errors
    ///
    /// [`SendError`], with the item, if every receiver is gone or this sender was closed.
    #[doc(alias = "put")]
    #[inline]
    pub fn send(&self, item: T) -> Send<'_, T> {
        Send {
            wait: Wait::new(&self.channel, self.request(item)),
        }
    }

    /// Sends the item at once.
    ///
    /// # Errors
    ///
    /// [`TrySendError`], with the item.
    #[doc(alias = "send_nowait")]
    pub fn try_send(&self, item: T) -> Result<(), TrySendError<T>> {
        self.channel.with(|state, wake| {
            if !state.is_open(self.handle) {
                return Err(TrySendError::Closed(item));
            }
            match state.send(item, wake) {
                Ok(()) => Ok(()),
                Err(item) if state.has_receivers() => Err(TrySendError::WouldBlock(item)),
                Err(item) => Err(TrySendError::Broken(item)),
            }
        })
    }

    /// Closes this sender, as dropping it does: what waits to be sent through it ends with
    /// [`SendError::Closed`]. Other senders do not notice.
    pub fn close(&self) {
        self.channel
            .with(|state, wake| state.close_sender(self.handle, wake));
    }

    /// Whether this sender was closed.
    pub fn is_closed(&self) -> bool {
        self.channel.with(|state, _| !state.is_open(self.handle))
    }

    /// What the channel looks like now.
    pub fn statistics(&self) -> ChannelStatistics {
        self.channel.with(|state, _| state.statistics())
    }

    #[inline]
    fn request(&self, item: T) -> Request<T> {
        Request {
            handle: self.handle,
            side: Side::Send(Some(item)),
        }
    }

    fn poll_pending(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), SendError<T>>> {
        let Some(wait) = &mut self.pending else {
            return Poll::Ready(Ok(()));
        };
        let ending = std::task::ready!(wait.poll(cx));
        self.pending = None;
        Poll::Ready(sent(ending))
    }
}

#[inline(always)]
fn sent<T>(ending: Ending<T>) -> Result<(), SendError<T>> {
    match ending {
        Ending::Sent => Ok(()),
        other => Err(unsent(other)),
    }
}

#[cold]
fn unsent<T>(ending: Ending<T>) -> SendError<T> {
    match ending {
        Ending::Alone(Some(item)) => SendError::Broken(item),
        Ending::Closed(Some(item)) => SendError::Closed(item),
        _ => unreachable!("a sender gets its item back, and receives nothing"),
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
        self.pending = None;
        self.close();
        self.channel.with(|state, _| state.forget(self.handle));
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

impl<T> Sink<T> for Sender<T> {
    type Error = SendError<T>;

    fn poll_ready(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), SendError<T>>> {
        self.poll_pending(cx)
    }

    fn start_send(mut self: Pin<&mut Self>, item: T) -> Result<(), SendError<T>> {
        debug_assert!(self.pending.is_none(), "`start_send` without `poll_ready`");
        let request = self.request(item);
        self.pending = Some(Wait::new(Arc::clone(&self.channel), request));
        Ok(())
    }

    fn poll_flush(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), SendError<T>>> {
        self.poll_pending(cx)
    }

    fn poll_close(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), SendError<T>>> {
        let flushed = std::task::ready!(self.poll_pending(cx));
        self.close();
        Poll::Ready(flushed)
    }
}

/// The future of [`Sender::send`].
#[must_use = "futures do nothing until they are awaited"]
pub struct Send<'a, T> {
    wait: Wait<&'a Queued<State<T>>, State<T>>,
}

impl<T> Future for Send<'_, T> {
    type Output = Result<(), SendError<T>>;

    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.wait.poll(cx).map(sent)
    }
}

impl<T> fmt::Debug for Send<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Send").finish_non_exhaustive()
    }
}
