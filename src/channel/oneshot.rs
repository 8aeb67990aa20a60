//! One value from one task to another.

use std::{
    error, fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use anyrt_core::{
    hand_over::{HandOver, Queued, WakeList},
    wait_queue::WaitQueue,
};

use crate::sync::Wait;

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
    let state = Arc::new(Queued::new(State {
        value: None,
        sender: true,
        receiver: true,
        queue: WaitQueue::new(),
    }));
    let sender = OneshotSender {
        state: Some(Arc::clone(&state)),
    };
    let receiver = OneshotReceiver {
        wait: Wait::new(state, ()),
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

struct State<T> {
    value: Option<T>,
    sender: bool,
    receiver: bool,
    queue: WaitQueue,
}

impl<T> HandOver for State<T> {
    type Request = ();
    type Output = Option<T>;

    fn queue(&mut self) -> &mut WaitQueue {
        &mut self.queue
    }

    fn enter(&mut self, (): (), _wake: &mut WakeList) -> Result<Option<T>, ()> {
        if self.value.is_none() && self.sender {
            return Err(());
        }
        Ok(self.value.take())
    }

    fn collect(&mut self, (): ()) -> Option<T> {
        self.value.take()
    }

    fn abandon(&mut self, (): &mut (), _granted: bool, _wake: &mut WakeList) {}
}

/// Sends the one value of a [`oneshot`] channel.
pub struct OneshotSender<T> {
    // Taken by the send.
    state: Option<Arc<Queued<State<T>>>>,
}

impl<T> OneshotSender<T> {
    /// Sends the value; never waits.
    ///
    /// # Errors
    ///
    /// The value, if the receiver is gone.
    pub fn send(mut self, value: T) -> Result<(), T> {
        let Some(state) = self.state.take() else {
            return Err(value);
        };
        state.with(|state, wake| {
            state.sender = false;
            if !state.receiver {
                return Err(value);
            }
            state.value = Some(value);
            wake.extend(state.queue.grant_first());
            Ok(())
        })
    }

    /// Whether the receiver is gone.
    pub fn is_closed(&self) -> bool {
        let is_closed = |state: &Arc<Queued<State<T>>>| state.with(|state, _| !state.receiver);
        self.state.as_ref().is_none_or(is_closed)
    }
}

impl<T> Drop for OneshotSender<T> {
    fn drop(&mut self) {
        if let Some(state) = self.state.take() {
            state.with(|state, wake| {
                state.sender = false;
                wake.extend(state.queue.grant_first());
            });
        }
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
    wait: Wait<Arc<Queued<State<T>>>, State<T>>,
}

impl<T> OneshotReceiver<T> {
    /// The value, if it is there.
    pub fn try_recv(&mut self) -> Option<T> {
        self.wait.primitive().with(|state, _| state.value.take())
    }
}

impl<T> Future for OneshotReceiver<T> {
    type Output = Result<T, Dropped>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T, Dropped>> {
        self.wait.poll(cx).map(|value| value.ok_or(Dropped))
    }
}

impl<T> Drop for OneshotReceiver<T> {
    fn drop(&mut self) {
        if self.wait.is_done() {
            // The sender has gone before.
            return;
        }
        let unseen = self.wait.primitive().with(|state, _| {
            state.receiver = false;
            state.value.take()
        });
        drop(unseen);
    }
}

impl<T> fmt::Debug for OneshotReceiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OneshotReceiver").finish_non_exhaustive()
    }
}
