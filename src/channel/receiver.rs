//! The end that items come out of.

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
    error::{RecvError, TryRecvError},
    handles::Key,
    state::{ReceiveFate, Receiving, State},
    waits::Receives,
};
use crate::{runtime::Leaf, sync::Wait};

/// Receives items from a [`channel`](super::channel); clones share them, each item goes to one.
///
/// Dropping the last one drops what is in the channel. It is a [`Stream`](futures_core::Stream) of the items.
pub struct Receiver<T> {
    pub(super) channel: Arc<Queued<State<T>>>,
    pub(super) handle: Key,
    /// Of what it does as a stream.
    pub(super) leaf: Leaf,
    /// Whether the stream has ended.
    pub(super) ended: bool,
}

impl<T> Receiver<T> {
    pub(super) fn open(channel: Arc<Queued<State<T>>>) -> Self {
        let handle = channel.with(|state, _| state.open_receiver());
        Self {
            channel,
            handle,
            leaf: Leaf::default(),
            ended: false,
        }
    }

    /// Waits for the next item. Rules S3, S5.
    ///
    /// If dropped before completion, no item is lost, and none changes its place in the order: one that was granted
    /// meanwhile goes to the next receiver. The stream does not end for the others before it is clear who has the last item.
    ///
    /// # Errors
    ///
    /// [`RecvError`] if no item will come.
    #[doc(alias = "receive")]
    #[inline]
    pub fn recv(&self) -> RecvItem<'_, T> {
        RecvItem {
            wait: Wait::new(
                &self.channel,
                Receiving {
                    handle: self.handle,
                    fate: ReceiveFate::Claim,
                },
            ),
        }
    }

    /// The next item at once.
    ///
    /// # Errors
    ///
    /// [`TryRecvError`] if there is none. It is [`WouldBlock`](TryRecvError::WouldBlock) also while every item is on its
    /// way to a [`recv`](Self::recv) that has not seen it, or while a sender was granted a place and has not sent yet.
    #[doc(alias = "receive_nowait")]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        self.channel.with(|state, wake| {
            if !state.is_open(self.handle) {
                return Err(TryRecvError::Closed);
            }
            match state.try_receive(wake) {
                Some(item) => Ok(item),
                None if state.has_ended() => Err(TryRecvError::EndOfStream),
                None => Err(TryRecvError::WouldBlock),
            }
        })
    }

    /// Closes this receiver, as dropping it does: what waits on it ends with [`RecvError::Closed`], and leaves an item that
    /// it had not seen to the others. Other receivers do not notice.
    pub fn close(&self) {
        let unreceived = self
            .channel
            .with(|state, wake| state.close_receiver(self.handle, wake));
        drop(unreceived);
    }

    /// Ends sending for everybody, and so the stream, once what is in the channel was received. Rule S5.
    ///
    /// Items of permits that there are still come; what waits to be sent goes back to its sender as
    /// [`SendError::Closed`](super::SendError::Closed).
    pub fn close_all(&self) {
        self.channel.with(State::seal);
    }

    /// Whether this receiver was closed.
    pub fn is_closed(&self) -> bool {
        self.channel.with(|state, _| !state.is_open(self.handle))
    }

    /// What the channel looks like now.
    pub fn statistics(&self) -> ChannelStatistics {
        self.channel.with(|state, _| state.statistics())
    }
}

impl<T> Clone for Receiver<T> {
    /// A clone of a closed receiver is closed, too.
    fn clone(&self) -> Self {
        let clone = Self::open(Arc::clone(&self.channel));
        if self.is_closed() {
            clone.close();
        }
        clone
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let (waker, unreceived) = self
            .channel
            .with(|state, wake| state.drop_receiver(self.handle, wake));
        if let Some(waker) = waker {
            unhandled::discard(waker);
        }
        drop(unreceived);
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("closed", &self.is_closed())
            .field("channel", &self.statistics())
            .finish_non_exhaustive()
    }
}

/// The future of [`Receiver::recv`].
#[must_use = "futures do nothing until they are awaited"]
pub struct RecvItem<'a, T> {
    wait: Wait<&'a Queued<State<T>>, State<T>, Receives>,
}

impl<T> Future for RecvItem<'_, T> {
    type Output = Result<T, RecvError>;

    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.wait.poll(cx)
    }
}

impl<T> fmt::Debug for RecvItem<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecvItem").finish_non_exhaustive()
    }
}
