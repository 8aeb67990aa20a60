//! A receiver as a stream: it is woken when there is an item, and granted none.

use std::{
    pin::Pin,
    task::{Context, Poll, Waker, ready},
};

use anyrt_core::{hand_over::WakeList, unhandled};
use futures_core::{FusedStream, Stream};

use super::{
    handles::Key,
    receiver::Receiver,
    sink::NeedsWaker,
    state::{State, wait_in},
};
use crate::runtime::Leaf;

impl<T> Stream for Receiver<T> {
    type Item = T;

    /// `None` once no item will come, or this receiver was closed.
    ///
    /// A stream that waits is woken when there is an item that no [`recv`](Receiver::recv) waits for, with every other
    /// stream that waits, and takes it only when it is polled: whatever it is between polls, it hoards nothing.
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = &mut *self;
        if this.ended {
            return Poll::Ready(None);
        }
        ready!(this.leaf.poll_enter(cx));
        let (mut own, mut former) = (None, None);
        let mut look = |own: &mut Option<Waker>| {
            this.channel.with(|state, wake| {
                state.poll_item(this.handle, cx.waker(), own, &mut former, wake)
            })
        };
        let polled = look(&mut own).unwrap_or_else(|NeedsWaker| {
            own = Some(cx.waker().clone());
            look(&mut own).unwrap_or(Poll::Pending)
        });
        for unused in [own, former].into_iter().flatten() {
            unhandled::discard(unused);
        }
        let item = ready!(polled);
        this.leaf = Leaf::default();
        this.ended = item.is_none();
        Poll::Ready(item)
    }
}

impl<T> FusedStream for Receiver<T> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

impl<T> State<T> {
    /// The next item of a stream; its former waker is left in `former` when it does not wait any more.
    fn poll_item(
        &mut self,
        handle: Key,
        current: &Waker,
        own: &mut Option<Waker>,
        former: &mut Option<Waker>,
        wake: &mut WakeList,
    ) -> Result<Poll<Option<T>>, NeedsWaker> {
        let place = self.handle_mut(handle).stream.take();
        let mut place = match place {
            Some(ticket) if self.streams.is_granted(&ticket) => {
                *former = self.streams.remove(ticket).waker;
                None
            }
            place => place,
        };
        let item = if self.is_open(handle) {
            self.try_receive(wake)
        } else {
            None
        };
        if item.is_some() || !self.is_open(handle) || self.has_ended() {
            if let Some(ticket) = place.take() {
                *former = self.streams.remove(ticket).waker;
            }
            return Ok(Poll::Ready(item));
        }
        match wait_in(&mut self.streams, place, handle, current, own) {
            Ok(ticket) => {
                self.handle_mut(handle).stream = Some(ticket);
                self.let_one_reserve(wake);
                Ok(Poll::Pending)
            }
            Err(place) => {
                self.handle_mut(handle).stream = place;
                Err(NeedsWaker)
            }
        }
    }
}
