//! Locks, permits and items that are handed from one owner to the next, and never lost on the way.
//!
//! A primitive says *what* is handed over, in [`HandOver`]; this module does the waiting. Its state
//! lives behind one lock, in [`Queued`]; a [`Waiter`] is one future's place in the
//! [queue](crate::wait_queue).
//!
//! # Rules
//!
//! - What is given back belongs to the first waiter at once, before that waiter is polled; nobody can
//!   overtake.
//! - A waiter that is dropped in the queue leaves no trace. One that is dropped after it was handed
//!   something, and before it has seen it, gives it back: the next in line gets it.
//! - Wakers are cloned before the lock, and woken and dropped after it: each may run any code. One that panics when it
//!   is woken or dropped keeps none of the others from being woken, and whoever released does not suffer for it: see
//!   [`unhandled`].
//! - Each of these steps takes constant time; without waiting nothing is allocated.
//!
//! # Example
//!
//! A gate that lets one through at a time:
//!
//! ```
//! use std::task::{Context, Poll};
//!
//! use anyrt_core::{
//!     hand_over::{HandOver, Queued, Waiter, WakeList},
//!     wait_queue::WaitQueue,
//! };
//!
//! #[derive(Default)]
//! struct Gate {
//!     taken: bool,
//!     queue: WaitQueue,
//! }
//!
//! impl Gate {
//!     fn leave(&mut self, wake: &mut WakeList) {
//!         let next = self.queue.grant_first();
//!         self.taken = next.is_some();
//!         wake.extend(next);
//!     }
//! }
//!
//! impl HandOver for Gate {
//!     type Request = ();
//!     type Output = ();
//!
//!     fn queue(&mut self) -> &mut WaitQueue {
//!         &mut self.queue
//!     }
//!
//!     fn enter(&mut self, _request: &mut (), _wake: &mut WakeList) -> Option<()> {
//!         if self.taken {
//!             return None;
//!         }
//!         self.taken = true;
//!         Some(())
//!     }
//!
//!     fn collect(&mut self, _request: (), _wake: &mut WakeList) {}
//!
//!     fn abandon(&mut self, _request: &mut (), granted: bool, wake: &mut WakeList) {
//!         if granted {
//!             self.leave(wake);
//!         }
//!     }
//! }
//!
//! let gate = Queued::new(Gate::default());
//! let mut noop = Context::from_waker(std::task::Waker::noop());
//! let (mut first, mut second) = (Waiter::new(()), Waiter::new(()));
//! assert!(gate.poll(&mut first, &mut noop).is_ready());
//! assert!(gate.poll(&mut second, &mut noop).is_pending());
//! gate.with(Gate::leave);
//! assert!(gate.poll(&mut second, &mut noop).is_ready());
//! ```

use std::{
    fmt, mem,
    task::{Context, Poll, Waker},
};

use crate::{
    sync::Mutex,
    unhandled,
    wait_queue::{Departed, Ticket, WaitQueue},
};

/// What a primitive hands over, and to whom.
///
/// All methods run under the primitive's lock. A primitive where several kinds of waiters have a queue each implements it
/// once for each, with a `Kind` of its own.
pub trait HandOver<Kind = ()> {
    /// What a waiter asks for; it also carries what it is handed.
    type Request;
    /// What a waiter gets.
    type Output;

    /// Those who wait.
    fn queue(&mut self) -> &mut WaitQueue<Self::Request>;

    /// Serves a newcomer at once, if nobody has to be served before it. `None` when it has to wait; nothing has changed
    /// then: it is asked again before it takes its place.
    ///
    /// What is left in the request of one that was served is dropped after the lock.
    fn enter(&mut self, request: &mut Self::Request, wake: &mut WakeList) -> Option<Self::Output>;

    /// A newcomer that has to wait takes its place in the queue.
    fn line_up(&mut self, request: Self::Request, waker: Waker, _wake: &mut WakeList) -> Ticket {
        self.queue().push_back(request, waker)
    }

    /// A waiter that was granted takes what it was handed.
    fn collect(&mut self, request: Self::Request, wake: &mut WakeList) -> Self::Output;

    /// A waiter has gone; what it was `granted` is passed on, and those behind it may be served.
    ///
    /// What is left in the request is dropped after the lock.
    fn abandon(&mut self, request: &mut Self::Request, granted: bool, wake: &mut WakeList);
}

/// Wakers to be woken after the lock.
#[derive(Debug, Default)]
#[must_use = "a waiter that was granted something has to be woken"]
pub struct WakeList(Wakers);

// With a tag of its own: zero is cheaper to put, and to compare with, than what a `Vec` leaves unused.
#[derive(Debug, Default)]
#[repr(u8)]
enum Wakers {
    /// The common case.
    #[default]
    Nobody,
    /// The next two allocate nothing.
    One(Waker),
    Two(Waker, Waker),
    Several(Vec<Waker>),
}

impl WakeList {
    /// Adds a waker.
    #[inline]
    pub fn push(&mut self, waker: Waker) {
        if let Wakers::Nobody = self.0 {
            // Nothing is there to be dropped.
            mem::forget(mem::replace(&mut self.0, Wakers::One(waker)));
        } else {
            self.push_another(waker);
        }
    }

    #[cold]
    fn push_another(&mut self, waker: Waker) {
        let wakers = match mem::take(&mut self.0) {
            Wakers::Nobody => Wakers::One(waker),
            Wakers::One(first) => Wakers::Two(first, waker),
            Wakers::Two(first, second) => Wakers::Several(vec![first, second, waker]),
            Wakers::Several(mut wakers) => {
                wakers.push(waker);
                Wakers::Several(wakers)
            }
        };
        mem::forget(mem::replace(&mut self.0, wakers));
    }

    #[inline(always)]
    fn wake(mut self) {
        if !matches!(self.0, Wakers::Nobody) {
            self.wake_somebody();
        }
        // Nothing is there to be dropped.
        mem::forget(self);
    }

    #[cold]
    fn wake_somebody(&mut self) {
        match mem::take(&mut self.0) {
            Wakers::Nobody => {}
            Wakers::One(waker) => unhandled::wake(waker),
            Wakers::Two(first, second) => {
                unhandled::wake(first);
                unhandled::wake(second);
            }
            Wakers::Several(wakers) => wakers.into_iter().for_each(unhandled::wake),
        }
    }
}

impl Extend<Waker> for WakeList {
    fn extend<I: IntoIterator<Item = Waker>>(&mut self, wakers: I) {
        wakers.into_iter().for_each(|waker| self.push(waker));
    }
}

/// A primitive's state, behind its lock.
#[derive(Debug)]
pub struct Queued<P> {
    state: Mutex<P>,
}

impl<P> Queued<P> {
    /// Puts the state behind a lock.
    pub fn new(state: P) -> Self {
        Self {
            state: Mutex::new(state),
        }
    }

    /// Looks at the state, or changes it; then wakes the waiters that were granted something.
    #[inline(always)]
    pub fn with<R>(&self, change: impl FnOnce(&mut P, &mut WakeList) -> R) -> R {
        let mut wake = WakeList::default();
        let outcome = change(&mut self.state.lock(), &mut wake);
        wake.wake();
        outcome
    }

    /// The state, when nobody else can see it.
    pub fn into_inner(self) -> P {
        self.state.into_inner()
    }

    /// The state, when nobody else can see it.
    pub fn get_mut(&mut self) -> &mut P {
        self.state.get_mut()
    }
}

impl<P> Queued<P> {
    /// Ready once the waiter has been served.
    ///
    /// # Panics
    ///
    /// When it is polled again after that.
    #[inline(always)]
    #[track_caller]
    pub fn poll<Kind>(
        &self,
        waiter: &mut Waiter<P::Request>,
        cx: &mut Context<'_>,
    ) -> Poll<P::Output>
    where
        P: HandOver<Kind>,
    {
        let Stage::New(request) = &mut waiter.stage else {
            return self.poll_again(waiter, cx);
        };
        let mut wake = WakeList::default();
        let mut state = self.state.lock();
        let Some(output) = state.enter(request, &mut wake) else {
            drop(state);
            return self.queue_up(waiter, cx);
        };
        drop(state);
        wake.wake();
        waiter.stage = Stage::Done;
        Poll::Ready(output)
    }

    /// A newcomer that has to wait takes its place in the queue, unless it can be served by now: its waker is cloned on
    /// no lock.
    #[cold]
    fn queue_up<Kind>(
        &self,
        waiter: &mut Waiter<P::Request>,
        cx: &mut Context<'_>,
    ) -> Poll<P::Output>
    where
        P: HandOver<Kind>,
    {
        let waker = cx.waker().clone();
        let mut wake = WakeList::default();
        let mut state = self.state.lock();
        let Stage::New(request) = &mut waiter.stage else {
            unreachable!("only a newcomer takes a place");
        };
        if let Some(output) = state.enter(request, &mut wake) {
            drop(state);
            wake.wake();
            unhandled::discard(waker);
            waiter.stage = Stage::Done;
            return Poll::Ready(output);
        }
        if let Stage::New(request) = mem::replace(&mut waiter.stage, Stage::Done) {
            waiter.stage = Stage::Queued(state.line_up(request, waker, &mut wake));
        }
        drop(state);
        wake.wake();
        Poll::Pending
    }

    #[cold]
    #[track_caller]
    fn poll_again<Kind>(
        &self,
        waiter: &mut Waiter<P::Request>,
        cx: &mut Context<'_>,
    ) -> Poll<P::Output>
    where
        P: HandOver<Kind>,
    {
        if let Some(polled) = self.look(waiter, cx.waker()) {
            return polled;
        }
        // On no lock; and so it may have been granted meanwhile.
        let waker = cx.waker().clone();
        let mut waker = Some(waker);
        let output = self.with(|state, wake| {
            let output = collect_granted(state, waiter, wake);
            if let (None, Stage::Queued(ticket)) = (&output, &waiter.stage) {
                waker = waker
                    .take()
                    .map(|waker| state.queue().set_waker(ticket, waker));
            }
            output
        });
        if let Some(unused) = waker {
            unhandled::discard(unused);
        }
        output.map_or(Poll::Pending, Poll::Ready)
    }

    /// What a waiter in the queue was granted, or that it still waits; `None` if it left another waker.
    #[track_caller]
    fn look<Kind>(&self, waiter: &mut Waiter<P::Request>, waker: &Waker) -> Option<Poll<P::Output>>
    where
        P: HandOver<Kind>,
    {
        assert!(
            !waiter.is_done(),
            "the wait was polled after it was ready: make a new one"
        );
        self.with(|state, wake| {
            if let Some(output) = collect_granted(state, waiter, wake) {
                return Some(Poll::Ready(output));
            }
            let Stage::Queued(ticket) = &waiter.stage else {
                return None;
            };
            state
                .queue()
                .will_wake(ticket, waker)
                .then_some(Poll::Pending)
        })
    }

    /// Takes a waiter out, from wherever it stands: every future that polls one does so when it is
    /// dropped.
    #[inline(always)]
    pub fn abandon<Kind>(&self, waiter: &mut Waiter<P::Request>)
    where
        P: HandOver<Kind>,
    {
        if !waiter.is_done() {
            self.give_up(waiter);
        }
    }

    #[cold]
    fn give_up<Kind>(&self, waiter: &mut Waiter<P::Request>)
    where
        P: HandOver<Kind>,
    {
        // What a newcomer carries is dropped here, outside the lock.
        if let Stage::Queued(ticket) = mem::replace(&mut waiter.stage, Stage::Done) {
            self.leave(ticket);
        }
    }

    fn leave<Kind>(&self, ticket: Ticket)
    where
        P: HandOver<Kind>,
    {
        let Departed { item, waker } = self.with(|state, wake| {
            let mut departed = state.queue().remove(ticket);
            let granted = departed.was_granted();
            state.abandon(&mut departed.item, granted, wake);
            departed
        });
        if let Some(waker) = waker {
            unhandled::discard(waker);
        }
        drop(item);
    }
}

/// What a waiter was granted; it has left the queue then.
#[inline]
fn collect_granted<Kind, P: HandOver<Kind>>(
    state: &mut P,
    waiter: &mut Waiter<P::Request>,
    wake: &mut WakeList,
) -> Option<P::Output> {
    let Stage::Queued(ticket) = &waiter.stage else {
        return None;
    };
    if !state.queue().is_granted(ticket) {
        return None;
    }
    let Stage::Queued(ticket) = mem::replace(&mut waiter.stage, Stage::Done) else {
        return None;
    };
    let request = state.queue().remove(ticket).item;
    Some(state.collect(request, wake))
}

/// One wait, from before the queue to after it.
pub struct Waiter<R> {
    stage: Stage<R>,
}

enum Stage<R> {
    /// Not polled yet.
    New(R),
    /// In the queue, still waiting or granted.
    Queued(Ticket),
    /// Served, or given up.
    Done,
}

impl<R> Waiter<R> {
    /// A wait that has not begun.
    #[inline]
    pub fn new(request: R) -> Self {
        Self {
            stage: Stage::New(request),
        }
    }

    /// A wait that is over.
    pub fn done() -> Self {
        Self { stage: Stage::Done }
    }

    /// Whether it has taken its place in the queue, or has been served.
    #[inline]
    pub fn has_begun(&self) -> bool {
        !matches!(self.stage, Stage::New(_))
    }

    /// Whether the wait is over.
    #[inline]
    pub fn is_done(&self) -> bool {
        matches!(self.stage, Stage::Done)
    }
}

impl<R> fmt::Debug for Waiter<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.stage {
            Stage::New(_) => "not polled yet",
            Stage::Queued(_) => "queued",
            Stage::Done => "done",
        })
    }
}
