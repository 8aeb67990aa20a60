//! Clean-up that awaits.

use std::{
    fmt,
    future::Future,
    panic::Location,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use super::course::Course;

/// Runs `body`, and then `cleanup`, whether the body completes, panics or is cancelled by a scope.
///
/// ```
/// # struct Transaction;
/// # impl Transaction { async fn upload(&self) -> u32 { 3 } async fn close(&self) {} }
/// # async fn shown(transaction: Transaction) -> u32 {
/// use anyrt::finally;
///
/// finally(transaction.upload(), || transaction.close()).await
/// # }
/// ```
///
/// The clean-up runs in a shield: a scope that is cancelled waits for it; bound it from inside, with
/// [`move_on_after`](super::move_on_after). It begins when the body is gone, and both may borrow the same things
/// shared; [`finally_with`] lends one to each in turn. Rule C9.
///
/// Yields the body's value. When a scope around it is cancelled, the body is dropped where it suspends (a shield in
/// it is waited for), then the clean-up runs, then the scope ends. A body that panics does so after the
/// clean-up; a panic of the clean-up itself does not replace it.
///
/// # Cancel safety
///
/// Foreign code that drops this future drops the body or the clean-up at once: what remains does not run.
/// [`finally_spawned`](super::finally_spawned) is for that.
///
/// # Panics
///
/// With the panic of `body`, or else of `cleanup`.
#[doc(alias = "defer")]
#[track_caller]
pub fn finally<Fut, F, C>(body: Fut, cleanup: F) -> Finally<Fut, F, C, Fut::Output>
where
    Fut: Future,
    F: FnOnce() -> C,
    C: Future,
{
    at(Location::caller(), body, cleanup)
}

fn at<Fut, F, C>(
    place: &'static Location<'static>,
    body: Fut,
    cleanup: F,
) -> Finally<Fut, F, C, Fut::Output>
where
    Fut: Future,
    F: FnOnce() -> C,
    C: Future,
{
    Finally {
        course: Course::new(body, place),
        cleanup: Some(cleanup),
    }
}

pin_project! {
    /// The future of [`finally`].
    #[must_use = "futures do nothing until they are awaited"]
    pub struct Finally<Fut, F, C, T> {
        #[pin]
        course: Course<Fut, C, T>,
        cleanup: Option<F>,
    }
}

impl<Fut, F, C, T> Future for Finally<Fut, F, C, T>
where
    Fut: Future<Output = T>,
    F: FnOnce() -> C,
    C: Future,
{
    type Output = T;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let this = self.project();
        let cleanup = this.cleanup;
        let start = || (cleanup.take().expect("it is started once"))();
        this.course.poll(cx, start)
    }
}

impl<Fut, F, C, T> fmt::Debug for Finally<Fut, F, C, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finally").finish_non_exhaustive()
    }
}

/// Like [`finally`], with a resource that both the body and the clean-up use by `&mut`, one after the other. Rule C9.
///
/// ```
/// # #[derive(Default)] struct Connection;
/// # impl Connection { async fn query(&mut self) -> u32 { 3 } async fn close(&mut self) {} }
/// # async fn shown() -> u32 {
/// use anyrt::cancel::finally_with;
///
/// finally_with(Connection::default(), async |c| c.query().await, async |c| c.close().await).await
/// # }
/// ```
///
/// The resource is dropped after the clean-up. Cancel safety and panics are those of [`finally`].
#[track_caller]
pub fn finally_with<R, T, B, C>(resource: R, body: B, cleanup: C) -> impl Future<Output = T>
where
    B: AsyncFnOnce(&mut R) -> T,
    C: AsyncFnOnce(&mut R),
{
    let place = Location::caller();
    async move {
        let resource = Arc::new(Mutex::new(Some(resource)));
        let mut lent = Lent::from(&resource);
        let body = async move { body(lent.get()).await };
        let cleanup = async || {
            let mut lent = Lent::from(&resource);
            cleanup(lent.get()).await;
        };
        at(place, body, cleanup).await
    }
}

/// Has the resource, and puts it back when it is dropped: the body may be dropped where it suspends.
struct Lent<R> {
    shelf: Arc<Mutex<Option<R>>>,
    resource: Option<R>,
}

impl<R> Lent<R> {
    fn from(shelf: &Arc<Mutex<Option<R>>>) -> Self {
        let resource = shelf.lock().unwrap_or_else(PoisonError::into_inner).take();
        Self {
            shelf: Arc::clone(shelf),
            resource,
        }
    }

    fn get(&mut self) -> &mut R {
        self.resource
            .as_mut()
            .expect("the body is gone before the clean-up begins")
    }
}

impl<R> Drop for Lent<R> {
    fn drop(&mut self) {
        *self.shelf.lock().unwrap_or_else(PoisonError::into_inner) = self.resource.take();
    }
}
