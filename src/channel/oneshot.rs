//! One value from one task to another.

use std::{
    error, fmt,
    future::Future,
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker, ready},
};

use anyrt_core::{hand_over::Queued, unhandled};

use crate::runtime::Leaf;

/// A channel for one value. The receiver is a future. Rules S1, S5.
///
/// ```
/// # async fn shown() {
/// let (sender, receiver) = anyrt::channel::oneshot();
/// sender.send(7).unwrap();
/// assert_eq!(receiver.await, Ok(7));
/// # }
/// ```
///
/// If the receiver is dropped before completion, the value is dropped, too, or comes back to the
/// sender.
pub fn oneshot<T>() -> (OneshotSender<T>, OneshotReceiver<T>) {
    let state = Arc::new(Queued::new(State::Empty(None)));
    let sender = OneshotSender {
        state: Some(Arc::clone(&state)),
    };
    let receiver = OneshotReceiver {
        leaf: Leaf::default(),
        state: Some(state),
    };
    (sender, receiver)
}

/// The sender was dropped without sending: no value will come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dropped;

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the sender was dropped without sending a value")
    }
}

impl error::Error for Dropped {}

enum State<T> {
    /// Nothing was sent yet; whom the sender wakes.
    Empty(Option<Waker>),
    Sent(T),
    /// The value was taken, or none will come.
    Over,
}

/// Shared by the two ends, and by nobody else: who has the only reference is alone, and needs no lock.
type Shared<T> = Arc<Queued<State<T>>>;

fn is_alone<T>(state: &Shared<T>) -> bool {
    Arc::strong_count(state) == 1
}

impl<T> State<T> {
    fn into_value(self) -> Option<T> {
        match self {
            Self::Sent(value) => Some(value),
            Self::Empty(_) | Self::Over => None,
        }
    }

    /// What the sender leaves behind; whom it wakes.
    #[inline]
    fn settle(&mut self, last: Self) -> Option<Waker> {
        match mem::replace(self, last) {
            Self::Empty(waker) => waker,
            other => nobody(other),
        }
    }
}

/// There is one sender, which goes once: kept out of its way.
#[cold]
fn nobody<T>(_before: State<T>) -> Option<Waker> {
    None
}

/// Sends the one value of a [`oneshot`] channel.
pub struct OneshotSender<T> {
    // Taken by the send.
    state: Option<Shared<T>>,
}

impl<T> OneshotSender<T> {
    /// Sends the value; never waits.
    ///
    /// # Errors
    ///
    /// The value, if the receiver is gone.
    #[inline]
    pub fn send(mut self, value: T) -> Result<(), T> {
        let Some(state) = self.state.take() else {
            return Err(value);
        };
        // Nothing is left in it to be dropped.
        mem::forget(self);
        let waker = state.with(|state, _| state.settle(State::Sent(value)));
        // Let go before the wake: the receiver then needs no lock.
        if let Some(unseen) = Arc::into_inner(state) {
            return take_back(unseen);
        }
        if let Some(waker) = waker {
            unhandled::wake(waker);
        }
        Ok(())
    }

    /// Whether the receiver is gone.
    pub fn is_closed(&self) -> bool {
        self.state.as_ref().is_none_or(is_alone)
    }
}

/// The receiver has gone; it may have seen the value before.
#[cold]
fn take_back<T>(state: Queued<State<T>>) -> Result<(), T> {
    match state.into_inner() {
        State::Sent(value) => Err(value),
        State::Empty(_) | State::Over => Ok(()),
    }
}

impl<T> Drop for OneshotSender<T> {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(state) = self.state.take() {
            leave_empty(&state);
        }
    }
}

#[cold]
fn leave_empty<T>(state: &Queued<State<T>>) {
    let waker = state.with(|state, _| state.settle(State::Over));
    if let Some(waker) = waker {
        unhandled::wake(waker);
    }
}

impl<T> fmt::Debug for OneshotSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OneshotSender").finish_non_exhaustive()
    }
}

/// The value of a [`oneshot`] channel, as a future.
#[must_use = "futures do nothing until they are awaited"]
pub struct OneshotReceiver<T> {
    leaf: Leaf,
    // Taken when it is ready.
    state: Option<Shared<T>>,
}

impl<T> OneshotReceiver<T> {
    /// The value, if it is there.
    pub fn try_recv(&mut self) -> Option<T> {
        let state = self.state.as_ref()?;
        state.with(|state, _| take_sent(state))
    }

    #[cold]
    fn give_up(&mut self) {
        if let Some(state) = self.state.take() {
            // The waker is not kept until the sender goes.
            let waker = state.with(|state, _| match state {
                State::Empty(waker) => waker.take(),
                State::Sent(_) | State::Over => None,
            });
            if let Some(waker) = waker {
                unhandled::discard(waker);
            }
        }
    }
}

fn take_sent<T>(state: &mut State<T>) -> Option<T> {
    match state {
        State::Sent(_) => mem::replace(state, State::Over).into_value(),
        State::Empty(_) | State::Over => None,
    }
}

/// The value is moved out, never pinned.
impl<T> Unpin for OneshotReceiver<T> {}

impl<T> Future for OneshotReceiver<T> {
    type Output = Result<T, Dropped>;

    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T, Dropped>> {
        if self.leaf.poll_enter(cx).is_pending() {
            return Poll::Pending;
        }
        let state = self.state.as_ref();
        let state = state.expect("a oneshot was polled after it was ready: make a new one");
        let value = if is_alone(state) {
            let last = self.state.take().and_then(Arc::into_inner);
            last.and_then(|state| state.into_inner().into_value())
        } else {
            let value = ready!(poll_shared(state, cx));
            self.state = None;
            value
        };
        Poll::Ready(value.ok_or(Dropped))
    }
}

/// Looks for the value; if it has to wait, it looks again with a waker, which was cloned on no lock.
#[cold]
fn poll_shared<T>(state: &Queued<State<T>>, cx: &mut Context<'_>) -> Poll<Option<T>> {
    let polled = state.with(|state, _| match state {
        State::Empty(Some(waker)) if waker.will_wake(cx.waker()) => Some(Poll::Pending),
        State::Empty(_) => None,
        State::Sent(_) | State::Over => Some(Poll::Ready(take_sent(state))),
    });
    if let Some(polled) = polled {
        return polled;
    }
    let waker = cx.waker().clone();
    let (polled, unused) = state.with(|state, _| match state {
        State::Empty(place) => (Poll::Pending, place.replace(waker)),
        State::Sent(_) | State::Over => (Poll::Ready(take_sent(state)), Some(waker)),
    });
    if let Some(unused) = unused {
        unhandled::discard(unused);
    }
    polled
}

impl<T> Drop for OneshotReceiver<T> {
    #[inline(always)]
    fn drop(&mut self) {
        if self.state.is_some() {
            self.give_up();
        }
    }
}

impl<T> fmt::Debug for OneshotReceiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OneshotReceiver").finish_non_exhaustive()
    }
}
