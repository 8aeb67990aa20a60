//! The waits of a channel: to send, to receive, and until nobody can receive.

use std::task::Waker;

use anyrt_core::{
    hand_over::{HandOver, WakeList},
    wait_queue::{Ticket, WaitQueue},
};

use super::{
    error::RecvError,
    state::{ReceiveFate, Receiving, SendFate, Sending, State},
};

/// How a wait of a sender ended.
pub(super) enum Ending<T> {
    Sent,
    /// It asked for a permit.
    Permitted,
    /// Every receiver is gone.
    Broken(Option<T>),
    /// Its handle was closed.
    Closed(Option<T>),
}

/// Senders that wait, for a place or for a receiver.
#[derive(Debug)]
pub(super) enum Sends {}

/// Receivers that wait for an item.
#[derive(Debug)]
pub(super) enum Receives {}

/// Those who wait until every receiver is gone.
#[derive(Debug)]
pub(super) enum Leaves {}

impl<T> HandOver<Sends> for State<T> {
    type Request = Sending<T>;
    type Output = Ending<T>;

    fn queue(&mut self) -> &mut WaitQueue<Sending<T>> {
        &mut self.sending
    }

    #[inline(always)]
    fn enter(&mut self, request: &mut Sending<T>, wake: &mut WakeList) -> Option<Ending<T>> {
        if !self.may_send(request.handle) {
            return Some(Ending::Closed(request.item.take()));
        }
        if self.receivers == 0 {
            return Some(Ending::Broken(request.item.take()));
        }
        if !self.has_room() {
            return None;
        }
        Some(match request.item.take() {
            Some(item) => {
                self.put(item, wake);
                Ending::Sent
            }
            None => {
                self.kept += 1;
                self.permits += 1;
                Ending::Permitted
            }
        })
    }

    fn line_up(&mut self, request: Sending<T>, waker: Waker, wake: &mut WakeList) -> Ticket {
        self.handle_mut(request.handle).waits += 1;
        let ticket = self.sending.push_back(request, waker);
        self.tell_streams(wake);
        ticket
    }

    fn collect(&mut self, request: Sending<T>, wake: &mut WakeList) -> Ending<T> {
        self.handle_mut(request.handle).waits -= 1;
        match (request.fate, request.item) {
            (SendFate::Place, Some(item)) => match self.fill_place(item, wake) {
                Ok(()) => Ending::Sent,
                Err(item) => Ending::Broken(Some(item)),
            },
            (SendFate::Place, None) => {
                self.permits += 1;
                Ending::Permitted
            }
            (SendFate::Taken, _) => Ending::Sent,
            (SendFate::Closed, item) => Ending::Closed(item),
            (SendFate::Broken, item) => Ending::Broken(item),
        }
    }

    fn abandon(&mut self, request: &mut Sending<T>, granted: bool, wake: &mut WakeList) {
        self.handle_mut(request.handle).waits -= 1;
        // The item was not sent, and is dropped with the request.
        if granted && request.fate == SendFate::Place {
            self.give_place_back(wake);
        }
    }
}

impl<T> HandOver<Receives> for State<T> {
    type Request = Receiving;
    type Output = Result<T, RecvError>;

    fn queue(&mut self) -> &mut WaitQueue<Receiving> {
        &mut self.receiving
    }

    #[inline(always)]
    fn enter(
        &mut self,
        request: &mut Receiving,
        wake: &mut WakeList,
    ) -> Option<Result<T, RecvError>> {
        if !self.is_open(request.handle) {
            return Some(Err(RecvError::Closed));
        }
        match self.take(wake) {
            Some(item) => Some(Ok(item)),
            None => self.take_otherwise(wake),
        }
    }

    fn line_up(&mut self, request: Receiving, waker: Waker, wake: &mut WakeList) -> Ticket {
        self.handle_mut(request.handle).waits += 1;
        let ticket = self.receiving.push_back(request, waker);
        if self.is_rendezvous() {
            // Now that somebody waits for an item, somebody may have a permit.
            self.serve(wake);
        }
        ticket
    }

    fn collect(&mut self, request: Receiving, wake: &mut WakeList) -> Result<T, RecvError> {
        self.handle_mut(request.handle).waits -= 1;
        match request.fate {
            ReceiveFate::Claim => {
                self.claimed -= 1;
                let item = self.buffer.pop_front();
                self.shrink();
                self.end(wake);
                item.ok_or(RecvError::EndOfStream)
            }
            ReceiveFate::Closed => Err(RecvError::Closed),
            ReceiveFate::Ended => Err(RecvError::EndOfStream),
        }
    }

    fn abandon(&mut self, request: &mut Receiving, granted: bool, wake: &mut WakeList) {
        self.handle_mut(request.handle).waits -= 1;
        if granted && request.fate == ReceiveFate::Claim {
            // The item is where it was, before everything that was sent after it.
            self.claimed -= 1;
            self.offer(wake);
        }
    }
}

impl<T> State<T> {
    #[cold]
    fn take_otherwise(&mut self, wake: &mut WakeList) -> Option<Result<T, RecvError>> {
        // Not past somebody who waits for a permit: that one comes first.
        if let Some(item) = self.take_from_first(wake) {
            return Some(Ok(item));
        }
        self.has_ended().then_some(Err(RecvError::EndOfStream))
    }
}

impl<T> HandOver<Leaves> for State<T> {
    type Request = ();
    type Output = ();

    fn queue(&mut self) -> &mut WaitQueue {
        &mut self.leaving
    }

    fn enter(&mut self, (): &mut (), _wake: &mut WakeList) -> Option<()> {
        (self.receivers == 0).then_some(())
    }

    fn collect(&mut self, (): (), _wake: &mut WakeList) {}

    // That nobody can receive can not be used up: there is nothing to pass on.
    fn abandon(&mut self, (): &mut (), _granted: bool, _wake: &mut WakeList) {}
}
