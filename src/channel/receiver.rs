//! The end that items come out of.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use anyrt_core::hand_over::Queued;
use futures_core::{FusedStream, Stream};

use super::{
    ChannelStatistics,
    error::{RecvError, TryRecvError},
    state::{Ending, Request, Side, State},
};
use crate::sync::Wait;

type Channel<T> = Arc<Queued<State<T>>>;

/// Receives items from a [`channel`](super::channel); clones share them, each item goes to one.
///
/// Dropping the last one drops what is in the channel. It is a [`Stream`] of the items.
pub struct Receiver<T> {
    channel: Channel<T>,
    handle: usize,
    /// What the stream waits for.
    pending: Option<Wait<Channel<T>, State<T>>>,
    ended: bool,
}

impl<T> Receiver<T> {
    pub(super) fn open(channel: Channel<T>) -> Self {
        let handle = channel.with(|state, _| state.open_receiver());
        Self {
            channel,
            handle,
            pending: None,
            ended: false,
        }
    }

    /// Waits for the next item. Rules S3, S5.
    ///
    /// If dropped before completion, no item is lost: one that was handed over meanwhile goes to the
    /// next receiver. The stream does not end for the others before it is clear who has the last item.
    ///
    /// # Errors
    ///
    /// [`RecvError`] if no item will come.
    #[doc(alias = "receive")]
    #[inline]
    pub fn recv(&self) -> Recv<'_, T> {
        Recv {
            wait: Wait::new(&self.channel, self.request(Side::Receive(None))),
        }
    }

    /// The next item at once.
    ///
    /// # Errors
    ///
    /// [`TryRecvError`] if there is none; the stream has not ended while the last item is on its way to a
    /// [`recv`](Self::recv) that has not seen it.
    #[doc(alias = "receive_nowait")]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        self.channel.with(|state, wake| {
            if !state.is_open(self.handle) {
                return Err(TryRecvError::Closed);
            }
            match state.receive(wake) {
                Some(item) => Ok(item),
                None if state.has_ended() => Err(TryRecvError::EndOfStream),
                None => Err(TryRecvError::WouldBlock),
            }
        })
    }

    /// Closes this receiver, as dropping it does: what waits on it ends with [`RecvError::Closed`]. Other
    /// receivers do not notice.
    pub fn close(&self) {
        let unreceived = self
            .channel
            .with(|state, wake| state.close_receiver(self.handle, wake));
        drop(unreceived);
    }

    /// Whether this receiver was closed.
    pub fn is_closed(&self) -> bool {
        self.channel.with(|state, _| !state.is_open(self.handle))
    }

    /// What the channel looks like now.
    pub fn statistics(&self) -> ChannelStatistics {
        self.channel.with(|state, _| state.statistics())
    }

    #[inline]
    fn request(&self, side: Side<T>) -> Request<T> {
        Request {
            handle: self.handle,
            side,
        }
    }
}

#[inline(always)]
fn received<T>(channel: &Queued<State<T>>, ending: Ending<T>) -> Result<T, RecvError> {
    match ending {
        Ending::Received(item) => Ok(item),
        Ending::ReceivedLast(item) => {
            end(channel);
            Ok(item)
        }
        other => Err(unreceived(&other)),
    }
}

#[cold]
fn end<T>(channel: &Queued<State<T>>) {
    channel.with(State::end);
}

#[cold]
fn unreceived<T>(ending: &Ending<T>) -> RecvError {
    match ending {
        Ending::Alone(_) => RecvError::EndOfStream,
        Ending::Closed(_) => RecvError::Closed,
        _ => unreachable!("a receiver sends nothing"),
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
        self.pending = None;
        self.close();
        self.channel.with(|state, _| state.forget(self.handle));
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

impl<T> Stream for Receiver<T> {
    type Item = T;

    /// `None` once no item will come.
    ///
    /// The place in the queue is kept between polls, and an item that was handed over meanwhile, until the receiver
    /// is dropped. The others do not wait for that before their streams end.
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let this = &mut *self;
        let mut wait = match this.pending.take() {
            Some(wait) => wait,
            None => Wait::new(Arc::clone(&this.channel), this.request(Side::Stream(None))),
        };
        let Poll::Ready(ending) = wait.poll(cx) else {
            this.pending = Some(wait);
            return Poll::Pending;
        };
        let item = received(&this.channel, ending).ok();
        this.ended = item.is_none();
        Poll::Ready(item)
    }
}

impl<T> FusedStream for Receiver<T> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

/// The future of [`Receiver::recv`].
#[must_use = "futures do nothing until they are awaited"]
pub struct Recv<'a, T> {
    wait: Wait<&'a Queued<State<T>>, State<T>>,
}

impl<T> Future for Recv<'_, T> {
    type Output = Result<T, RecvError>;

    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let ending = ready!(self.wait.poll(cx));
        Poll::Ready(received(self.wait.primitive(), ending))
    }
}

impl<T> fmt::Debug for Recv<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recv").finish_non_exhaustive()
    }
}
