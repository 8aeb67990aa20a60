//! Why an item was not sent, or none received.

use thiserror::Error;

/// The item could not be sent; it comes back. For a [`Permit`](super::Permit), where there is none, it is `()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SendError<T> {
    /// This sender was closed, or all of them.
    #[error("this sender was closed")]
    Closed(T),
    /// Every receiver is gone.
    #[error("the channel has no receiver any more")]
    Broken(T),
}

/// The item could not be sent at once; it comes back. For a [`Permit`](super::Permit), where there is none, it is `()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TrySendError<T> {
    /// There is no room, or what there is was granted to others: use `send` or `reserve` to wait.
    #[error("the channel is full: wait with `send` or `reserve`")]
    WouldBlock(T),
    /// This sender was closed, or all of them.
    #[error("this sender was closed")]
    Closed(T),
    /// Every receiver is gone.
    #[error("the channel has no receiver any more")]
    Broken(T),
}

/// No item will come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RecvError {
    /// Every sender is gone, or all were closed, and every item has been received.
    #[error("the channel has ended: no sender is left, and every item has been received")]
    EndOfStream,
    /// This receiver was closed.
    #[error("this receiver was closed")]
    Closed,
}

/// There is no item at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TryRecvError {
    /// There is no item now: use `recv` to wait.
    #[error("the channel is empty: wait with `recv`")]
    WouldBlock,
    /// Every sender is gone, or all were closed, and every item has been received.
    #[error("the channel has ended: no sender is left, and every item has been received")]
    EndOfStream,
    /// This receiver was closed.
    #[error("this receiver was closed")]
    Closed,
}

impl<T> SendError<T> {
    /// The item.
    pub fn into_inner(self) -> T {
        match self {
            Self::Closed(item) | Self::Broken(item) => item,
        }
    }
}

impl<T> TrySendError<T> {
    /// The item.
    pub fn into_inner(self) -> T {
        match self {
            Self::WouldBlock(item) | Self::Closed(item) | Self::Broken(item) => item,
        }
    }
}
