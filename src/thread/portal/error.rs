//! Why a call through a portal gave no value.

/// A call through a [`Portal`](super::Portal) gave no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PortalError {
    /// The calling thread polls a task, or a future of this crate's, of whichever runtime: blocking it would stop what the call
    /// may depend on.
    #[error(
        "this thread polls tasks, which blocking would stop: spawn the call and await it, or block in `to_thread`"
    )]
    OnRuntimeThread,
    /// The portal has been stopped, or its body has returned. Nothing was started; that is never told as
    /// [`Cancelled`](Self::Cancelled).
    #[error(
        "the portal has been stopped: make the call before `stop`, and before the body of the portal returns"
    )]
    Stopped,
    /// The call was cancelled, by itself or with the portal, or the runtime has gone.
    #[error("the call was cancelled, or the portal's runtime has gone")]
    Cancelled,
    /// The task ended without having called [`Ready::set`](crate::task::Ready::set).
    #[error(
        "the task ended without having said that it is ready: call `set` on the `Ready` that it gets"
    )]
    ExitedEarly,
}
