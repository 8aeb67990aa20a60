//! Clean-up that survives foreign code.

use std::{
    fmt,
    future::Future,
    panic::{self, Location},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    thread,
};

use anyrt_core::Runtime;
use pin_project_lite::pin_project;

use super::{detached::spawn_detached, label::Identity};
use crate::{
    cancel::{Course, shield},
    payload::{caught, forget_panic},
    runtime::{self, AnyBackend},
};

/// Like [`finally`](crate::finally), for a clean-up that runs also if foreign code drops this future.
///
/// ```
/// # use std::sync::Arc;
/// # struct Session;
/// # impl Session { async fn serve(&self) {} async fn close(&self) {} }
/// # async fn shown(session: Arc<Session>) {
/// use anyrt::cancel::finally_spawned;
///
/// let closing = Arc::clone(&session);
/// finally_spawned(session.serve(), async move || closing.close().await).await;
/// # }
/// ```
///
/// Under facade scopes there is no difference. When a foreign `select!`, timeout or abort drops the future
/// between the body's first suspension and the end of the clean-up, the body is dropped at once, and the clean-up (or
/// what is left of it) becomes a task below the root of the run, shielded: `run` waits for it, and its panic fails
/// the run. In a foreign runtime it is a native task. Rule C9.
///
/// # Cancel safety
///
/// See above: the clean-up is not lost, unless the runtime is gone, or there was none around the body's first
/// suspension.
///
/// # Panics
///
/// With the panic of `body`, or else of `cleanup`.
#[track_caller]
pub fn finally_spawned<Fut, F, C>(body: Fut, cleanup: F) -> FinallySpawned<Fut, F, C, Fut::Output>
where
    Fut: Future,
    F: FnOnce() -> C + Send + 'static,
    C: Future + Send + 'static,
{
    FinallySpawned {
        course: Course::new(body, Location::caller()),
        cleanup: Some(cleanup),
        home: None,
        identity: Identity::named("finally"),
        spawn: spawn_rest::<F, C>,
    }
}

/// A runtime, to be kept.
type Home = (Arc<Runtime>, AnyBackend);

pin_project! {
    /// The future of [`finally_spawned`].
    #[must_use = "futures do nothing until they are awaited"]
    pub struct FinallySpawned<Fut, F, C, T> {
        // In a box, so that it can be taken along when it has begun.
        #[pin]
        course: Course<Fut, Pin<Box<C>>, T>,
        cleanup: Option<F>,
        // Known from the first suspension on.
        home: Option<Home>,
        identity: Identity,
        // Knows the bounds, which a destructor can not have.
        spawn: fn(Home, Identity, Option<F>, Option<Pin<Box<C>>>),
    }

    impl<Fut, F, C, T> PinnedDrop for FinallySpawned<Fut, F, C, T> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let Some(home) = this.home.take().filter(|_| !this.course.is_finished()) else {
                return;
            };
            let dropped = caught(|| this.course.as_mut().drop_body());
            (this.spawn)(home, this.identity.clone(), this.cleanup.take(), this.course.take_cleaning());
            match dropped {
                Err(payload) if !thread::panicking() => panic::resume_unwind(payload),
                dropped => forget_panic(dropped),
            }
        }
    }
}

/// Spawns a clean-up that has not begun, or the rest of one that has.
fn spawn_rest<F, C>(
    home: Home,
    identity: Identity,
    cleanup: Option<F>,
    cleaning: Option<Pin<Box<C>>>,
) where
    F: FnOnce() -> C + Send + 'static,
    C: Future + Send + 'static,
{
    spawn_detached(
        home,
        identity,
        shield(async move {
            if let Some(rest) = cleaning {
                rest.await;
            } else if let Some(cleanup) = cleanup {
                cleanup().await;
            }
        }),
    );
}

impl<Fut, F, C, T> Future for FinallySpawned<Fut, F, C, T>
where
    Fut: Future<Output = T>,
    F: FnOnce() -> C,
    C: Future,
{
    type Output = T;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let this = self.project();
        let cleanup = this.cleanup;
        let start = || Box::pin((cleanup.take().expect("it is started once"))());
        let polled = this.course.poll(cx, start);
        if polled.is_pending() && this.home.is_none() {
            *this.home = runtime::attached().ok();
        }
        polled
    }
}

impl<Fut, F, C, T> fmt::Debug for FinallySpawned<Fut, F, C, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FinallySpawned").finish_non_exhaustive()
    }
}
