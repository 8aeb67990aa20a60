//! A sender as a sink: it keeps a place for its next item.

use std::{
    mem,
    pin::Pin,
    task::{Context, Poll, Waker, ready},
};

use anyrt_core::{hand_over::WakeList, unhandled, wait_queue::Ticket};
use futures_sink::Sink;

use super::{
    error::SendError,
    handles::{Key, SinkStage},
    sender::Sender,
    state::{SendFate, Sending, State, wait_in},
};
use crate::runtime::Leaf;

impl<T> Sink<T> for Sender<T> {
    type Error = SendError<T>;

    /// Reserves a place for the next item, as [`reserve`](Sender::reserve) does; the sink keeps it until `start_send`, or
    /// until it is closed or dropped.
    ///
    /// Ready also if nothing can be sent any more: `start_send` then gives the item back.
    fn poll_ready(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), SendError<T>>> {
        let this = &mut *self;
        ready!(this.leaf.poll_enter(cx));
        let mut own = None;
        let look = |own: &mut Option<Waker>| {
            this.channel
                .with(|state, wake| state.poll_place(this.handle, cx.waker(), own, wake))
        };
        let polled = look(&mut own).unwrap_or_else(|NeedsWaker| {
            own = Some(cx.waker().clone());
            look(&mut own).unwrap_or(Poll::Pending)
        });
        if let Some(unused) = own {
            unhandled::discard(unused);
        }
        ready!(polled);
        this.leaf = Leaf::default();
        Poll::Ready(Ok(()))
    }

    /// Sends the item into the place that `poll_ready` has reserved.
    ///
    /// # Panics
    ///
    /// If `poll_ready` has not been ready since the last item.
    #[track_caller]
    fn start_send(self: Pin<&mut Self>, item: T) -> Result<(), SendError<T>> {
        let sent = self
            .channel
            .with(|state, wake| state.fill_sink(self.handle, item, wake));
        match sent {
            Some(sent) => sent,
            None => panic!(
                "`start_send` without `poll_ready`: wait until that is ready, once for each item"
            ),
        }
    }

    /// Ready at once: what was sent is in the channel.
    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Result<(), SendError<T>>> {
        Poll::Ready(Ok(()))
    }

    /// Closes this sender.
    fn poll_close(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Result<(), SendError<T>>> {
        self.close();
        Poll::Ready(Ok(()))
    }
}

/// It has to wait, and for that it needs a waker, which is cloned on no lock.
#[derive(Debug)]
pub(super) struct NeedsWaker;

impl<T> State<T> {
    /// Ready once the sink has a place, or is known to need none.
    fn poll_place(
        &mut self,
        handle: Key,
        current: &Waker,
        own: &mut Option<Waker>,
        wake: &mut WakeList,
    ) -> Result<Poll<()>, NeedsWaker> {
        let place = match mem::take(&mut self.handle_mut(handle).sink) {
            SinkStage::Waits(ticket) if self.sending.is_granted(&ticket) => {
                let waited = self.sending.remove(ticket).item;
                self.handle_mut(handle).waits -= 1;
                self.handle_mut(handle).sink = match waited.fate {
                    SendFate::Place => SinkStage::Reserved,
                    _ => SinkStage::Refused,
                };
                return Ok(Poll::Ready(()));
            }
            SinkStage::Waits(ticket) => Some(ticket),
            SinkStage::Idle => None,
            ready => {
                self.handle_mut(handle).sink = ready;
                return Ok(Poll::Ready(()));
            }
        };
        if place.is_none() {
            if !self.may_send(handle) || self.receivers == 0 {
                self.handle_mut(handle).sink = SinkStage::Refused;
                return Ok(Poll::Ready(()));
            }
            if self.has_room() {
                self.kept += 1;
                self.handle_mut(handle).sink = SinkStage::Reserved;
                return Ok(Poll::Ready(()));
            }
        }
        self.queue_sink(handle, place, current, own, wake)
    }

    fn queue_sink(
        &mut self,
        handle: Key,
        place: Option<Ticket>,
        current: &Waker,
        own: &mut Option<Waker>,
        wake: &mut WakeList,
    ) -> Result<Poll<()>, NeedsWaker> {
        let is_new = place.is_none();
        let request = Sending {
            handle,
            fate: SendFate::Place,
            item: None,
        };
        match wait_in(&mut self.sending, place, request, current, own) {
            Ok(ticket) => {
                self.handle_mut(handle).sink = SinkStage::Waits(ticket);
                if is_new {
                    self.handle_mut(handle).waits += 1;
                    self.tell_streams(wake);
                }
                Ok(Poll::Pending)
            }
            Err(place) => {
                self.handle_mut(handle).sink = place.map_or(SinkStage::Idle, SinkStage::Waits);
                Err(NeedsWaker)
            }
        }
    }

    /// Sends the next item of a sink; `None` if it was not ready.
    fn fill_sink(
        &mut self,
        handle: Key,
        item: T,
        wake: &mut WakeList,
    ) -> Option<Result<(), SendError<T>>> {
        match mem::take(&mut self.handle_mut(handle).sink) {
            SinkStage::Reserved => Some(self.fill_place(item, wake).map_err(SendError::Broken)),
            SinkStage::Refused if self.may_send(handle) => Some(Err(SendError::Broken(item))),
            SinkStage::Refused => Some(Err(SendError::Closed(item))),
            unready => {
                self.handle_mut(handle).sink = unready;
                None
            }
        }
    }
}
