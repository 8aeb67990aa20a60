//! The senders and receivers of a channel: how they come, close and go.

use std::{collections::VecDeque, mem, task::Waker};

use anyrt_core::{hand_over::WakeList, wait_queue::Ticket};

use super::state::{ReceiveFate, SendFate, Sending, State};

/// The number of a handle. Half a word, so that a handle takes two.
pub(super) type Key = u32;

/// A sender or a receiver.
#[derive(Debug)]
pub(super) struct Handle {
    pub(super) open: bool,
    /// How many wait, or were granted, that came through it.
    pub(super) waits: usize,
    /// How far a sender is as a sink.
    pub(super) sink: SinkStage,
    /// Where a receiver waits as a stream.
    pub(super) stream: Option<Ticket>,
}

/// How far a sink has come with its next item.
#[derive(Debug, Default)]
pub(super) enum SinkStage {
    /// `poll_ready` has not been called for it.
    #[default]
    Idle,
    Waits(Ticket),
    /// It has a place.
    Reserved,
    /// The item will come back.
    Refused,
}

/// How many handles a channel may forget before it lets go of their room.
const KEPT_CAPACITY: usize = 64;

impl<T> State<T> {
    pub(super) fn open_sender(&mut self) -> Key {
        self.senders += 1;
        self.open()
    }

    pub(super) fn open_receiver(&mut self) -> Key {
        self.receivers += 1;
        self.open()
    }

    fn open(&mut self) -> Key {
        let number = self.handles.insert(Handle {
            open: true,
            waits: 0,
            sink: SinkStage::Idle,
            stream: None,
        });
        Key::try_from(number).expect("a channel has fewer than four billion handles")
    }

    #[inline]
    pub(super) fn handle_mut(&mut self, handle: Key) -> &mut Handle {
        &mut self.handles[handle as usize]
    }

    #[inline(always)]
    pub(super) fn is_open(&self, handle: Key) -> bool {
        self.closed == 0 || self.handles[handle as usize].open
    }

    #[inline(always)]
    pub(super) fn may_send(&self, handle: Key) -> bool {
        self.closed == 0 || (!self.sealed && self.handles[handle as usize].open)
    }

    /// Closes a handle; `false` if it was closed before.
    fn close(&mut self, handle: Key) -> bool {
        let was_open = mem::replace(&mut self.handle_mut(handle).open, false);
        self.closed += usize::from(was_open);
        was_open
    }

    /// A sender has gone; after the last one, and the last item, no receiver waits. Nothing the second time.
    pub(super) fn close_sender(&mut self, handle: Key, wake: &mut WakeList) {
        if !self.close(handle) {
            return;
        }
        self.senders -= 1;
        // None, where it is dropped: a wait borrows its handle. The queue may be long.
        if self.handle_mut(handle).waits > 0 {
            self.end_sends(SendFate::Closed, |sending| sending.handle == handle, wake);
        }
        if self.handle_mut(handle).refuse_sink() {
            self.kept -= 1;
        }
        self.serve(wake);
        self.end(wake);
    }

    /// Sending has ended for everybody. Permits stay.
    pub(super) fn seal(&mut self, wake: &mut WakeList) {
        if mem::replace(&mut self.sealed, true) {
            return;
        }
        // From now on everybody looks.
        self.closed += 1;
        self.end_sends(SendFate::Closed, |_| true, wake);
        for (_, handle) in &mut self.handles {
            if handle.refuse_sink() {
                self.kept -= 1;
            }
        }
        self.end(wake);
    }

    /// A receiver has gone; the last one ends the wait of every sender. Returns items that nobody will
    /// receive, to be dropped after the lock.
    pub(super) fn close_receiver(&mut self, handle: Key, wake: &mut WakeList) -> VecDeque<T> {
        if !self.close(handle) {
            return VecDeque::new();
        }
        self.receivers -= 1;
        let mut revoked = 0;
        if self.handle_mut(handle).waits > 0 {
            revoked = self.end_receives(handle, wake);
        }
        if self.handle_mut(handle).stream.is_some() {
            wake.extend(self.streams.grant_where(|stream| *stream == handle));
        }
        if self.receivers == 0 {
            self.end_sends(SendFate::Broken, |_| true, wake);
            wake.extend(std::iter::from_fn(|| self.leaving.grant_first()));
            return mem::take(&mut self.buffer);
        }
        for _ in 0..revoked {
            self.offer(wake);
        }
        VecDeque::new()
    }

    /// Ends the waits of senders, also of those that have a place; that is free again then.
    fn end_sends(
        &mut self,
        fate: SendFate,
        whose: impl Fn(&Sending<T>) -> bool,
        wake: &mut WakeList,
    ) {
        for sending in self.sending.granted_mut() {
            if sending.fate == SendFate::Place && whose(sending) {
                sending.fate = fate;
                self.kept -= 1;
            }
        }
        let ended = self.sending.grant_where(|sending| {
            let is_meant = whose(sending);
            if is_meant {
                sending.fate = fate;
            }
            is_meant
        });
        wake.extend(ended);
    }

    /// Ends the waits that came through a receiver; how many of them have to leave their items to others.
    fn end_receives(&mut self, handle: Key, wake: &mut WakeList) -> usize {
        let mut revoked = 0;
        for receiving in self.receiving.granted_mut() {
            if receiving.fate == ReceiveFate::Claim && receiving.handle == handle {
                receiving.fate = ReceiveFate::Closed;
                revoked += 1;
            }
        }
        self.claimed -= revoked;
        let ended = self.receiving.grant_where(|receiving| {
            let is_meant = receiving.handle == handle;
            if is_meant {
                receiving.fate = ReceiveFate::Closed;
            }
            is_meant
        });
        wake.extend(ended);
        revoked
    }

    /// Whether no item will come: no sender is left, no permit, and no item, also none that is on its way to a receiver
    /// which may still give it back.
    pub(super) fn has_ended(&self) -> bool {
        (self.senders == 0 || self.sealed) && self.permits == 0 && self.buffer.is_empty()
    }

    /// Ends the wait of every receiver, if no item will come.
    pub(super) fn end(&mut self, wake: &mut WakeList) {
        if !self.has_ended() {
            return;
        }
        let ended = self.receiving.grant_where(|receiving| {
            receiving.fate = ReceiveFate::Ended;
            true
        });
        wake.extend(ended);
        wake.extend(std::iter::from_fn(|| self.streams.grant_first()));
    }

    /// A sender is dropped. Its sink's waker is returned, to be dropped after the lock.
    pub(super) fn drop_sender(&mut self, handle: Key, wake: &mut WakeList) -> Option<Waker> {
        let mut waker = None;
        if let SinkStage::Waits(ticket) = mem::take(&mut self.handle_mut(handle).sink) {
            let waited = self.sending.remove(ticket);
            if waited.was_granted() && waited.item.fate == SendFate::Place {
                self.give_place_back(wake);
            }
            waker = waited.waker;
        }
        self.close_sender(handle, wake);
        self.forget(handle);
        waker
    }

    /// A receiver is dropped. Its stream's waker is returned, and items that nobody will receive, to be dropped after the
    /// lock.
    pub(super) fn drop_receiver(
        &mut self,
        handle: Key,
        wake: &mut WakeList,
    ) -> (Option<Waker>, VecDeque<T>) {
        let place = self.handle_mut(handle).stream.take();
        let waker = place.and_then(|ticket| self.streams.remove(ticket).waker);
        let unreceived = self.close_receiver(handle, wake);
        self.forget(handle);
        (waker, unreceived)
    }

    fn forget(&mut self, handle: Key) {
        self.handles.remove(handle as usize);
        self.closed -= 1;
        let (kept, many) = (self.handles.len(), self.handles.capacity());
        // Seldom enough: each look takes time for every handle that there was.
        if many > KEPT_CAPACITY && kept < many / 4 && kept.is_power_of_two() {
            self.handles.shrink_to_fit();
        }
    }
}

impl Handle {
    /// Its next item comes back; whether it had a place.
    fn refuse_sink(&mut self) -> bool {
        // One that waits is told in the queue.
        if let SinkStage::Reserved = self.sink {
            self.sink = SinkStage::Refused;
            return true;
        }
        false
    }
}
