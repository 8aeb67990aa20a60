//! Locks, permits and items that are handed from one owner to the next, and never lost on the way.
//!
//! A primitive says *what* is handed over, in [`HandOver`]; this module does the waiting. Its state
//! lives behind one lock, in [`Queued`]; whoever has to wait is a [`Waiter`], which is one future's
//! place in the [queue](crate::wait_queue).
//!
//! # Rules
//!
//! - What is given back belongs to the first waiter at once, before that waiter is polled; nobody can
//!   overtake.
//! - A waiter that is dropped in the queue leaves no trace. One that is dropped after it was handed
//!   something, and before it has seen it, gives it back: the next in line gets it.
//! - Wakers are woken, and dropped, after the lock: either may run any code.
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
//!     fn enter(&mut self, _request: (), _wake: &mut WakeList) -> Result<(), ()> {
//!         if self.taken {
//!             return Err(());
//!         }
//!         self.taken = true;
//!         Ok(())
//!     }
//!
//!     fn collect(&mut self, _request: ()) {}
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
    wait_queue::{Ticket, WaitQueue},
};

/// What a primitive hands over, and to whom.
///
/// All methods run under the primitive's lock.
pub trait HandOver {
    /// What a waiter asks for; it also carries what it is handed.
    type Request;
    /// What a waiter gets.
    type Output;

    /// Those who wait.
    fn queue(&mut self) -> &mut WaitQueue<Self::Request>;

    /// Serves a newcomer at once, if nobody has to be served before it.
    ///
    /// # Errors
    ///
    /// The request, when it has to wait.
    fn enter(
        &mut self,
        request: Self::Request,
        wake: &mut WakeList,
    ) -> Result<Self::Output, Self::Request>;

    /// A waiter that was granted takes what it was handed.
    fn collect(&mut self, request: Self::Request) -> Self::Output;

    /// A waiter has gone; what it was `granted` is passed on, and those behind it may be served.
    ///
    /// What is left in the request is dropped after the lock.
    fn abandon(&mut self, request: &mut Self::Request, granted: bool, wake: &mut WakeList);
}

/// Wakers to be woken after the lock.
#[derive(Debug, Default)]
#[must_use = "whoever was granted something has to be woken"]
pub struct WakeList {
    // One is the common case, and allocates nothing.
    first: Option<Waker>,
    rest: Vec<Waker>,
}

impl WakeList {
    /// Adds a waker.
    pub fn push(&mut self, waker: Waker) {
        if self.first.is_none() {
            self.first = Some(waker);
        } else {
            self.rest.push(waker);
        }
    }

    #[cold]
    fn wake(self) {
        if let Some(waker) = self.first {
            waker.wake();
        }
        for waker in self.rest {
            waker.wake();
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

    /// Looks at the state, or changes it; then wakes whoever was granted something.
    #[inline]
    pub fn with<R>(&self, change: impl FnOnce(&mut P, &mut WakeList) -> R) -> R {
        let mut wake = WakeList::default();
        let outcome = change(&mut self.state.lock(), &mut wake);
        // Nobody to wake is the common case.
        if wake.first.is_some() {
            wake.wake();
        }
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

impl<P: HandOver> Queued<P> {
    /// Ready once the waiter has been served.
    ///
    /// # Panics
    ///
    /// When it is polled again after that.
    #[inline]
    #[track_caller]
    pub fn poll(&self, waiter: &mut Waiter<P::Request>, cx: &mut Context<'_>) -> Poll<P::Output> {
        match mem::replace(&mut waiter.stage, Stage::Done) {
            Stage::New(request) => self.with(|state, wake| match state.enter(request, wake) {
                Ok(output) => Poll::Ready(output),
                Err(request) => {
                    waiter.stage = Stage::Queued(state.queue().push_back(request, cx.waker()));
                    Poll::Pending
                }
            }),
            Stage::Queued(ticket) => self.poll_queued(ticket, &mut waiter.stage, cx),
            Stage::Done => panic!("the wait was polled after it was ready: make a new one"),
        }
    }

    fn poll_queued(
        &self,
        ticket: Ticket,
        stage: &mut Stage<P::Request>,
        cx: &mut Context<'_>,
    ) -> Poll<P::Output> {
        let mut state = self.state.lock();
        if state.queue().is_granted(&ticket) {
            let request = state.queue().remove(ticket).item;
            return Poll::Ready(state.collect(request));
        }
        let replaced = state.queue().set_waker(&ticket, cx.waker());
        drop(state);
        drop(replaced);
        *stage = Stage::Queued(ticket);
        Poll::Pending
    }

    /// Takes a waiter out, from wherever it stands: every future that polls one does so when it is
    /// dropped.
    #[inline]
    pub fn abandon(&self, waiter: &mut Waiter<P::Request>) {
        if waiter.is_done() {
            return;
        }
        // What a newcomer carries is dropped here, outside the lock.
        if let Stage::Queued(ticket) = mem::replace(&mut waiter.stage, Stage::Done) {
            self.leave(ticket);
        }
    }

    fn leave(&self, ticket: Ticket) {
        let left = self.with(|state, wake| {
            let mut departed = state.queue().remove(ticket);
            let granted = departed.was_granted();
            state.abandon(&mut departed.item, granted, wake);
            departed
        });
        drop(left);
    }
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
    pub fn has_begun(&self) -> bool {
        !matches!(self.stage, Stage::New(_))
    }

    /// Whether the wait is over.
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
