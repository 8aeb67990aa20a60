//! What a channel's lock guards: the items, who waits, and who is still there.

use std::{collections::VecDeque, mem, task::Waker};

use anyrt_core::{
    hand_over::{HandOver, WakeList},
    wait_queue::{Ticket, WaitQueue},
};
use slab::Slab;

/// While the lock is free, senders wait only if there is no room, receivers only if there is no item,
/// and so never both.
#[derive(Debug)]
pub(super) struct State<T> {
    buffer: VecDeque<T>,
    /// `None` is without a limit.
    capacity: Option<usize>,
    peak: usize,
    senders: usize,
    receivers: usize,
    /// The senders and receivers. Each keeps its number until it is dropped.
    handles: Slab<Handle>,
    /// How many of them are closed: while none is, nobody has to look at its own.
    closed: usize,
    /// How many items were handed to a `recv` that has not seen its item: it may still give it back, so that the
    /// stream has not ended.
    unseen: usize,
    queue: WaitQueue<Request<T>>,
}

/// A sender or a receiver.
#[derive(Debug)]
struct Handle {
    open: bool,
    /// How many wait that came through it.
    waits: usize,
}

impl Handle {
    const OPEN: Self = Self {
        open: true,
        waits: 0,
    };
}

/// What a waiter wants, and what it is handed.
#[derive(Debug)]
pub(super) struct Request<T> {
    /// Which handle it came through: closing that one ends the wait.
    pub(super) handle: usize,
    pub(super) side: Side<T>,
}

#[derive(Debug)]
pub(super) enum Side<T> {
    /// The item, until it is taken.
    Send(Option<T>),
    /// The item, once it is there.
    Receive(Option<T>),
    /// The same for a [`Stream`](futures_core::Stream), which keeps its place while nobody polls it: for its item
    /// nobody waits.
    Stream(Option<T>),
    /// The wait was ended because its handle was closed.
    Closed(Option<T>),
}

impl<T> Side<T> {
    /// What a sender still has.
    #[cold]
    fn take_unsent(&mut self) -> Option<T> {
        match self {
            Self::Send(item) => item.take(),
            Self::Receive(_) | Self::Stream(_) | Self::Closed(_) => None,
        }
    }
}

/// How a wait ended.
pub(super) enum Ending<T> {
    Sent,
    Received(T),
    /// The same, and nothing comes after it: [`State::end`] tells those who still wait.
    ReceivedLast(T),
    /// The other side is gone: a sender gets its item back.
    Alone(Option<T>),
    /// This handle was closed meanwhile.
    Closed(Option<T>),
}

/// What a channel looks like at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChannelStatistics {
    /// How many items are in the buffer.
    pub buffered: usize,
    /// How many it can hold; `None` is without a limit.
    pub capacity: Option<usize>,
    /// The most that were ever in the buffer.
    pub peak: usize,
    /// How many senders are open.
    pub senders: usize,
    /// How many receivers are open.
    pub receivers: usize,
    /// How many wait to send.
    pub waiting_senders: usize,
    /// How many wait to receive.
    pub waiting_receivers: usize,
}

impl<T> State<T> {
    pub(super) fn new(capacity: Option<usize>) -> Self {
        Self {
            buffer: VecDeque::new(),
            capacity,
            peak: 0,
            senders: 0,
            receivers: 0,
            handles: Slab::new(),
            closed: 0,
            unseen: 0,
            queue: WaitQueue::new(),
        }
    }

    pub(super) fn open_sender(&mut self) -> usize {
        self.senders += 1;
        self.handles.insert(Handle::OPEN)
    }

    pub(super) fn open_receiver(&mut self) -> usize {
        self.receivers += 1;
        self.handles.insert(Handle::OPEN)
    }

    #[inline]
    pub(super) fn is_open(&self, handle: usize) -> bool {
        self.closed == 0 || self.handles[handle].open
    }

    /// Closes a handle; `false` if it was closed before.
    fn close(&mut self, handle: usize) -> bool {
        let was_open = mem::replace(&mut self.handles[handle].open, false);
        self.closed += usize::from(was_open);
        was_open
    }

    /// A sender has gone; after the last one, and the last item, no receiver waits. Nothing the second time.
    pub(super) fn close_sender(&mut self, handle: usize, wake: &mut WakeList) {
        if !self.close(handle) {
            return;
        }
        self.end_waits(handle, wake);
        self.senders -= 1;
        self.end(wake);
    }

    /// A receiver has gone; the last one ends the wait of every sender. Returns items that nobody will
    /// receive, to be dropped after the lock.
    pub(super) fn close_receiver(&mut self, handle: usize, wake: &mut WakeList) -> VecDeque<T> {
        if !self.close(handle) {
            return VecDeque::new();
        }
        self.end_waits(handle, wake);
        self.receivers -= 1;
        if self.receivers > 0 {
            return VecDeque::new();
        }
        self.end_all_waits(wake);
        mem::take(&mut self.buffer)
    }

    /// A closed handle is dropped.
    pub(super) fn forget(&mut self, handle: usize) {
        self.handles.remove(handle);
        self.closed -= 1;
    }

    /// Ends the wait of every receiver, if no item will come.
    pub(super) fn end(&mut self, wake: &mut WakeList) {
        if self.has_ended() {
            self.end_all_waits(wake);
        }
    }

    /// One side is gone: whoever still waits is on the other.
    fn end_all_waits(&mut self, wake: &mut WakeList) {
        wake.extend(std::iter::from_fn(|| self.queue.grant_first()));
    }

    /// Ends the waits that came through this handle.
    fn end_waits(&mut self, handle: usize, wake: &mut WakeList) {
        // None, where it is dropped: a wait borrows its handle. The queue may be long.
        if self.handles[handle].waits == 0 {
            return;
        }
        let ended = self.queue.grant_where(|request| {
            if request.handle != handle {
                return false;
            }
            request.side = Side::Closed(request.side.take_unsent());
            true
        });
        wake.extend(ended);
    }

    /// Puts an item in, if there is room or a receiver waits for it.
    ///
    /// # Errors
    ///
    /// The item, if it has to wait, or if nobody will ever receive it: see
    /// [`has_receivers`](Self::has_receivers).
    #[inline(always)]
    pub(super) fn send(&mut self, mut item: T, wake: &mut WakeList) -> Result<(), T> {
        if self.receivers == 0 {
            return Err(item);
        }
        if !self.queue.is_empty() {
            match self.hand_over(item, wake) {
                Ok(()) => return Ok(()),
                Err(back) => item = back,
            }
        }
        if !self.has_room() {
            return Err(item);
        }
        self.buffer.push_back(item);
        self.peak = self.peak.max(self.buffer.len());
        Ok(())
    }

    /// Hands an item to the first receiver that waits.
    ///
    /// # Errors
    ///
    /// The item, if none does.
    #[cold]
    fn hand_over(&mut self, item: T, wake: &mut WakeList) -> Result<(), T> {
        let place = match self.queue.first_mut().map(|first| &mut first.side) {
            Some(Side::Receive(place)) => {
                self.unseen += 1;
                place
            }
            Some(Side::Stream(place)) => place,
            _ => return Err(item),
        };
        *place = Some(item);
        wake.extend(self.queue.grant_first());
        Ok(())
    }

    /// Takes the first item, and lets the first waiting sender follow.
    #[inline(always)]
    pub(super) fn receive(&mut self, wake: &mut WakeList) -> Option<T> {
        let Some(item) = self.buffer.pop_front() else {
            return self.take_from_sender(wake);
        };
        if !self.queue.is_empty() {
            self.let_sender_follow(wake);
        }
        Some(item)
    }

    #[cold]
    fn let_sender_follow(&mut self, wake: &mut WakeList) {
        // An item that was passed on may stand above the capacity.
        if self.has_room() {
            let next = self.take_from_sender(wake);
            self.buffer.extend(next);
        }
    }

    /// The item of the first sender that waits.
    #[cold]
    fn take_from_sender(&mut self, wake: &mut WakeList) -> Option<T> {
        let Some(Request {
            side: Side::Send(item),
            ..
        }) = self.queue.first_mut()
        else {
            return None;
        };
        let item = item.take();
        wake.extend(self.queue.grant_first());
        item
    }

    #[inline]
    pub(super) fn has_receivers(&self) -> bool {
        self.receivers > 0
    }

    /// Whether no item will come that is not in the buffer: no sender is left, and no receiver gives one back.
    pub(super) fn has_ended(&self) -> bool {
        self.senders == 0 && self.unseen == 0
    }

    pub(super) fn statistics(&self) -> ChannelStatistics {
        let waiting = self.queue.len();
        let (waiting_senders, waiting_receivers) = if self.senders_wait() {
            (waiting, 0)
        } else {
            (0, waiting)
        };
        ChannelStatistics {
            buffered: self.buffer.len(),
            capacity: self.capacity,
            peak: self.peak,
            senders: self.senders,
            receivers: self.receivers,
            waiting_senders,
            waiting_receivers,
        }
    }

    #[inline]
    fn has_room(&self) -> bool {
        self.capacity
            .is_none_or(|capacity| self.buffer.len() < capacity)
    }

    fn senders_wait(&self) -> bool {
        matches!(
            self.queue.first(),
            Some(Request {
                side: Side::Send(_),
                ..
            })
        )
    }

    /// An item that was handed to a receiver which has gone: the next receiver gets it, or the next
    /// that comes, before everything else.
    fn pass_on(&mut self, item: T, wake: &mut WakeList) {
        if let Err(item) = self.hand_over(item, wake) {
            self.buffer.push_front(item);
            self.peak = self.peak.max(self.buffer.len());
        }
    }
}

impl<T> HandOver for State<T> {
    type Request = Request<T>;
    type Output = Ending<T>;

    fn queue(&mut self) -> &mut WaitQueue<Request<T>> {
        &mut self.queue
    }

    #[inline(always)]
    fn enter(&mut self, request: &mut Request<T>, wake: &mut WakeList) -> Option<Ending<T>> {
        if !self.is_open(request.handle) {
            return Some(Ending::Closed(request.side.take_unsent()));
        }
        let Side::Send(item) = &mut request.side else {
            return match self.receive(wake) {
                Some(item) => Some(Ending::Received(item)),
                None if self.has_ended() => Some(Ending::Alone(None)),
                None => None,
            };
        };
        match self.send(item.take()?, wake) {
            Ok(()) => Some(Ending::Sent),
            Err(item) if !self.has_receivers() => Some(Ending::Alone(Some(item))),
            Err(unsent) => {
                *item = Some(unsent);
                None
            }
        }
    }

    fn line_up(&mut self, request: Request<T>, waker: Waker, _wake: &mut WakeList) -> Ticket {
        self.handles[request.handle].waits += 1;
        self.queue.push_back(request, waker)
    }

    fn collect(&mut self, request: Request<T>, _wake: &mut WakeList) -> Ending<T> {
        self.handles[request.handle].waits -= 1;
        match request.side {
            Side::Send(None) => Ending::Sent,
            Side::Send(item) => Ending::Alone(item),
            Side::Receive(Some(item)) => {
                self.unseen -= 1;
                if self.has_ended() && !self.queue.is_empty() {
                    Ending::ReceivedLast(item)
                } else {
                    Ending::Received(item)
                }
            }
            Side::Stream(Some(item)) => Ending::Received(item),
            // The last sender went while it waited; a stream that went since may have passed its item on.
            Side::Receive(None) | Side::Stream(None) => match self.buffer.pop_front() {
                Some(item) => Ending::Received(item),
                None => Ending::Alone(None),
            },
            Side::Closed(item) => Ending::Closed(item),
        }
    }

    fn abandon(&mut self, request: &mut Request<T>, _granted: bool, wake: &mut WakeList) {
        self.handles[request.handle].waits -= 1;
        // An item that was not sent is dropped with the request; one that was not seen goes on.
        let place = match &mut request.side {
            Side::Receive(place) => {
                self.unseen -= usize::from(place.is_some());
                place
            }
            Side::Stream(place) => place,
            Side::Send(_) | Side::Closed(_) => return,
        };
        if let Some(item) = place.take() {
            // Without receivers nobody will see it: it stays in the request.
            if self.has_receivers() {
                self.pass_on(item, wake);
            } else {
                *place = Some(item);
            }
        }
    }
}
