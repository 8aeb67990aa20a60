//! What scopes and groups take: a function from their handle to a future.

use std::future::Future;

/// A function from a handle to a future: `async |handle| …`, `|handle| async move { … }`, an `async fn`.
///
/// Every such function is one; there is nothing to implement. The trait lets the futures of scopes and groups have one type
/// parameter. With the function's future as a second one, the compiler loses the bond between the two where a body
/// borrows, and a spawned task could not hand the future to a combinator (`join!`, `select!`, `FuturesUnordered`).
pub trait Body<Handle>: Sized {
    /// What the function returns.
    type Future: Future<Output = Self::Output>;
    /// What its future comes to.
    type Output;

    /// Calls it.
    fn call(self, handle: Handle) -> Self::Future;
}

impl<Handle, F, Fut> Body<Handle> for F
where
    F: FnOnce(Handle) -> Fut,
    Fut: Future,
{
    type Future = Fut;
    type Output = Fut::Output;

    fn call(self, handle: Handle) -> Fut {
        self(handle)
    }
}
