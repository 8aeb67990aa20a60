//! A descriptor watched by a runtime's reactor.

use std::{
    io,
    task::{Context, Poll},
};

use super::{BorrowedIo, OwnedIo};

/// Which direction an operation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Interest {
    /// Reading, accepting, receiving.
    Read,
    /// Writing, connecting, sending.
    Write,
}

/// What an operation achieved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How much: bytes, or 1 for an operation that is not about bytes.
    pub n: usize,
    /// The operation used up all there was (a short read, a short write), so that trying again
    /// before the next event would be a wasted system call.
    pub drained: bool,
}

/// A descriptor that a runtime watches.
///
/// # Duties
///
/// - The first [`poll_io`](Source::poll_io) runs the operation. After a clear, the operation runs again only
///   after a new event.
/// - Only `WouldBlock`, or [`Progress::drained`], clears readiness, and only the event that had been
///   seen before that call: one that arrives while the operation runs is not lost. Then it is
///   watched again.
/// - `Interrupted` is tried again at once. Every other error is returned as it is.
/// - A hang-up or an error on the descriptor wakes both directions.
/// - A spurious wake is allowed, a lost one is not.
/// - There is one waker per direction and the newest wins; anyrt fans out when several tasks wait.
/// - Dropping deregisters first and closes second.
/// - After shutdown, whoever waits is woken, and waiting returns [`Gone`](super::Gone) as an
///   `io::Error`.
pub trait Source: Send + Sync {
    /// The descriptor, for operations that need no readiness (options, addresses).
    fn io(&self) -> BorrowedIo<'_>;

    /// Runs `op` as often as needed, until it does something other than `WouldBlock`.
    ///
    /// Pending once the descriptor is not ready; `cx` is woken when it may be.
    ///
    /// # Errors
    ///
    /// What `op` returned, or [`Gone`](super::Gone).
    fn poll_io(
        &self,
        cx: &mut Context<'_>,
        interest: Interest,
        op: &mut dyn FnMut(BorrowedIo<'_>) -> io::Result<Progress>,
    ) -> Poll<io::Result<usize>>;

    /// Deregisters the descriptor and gives it back, still in non-blocking mode.
    ///
    /// # Errors
    ///
    /// When deregistering fails; the descriptor is closed then.
    fn into_io(self: Box<Self>) -> io::Result<OwnedIo>;
}
