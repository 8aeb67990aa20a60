//! What a channel's lock guards: the items, the places, those who wait, and those who are still there.
//!
//! Items lie in one buffer, in the order in which they were sent, until a receiver takes the first one. A receiver that
//! waits is granted a *claim*: one of the items is its own. A sender that waits is granted a *place*: nobody else fills it.
//! Neither moves an item, so that one who gives up changes no order, and has sent and received nothing.

use std::{collections::VecDeque, task::Waker};

use anyrt_core::{
    hand_over::WakeList,
    wait_queue::{Ticket, WaitQueue},
};
use slab::Slab;

use super::handles::{Handle, Key};

/// While the lock is free, receivers wait only if every item is claimed, and senders only if every place is taken.
#[derive(Debug)]
pub(super) struct State<T> {
    pub(super) buffer: VecDeque<T>,
    /// How many items belong to receivers that have not seen them: they need no place.
    pub(super) claimed: usize,
    /// How many places are kept for items that have not been sent.
    pub(super) kept: usize,
    /// `usize::MAX` is without a limit. Without any room, the places are those of receivers that wait.
    capacity: usize,
    peak: usize,
    pub(super) senders: usize,
    pub(super) receivers: usize,
    /// Each keeps a place, and the stream open.
    pub(super) permits: usize,
    /// The senders and receivers. Each keeps its number until it is dropped.
    pub(super) handles: Slab<Handle>,
    /// How many of them are closed: while none is, nobody has to look at its own.
    pub(super) closed: usize,
    /// Whether sending has ended for everybody.
    pub(super) sealed: bool,
    pub(super) sending: WaitQueue<Sending<T>>,
    pub(super) receiving: WaitQueue<Receiving>,
    /// Streams are woken, and granted nothing.
    pub(super) streams: WaitQueue<Key>,
    /// Those who wait until nobody can receive.
    pub(super) leaving: WaitQueue<()>,
}

/// A sender that waits: with an item, or for a permit.
#[derive(Debug)]
pub(super) struct Sending<T> {
    /// The handle that it came through: closing that one ends the wait.
    pub(super) handle: Key,
    pub(super) fate: SendFate,
    pub(super) item: Option<T>,
}

/// What became of a sender that waited; it means something once it was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SendFate {
    /// It has a place.
    Place,
    /// A receiver took its item: without room, there is no other way.
    Taken,
    Closed,
    Broken,
}

/// A receiver that waits.
#[derive(Debug)]
pub(super) struct Receiving {
    pub(super) handle: Key,
    pub(super) fate: ReceiveFate,
}

/// What became of a receiver that waited; it means something once it was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReceiveFate {
    /// It has claimed an item.
    Claim,
    Closed,
    Ended,
}

/// What a channel looks like at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChannelStatistics {
    /// How many items are in the buffer; those that are on their way to a receiver do not count.
    pub buffered: usize,
    /// How many it can hold; `None` is without a limit.
    pub capacity: Option<usize>,
    /// The most that were ever in the buffer.
    pub peak: usize,
    /// How many senders are open.
    pub senders: usize,
    /// How many receivers are open.
    pub receivers: usize,
    /// How many wait to send, or for a permit.
    pub waiting_senders: usize,
    /// How many wait to receive.
    pub waiting_receivers: usize,
    /// How many were granted a place or an item while they waited, and have not been polled since: nobody else can
    /// have it.
    pub granted: usize,
    /// How many permits there are: each keeps a place.
    pub permits: usize,
}

/// How much room a buffer keeps when it is empty, in items.
const KEPT_CAPACITY: usize = 64;

impl<T> State<T> {
    pub(super) fn new(capacity: Option<usize>) -> Self {
        Self {
            buffer: VecDeque::new(),
            claimed: 0,
            kept: 0,
            capacity: capacity.unwrap_or(usize::MAX),
            peak: 0,
            senders: 0,
            receivers: 0,
            permits: 0,
            handles: Slab::new(),
            closed: 0,
            sealed: false,
            sending: WaitQueue::new(),
            receiving: WaitQueue::new(),
            streams: WaitQueue::new(),
            leaving: WaitQueue::new(),
        }
    }

    /// How many items nobody has claimed.
    #[inline(always)]
    fn free(&self) -> usize {
        self.buffer.len() - self.claimed
    }

    /// Whether a place is free; nobody waits for one then.
    #[inline(always)]
    pub(super) fn has_room(&self) -> bool {
        let used = self.free() + self.kept;
        used < self.capacity || (self.capacity == 0 && used < self.receiving.len())
    }

    /// Whether senders wait for receivers.
    pub(super) fn is_rendezvous(&self) -> bool {
        self.capacity == 0
    }

    /// Puts an item in, at a place that is free.
    #[inline(always)]
    pub(super) fn put(&mut self, item: T, wake: &mut WakeList) {
        self.buffer.push_back(item);
        if !self.receiving.is_empty() || !self.streams.is_empty() {
            self.offer(wake);
        }
        if self.buffer.len() > self.peak {
            self.note_peak();
        }
    }

    #[cold]
    fn note_peak(&mut self) {
        self.peak = self.peak.max(self.free());
    }

    /// There is an item that nobody has claimed: the first receiver that waits has it; without one, every stream is
    /// woken.
    #[cold]
    pub(super) fn offer(&mut self, wake: &mut WakeList) {
        let Some(waker) = self.receiving.grant_first() else {
            wake.extend(std::iter::from_fn(|| self.streams.grant_first()));
            return;
        };
        self.claimed += 1;
        // Senders first: the receiver then finds the next item, too, and need not wait for it.
        if !self.sending.is_empty() {
            self.serve(wake);
        }
        wake.push(waker);
    }

    /// Gives the places that are free to the senders that wait, in order.
    #[cold]
    pub(super) fn serve(&mut self, wake: &mut WakeList) {
        while self.has_room() {
            let Some(waker) = self.sending.grant_first() else {
                return;
            };
            wake.push(waker);
            self.kept += 1;
        }
    }

    /// Takes the first item, if one is free: the first sender that waits has the place.
    #[inline(always)]
    pub(super) fn take(&mut self, wake: &mut WakeList) -> Option<T> {
        if self.buffer.len() == self.claimed {
            return None;
        }
        let item = self.buffer.pop_front();
        if !self.sending.is_empty() {
            self.serve(wake);
        }
        self.shrink();
        item
    }

    /// A long-lived channel must not keep the room of its fullest hour.
    #[inline(always)]
    pub(super) fn shrink(&mut self) {
        if self.buffer.capacity() > KEPT_CAPACITY {
            self.shrink_buffer();
        }
    }

    #[cold]
    fn shrink_buffer(&mut self) {
        // Each time to a half, so that it costs little for each item that went.
        if self.buffer.len() < self.buffer.capacity() / 4 {
            let half = self.buffer.capacity() / 2;
            self.buffer.shrink_to(half.max(KEPT_CAPACITY));
        }
    }

    /// Without room: the item of the sender that waits first, or else of the first that has one; those before it wait
    /// for permits.
    #[cold]
    pub(super) fn take_from_sender(&mut self, wake: &mut WakeList) -> Option<T> {
        if !self.is_rendezvous() {
            return None;
        }
        if let Some(item) = self.take_from_first(wake) {
            return Some(item);
        }
        let mut item = None;
        let taken = self.sending.grant_where(|sending| {
            if item.is_some() || sending.item.is_none() {
                return false;
            }
            item = sending.item.take();
            sending.fate = SendFate::Taken;
            true
        });
        wake.extend(taken);
        item
    }

    /// Without room: the item of the sender that waits first.
    pub(super) fn take_from_first(&mut self, wake: &mut WakeList) -> Option<T> {
        if !self.is_rendezvous() {
            return None;
        }
        let first = self.sending.first_mut()?;
        let item = first.item.take()?;
        first.fate = SendFate::Taken;
        wake.extend(self.sending.grant_first());
        Some(item)
    }

    /// A receive that does not wait.
    pub(super) fn try_receive(&mut self, wake: &mut WakeList) -> Option<T> {
        self.take(wake).or_else(|| self.take_from_sender(wake))
    }

    /// Without room: a stream that waits lets somebody have a permit, unless one stands already for which no receiver
    /// waits.
    pub(super) fn let_one_reserve(&mut self, wake: &mut WakeList) {
        let used = self.free() + self.kept;
        if self.is_rendezvous() && used <= self.receiving.len() {
            if let Some(waker) = self.sending.grant_first() {
                wake.push(waker);
                self.kept += 1;
            }
        }
    }

    /// Without room a stream has to be polled before it can take an item, or let somebody have a permit.
    pub(super) fn tell_streams(&mut self, wake: &mut WakeList) {
        if self.is_rendezvous() {
            wake.extend(std::iter::from_fn(|| self.streams.grant_first()));
        }
    }

    /// Gives a place back that was kept.
    pub(super) fn give_place_back(&mut self, wake: &mut WakeList) {
        self.kept -= 1;
        self.serve(wake);
    }

    /// Fills a place that was kept.
    ///
    /// # Errors
    ///
    /// The item, if nobody will ever receive it.
    pub(super) fn fill_place(&mut self, item: T, wake: &mut WakeList) -> Result<(), T> {
        self.kept -= 1;
        if self.receivers == 0 {
            return Err(item);
        }
        self.put(item, wake);
        Ok(())
    }

    /// A permit is used up.
    pub(super) fn fill_permit(&mut self, item: T, wake: &mut WakeList) -> Result<(), T> {
        self.permits -= 1;
        self.fill_place(item, wake)
    }

    /// A permit is dropped: its place goes to the next in line, and nobody waits for its item any more.
    pub(super) fn give_permit_back(&mut self, wake: &mut WakeList) {
        self.permits -= 1;
        self.give_place_back(wake);
        self.end(wake);
    }

    pub(super) fn statistics(&self) -> ChannelStatistics {
        ChannelStatistics {
            buffered: self.free(),
            capacity: Some(self.capacity).filter(|capacity| *capacity < usize::MAX),
            peak: self.peak,
            senders: if self.sealed { 0 } else { self.senders },
            receivers: self.receivers,
            waiting_senders: self.sending.len(),
            waiting_receivers: self.receiving.len() + self.streams.len(),
            granted: self.sending.granted() + self.receiving.granted(),
            permits: self.permits,
        }
    }
}

/// Takes a place in a queue, or keeps the one it has, with a waker that was cloned on no lock; what is left in `own` then
/// is to be dropped after the lock.
///
/// # Errors
///
/// The place it had, if a waker is needed and there is none.
pub(super) fn wait_in<R>(
    queue: &mut WaitQueue<R>,
    place: Option<Ticket>,
    request: R,
    current: &Waker,
    own: &mut Option<Waker>,
) -> Result<Ticket, Option<Ticket>> {
    if let Some(ticket) = place {
        if queue.will_wake(&ticket, current) {
            return Ok(ticket);
        }
        let Some(waker) = own.take() else {
            return Err(Some(ticket));
        };
        *own = Some(queue.set_waker(&ticket, waker));
        return Ok(ticket);
    }
    match own.take() {
        Some(waker) => Ok(queue.push_back(request, waker)),
        None => Err(None),
    }
}
