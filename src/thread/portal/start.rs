//! How a task that a portal starts says that it is ready.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use crate::{
    channel::{OneshotReceiver, OneshotSender, oneshot},
    task::{HandOver, Ready},
};

/// What became of a start.
pub(super) enum Arrival<V> {
    Ready(V),
    /// The task has let go of its `Ready`.
    Never,
}

/// What the task is given, and what the starter waits for.
pub(super) fn hand_over<V: Send + 'static>() -> (Ready<V>, impl Future<Output = Arrival<V>>) {
    let (sender, receiver) = oneshot();
    let ready = Ready::new(Arc::new(Said(Mutex::new(Some(sender)))));
    (ready, Awaited(receiver))
}

struct Said<V>(Mutex<Option<OneshotSender<V>>>);

impl<V: Send> HandOver<V> for Said<V> {
    fn hand_over(self: Arc<Self>, value: V) {
        let sender = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(sender) = sender {
            // The starter blocks its thread until it has heard.
            let _ = sender.send(value);
        }
    }
}

struct Awaited<V>(OneshotReceiver<V>);

impl<V> Future for Awaited<V> {
    type Output = Arrival<V>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Arrival<V>> {
        Pin::new(&mut self.0).poll(cx).map(|said| match said {
            Ok(value) => Arrival::Ready(value),
            Err(_dropped) => Arrival::Never,
        })
    }
}
