//! The two kinds of group, and the handles their bodies get.

use std::{fmt, future::Future, sync::Arc};

use super::{
    arrivals::{Arrival, Arrivals},
    child::{LocalChild, LocalTaskHandle},
    host::{LocalTaskGroupFuture, LocalTaskGroupUnsendFuture, Sent, Unsent},
};
use crate::task::GroupStatistics;

/// Runs `body` with a group whose children may borrow; returns its value when all are gone.
///
/// ```
/// # use std::time::Duration;
/// # async fn heavy(part: &str) -> usize { part.len() }
/// # async fn shown() {
/// use anyrt::task::local_task_group;
///
/// let parts = vec![String::from("one"), String::from("three")];
/// let sum = local_task_group(async |lg| {
///     let handles: Vec<_> = parts.iter().map(|part| lg.spawn_value(heavy(part))).collect();
///     let mut sum = 0;
///     for handle in handles {
///         sum += handle.await.unwrap_or(0);
///     }
///     sum
/// })
/// .await;
/// assert_eq!(sum, 8);
/// # }
/// ```
///
/// The children run inside the task of the caller: concurrently, not in parallel. They may borrow whatever outlives the
/// future of the group, but nothing that belongs to the body. Each has a region of its own, and is polled only when it was
/// woken. They must be `Send`, as must the body; then so is the group. Where they are not, there is
/// [`local_task_group_unsend`]. To run on all threads, use [`task_group`](crate::task_group), whose children own what they
/// need. Otherwise the group does what that one does: a child's panic cancels the rest, and resumes here when all are gone. It needs no runtime.
/// Rules T11, and T2, T4 to T7, T10.
///
/// # Cancel safety
///
/// Under a facade scope that is cancelled, body and children are dropped where they are suspended; those in which
/// something holds are awaited. If one of them was cut short by that, the scope reports (rule T6). If foreign code drops this future before completion, body and children are dropped with it.
///
/// # Panics
///
/// With the panic of a child or of the body, when the others have been cancelled and are gone.
#[track_caller]
pub fn local_task_group<'env, F, Fut, T>(body: F) -> LocalTaskGroupFuture<'env, T>
where
    F: FnOnce(LocalTaskGroup<'env>) -> Fut + Send + 'env,
    Fut: Future<Output = T> + Send + 'env,
{
    let arrivals = Arrivals::new();
    let group = LocalTaskGroup {
        arrivals: Arc::clone(&arrivals),
    };
    LocalTaskGroupFuture::new(Box::pin(async move { body(group).await }), arrivals)
}

/// Like [`local_task_group`], for a body and children that need not be `Send`; neither is the group then. Rule T11.
///
/// ```
/// # async fn shown() {
/// use std::{cell::Cell, rc::Rc};
/// use anyrt::task::local_task_group_unsend;
///
/// let (seen, shared) = (Cell::new(0), Rc::new(7));
/// local_task_group_unsend(async |lg| {
///     lg.spawn(async { seen.set(*shared) });
/// })
/// .await;
/// assert_eq!(seen.get(), 7);
/// # }
/// ```
///
/// # Cancel safety, panics
///
/// See [`local_task_group`].
#[track_caller]
pub fn local_task_group_unsend<'env, F, Fut, T>(body: F) -> LocalTaskGroupUnsendFuture<'env, T>
where
    F: FnOnce(LocalTaskGroupUnsend<'env>) -> Fut + 'env,
    Fut: Future<Output = T> + 'env,
{
    let arrivals = Arrivals::new();
    let group = LocalTaskGroupUnsend {
        arrivals: Arc::clone(&arrivals),
    };
    LocalTaskGroupUnsendFuture::new(Box::pin(async move { body(group).await }), arrivals)
}

macro_rules! group {
    ($(#[$attribute:meta])* $name:ident $boxed:ident $($send:ident)?) => {
        $(#[$attribute])*
        pub struct $name<'env> {
            arrivals: Arc<Arrivals<$boxed<'env, ()>>>,
        }

        impl<'env> $name<'env> {
            /// Starts a child; it is polled first after the code that spawns it has suspended.
            ///
            /// On a closed group the future is dropped unpolled; on a cancelled one it runs to its first
            /// suspension.
            #[doc(alias = "start_soon")]
            #[track_caller]
            pub fn spawn<Fut>(&self, child: Fut) -> LocalTaskHandle<()>
            where
                Fut: Future<Output = ()> $(+ $send)? + 'env,
            {
                self.spawn_value(child)
            }

            /// Starts a child whose value the handle gives.
            #[track_caller]
            pub fn spawn_value<V, Fut>(&self, child: Fut) -> LocalTaskHandle<V>
            where
                V: $($send +)? 'env,
                Fut: Future<Output = V> $(+ $send)? + 'env,
            {
                let (child, node, handle) = LocalChild::new(child);
                let child = Box::pin(child);
                if !self.arrivals.push(Arrival { node, child }) {
                    handle.refused();
                }
                handle
            }

            /// Cancels all children, present and future. The body goes on: it has a value to return. To
            /// interrupt the body too, put the group in a [`scope`](crate::scope).
            pub fn cancel(&self) {
                self.arrivals.cancel();
            }

            /// Whether the group has returned, or was dropped; a child spawned now is dropped unpolled.
            pub fn is_closed(&self) -> bool {
                self.arrivals.is_closed()
            }

            /// How many children there are and have been.
            pub fn statistics(&self) -> GroupStatistics {
                self.arrivals.statistics()
            }
        }

        impl Clone for $name<'_> {
            fn clone(&self) -> Self {
                Self {
                    arrivals: Arc::clone(&self.arrivals),
                }
            }
        }

        impl fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name))
                    .field("statistics", &self.statistics())
                    .finish_non_exhaustive()
            }
        }
    };
}

group! {
    /// Spawns children that borrow; see [`local_task_group`].
    LocalTaskGroup Sent Send
}

group! {
    /// Spawns children that borrow and need not be `Send`; see [`local_task_group_unsend`].
    LocalTaskGroupUnsend Unsent
}
