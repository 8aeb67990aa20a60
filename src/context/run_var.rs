//! Variables whose values belong to runs.

use std::{fmt, marker::PhantomData, sync::Arc};

use anyrt_core::{Shared, context::Key};

use crate::runtime;

/// A variable that has a value of its own in each [`run`](crate::run), from everywhere inside it; in foreign runtimes, one for the
/// process.
///
/// ```
/// use anyrt::context::RunVar;
///
/// static CONNECTIONS: RunVar<u32> = RunVar::new();
///
/// # async fn shown() {
/// assert_eq!(CONNECTIONS.get(), None);
/// CONNECTIONS.set(1);
/// assert_eq!(anyrt::to_thread(|| CONNECTIONS.get()).await, Some(1));
/// # }
/// ```
///
/// For what a library keeps once for each runtime, such as a pool of connections: an `Arc` of it, as values are cloned. The
/// values go when the run has ended, and everything in it. Rule H7.
///
/// # Panics
///
/// All methods, where there is no runtime (rule R2).
pub struct RunVar<T> {
    key: Key,
    value: PhantomData<fn(T) -> T>,
}

impl<T: Clone + Send + Sync + 'static> RunVar<T> {
    /// A variable that has no value in any run.
    #[expect(
        clippy::new_without_default,
        reason = "it stands in a static, where there is no default"
    )]
    pub const fn new() -> Self {
        Self {
            key: Key::new(),
            value: PhantomData,
        }
    }

    /// The value in this run, if it has been set. Rule H7.
    ///
    /// # Panics
    ///
    /// Where there is no runtime (rule R2).
    #[track_caller]
    pub fn get(&self) -> Option<T> {
        let value = in_this_run(|run| run.variable(&self.key));
        value.and_then(|value| value.downcast_ref().cloned())
    }

    /// Sets the value in this run; returns the one before. Rule H7.
    ///
    /// # Panics
    ///
    /// Where there is no runtime (rule R2).
    #[track_caller]
    pub fn set(&self, value: T) -> Option<T> {
        let before = in_this_run(|run| run.set_variable(&self.key, Arc::new(value)));
        before.and_then(|value| value.downcast_ref().cloned())
    }

    /// The value in this run, made now if there is none.
    ///
    /// `make` runs outside every lock. Where several make one at once, the first to be ready is everybody's. Rule H7.
    ///
    /// # Panics
    ///
    /// Where there is no runtime (rule R2), and with the panic of `make`.
    #[track_caller]
    pub fn get_or_init(&self, make: impl FnOnce() -> T) -> T {
        if let Some(value) = self.get() {
            return value;
        }
        let made = Arc::new(make());
        let value = in_this_run(|run| run.variable_or(&self.key, made));
        let value = value.downcast_ref().cloned();
        value.expect("the key is this variable's only")
    }
}

#[track_caller]
fn in_this_run<R>(look: impl FnOnce(&Shared) -> R) -> R {
    match runtime::with(|_, shared| look(shared)) {
        Ok(found) => found,
        Err(error) => panic!("{error}"),
    }
}

impl<T> fmt::Debug for RunVar<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunVar").finish_non_exhaustive()
    }
}
