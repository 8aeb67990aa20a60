//! Variables whose values belong to tasks.

use std::{
    any::Any,
    fmt,
    future::Future,
    marker::PhantomData,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use anyrt_core::context::{Key, Snapshot};
use pin_project_lite::pin_project;

/// Declares [context variables](crate::context::ContextVar).
///
/// ```
/// use anyrt::context::context_var;
///
/// context_var! {
///     /// Which request is being served.
///     pub static REQUEST: u64;
///     static TENANT: String;
/// }
/// assert_eq!(REQUEST.get(), None);
/// assert_eq!(TENANT.get(), None);
/// ```
///
/// The type is `Send`, `Sync` and `'static`: a value may be looked at from many tasks at once. Rule H6.
#[macro_export]
macro_rules! context_var {
    ($($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty;)+) => {
        $(
            $(#[$attribute])*
            $visibility static $name: $crate::context::ContextVar<$type> =
                $crate::context::ContextVar::__new();
        )+
    };
}

/// A variable that has another value in each task, or part of one, that sets it; made by
/// [`context_var!`](crate::context_var).
///
/// See [the module](super) for what inherits it. Looking costs a little, setting allocates; a program that sets none pays a
/// branch for each poll of a task. Rule H6.
#[doc(alias = "task_local")]
pub struct ContextVar<T> {
    key: Key,
    value: PhantomData<fn(T) -> T>,
}

impl<T: Send + Sync + 'static> ContextVar<T> {
    #[doc(hidden)]
    pub const fn __new() -> Self {
        Self {
            key: Key::new(),
            value: PhantomData,
        }
    }

    /// The value here, if it is set.
    pub fn get(&self) -> Option<T>
    where
        T: Clone,
    {
        self.with(|value| value.cloned())
    }

    /// Looks at the value here.
    pub fn with<R>(&self, f: impl FnOnce(Option<&T>) -> R) -> R {
        // Not inside the look: `f` may set variables.
        let around = Snapshot::current();
        f(around.get(&self.key).and_then(|value| value.downcast_ref()))
    }

    /// Runs a future with this value around it. Rule H6.
    ///
    /// # Cancel safety
    ///
    /// If dropped before completion, `future` is dropped, with the value still around it.
    pub fn scope<Fut: Future>(&self, value: T, future: Fut) -> Scoped<'_, Fut> {
        Scoped {
            key: &self.key,
            value: Arc::new(value),
            around: Snapshot::EMPTY,
            inside: None,
            body: Some(future),
        }
    }

    /// Runs a function with this value around it, on any thread: what it spawns, or has run, begins with the value.
    ///
    /// A native runtime that `f` blocks in polls its native tasks with the value, too, on this thread.
    pub fn sync_scope<R>(&self, value: T, f: impl FnOnce() -> R) -> R {
        let inside = Snapshot::current().with(&self.key, Arc::new(value));
        inside.enter(f)
    }
}

impl<T> fmt::Debug for ContextVar<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContextVar").finish_non_exhaustive()
    }
}

pin_project! {
    /// The future of [`ContextVar::scope`].
    #[must_use = "futures do nothing until they are awaited"]
    pub struct Scoped<'a, Fut> {
        key: &'a Key,
        value: Arc<dyn Any + Send + Sync>,
        // Where it was polled last, and what that comes to with the value.
        around: Snapshot,
        inside: Option<Snapshot>,
        #[pin]
        body: Option<Fut>,
    }

    impl<Fut> PinnedDrop for Scoped<'_, Fut> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if let Some(inside) = this.inside {
                inside.enter(|| this.body.set(None));
            }
        }
    }
}

impl<Fut: Future> Future for Scoped<'_, Fut> {
    type Output = Fut::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Fut::Output> {
        let mut this = self.project();
        let around = Snapshot::current();
        if this.inside.is_none() || !around.is(this.around) {
            *this.inside = Some(around.with(this.key, Arc::clone(this.value)));
            *this.around = around;
        }
        let inside = this.inside.as_ref().expect("it was just made");
        inside.enter(|| {
            let body = this.body.as_mut().as_pin_mut();
            let polled = body
                .expect("a finished scope of a variable was polled again")
                .poll(cx);
            if polled.is_ready() {
                this.body.set(None);
            }
            polled
        })
    }
}

impl<Fut> fmt::Debug for Scoped<'_, Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scoped").finish_non_exhaustive()
    }
}
