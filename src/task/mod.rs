//! Task groups: tasks that never outlive the code that started them.
//!
//! ```
//! # #[derive(Debug)] struct Error;
//! # async fn fetch(id: u32) -> u32 { id }
//! # async fn store(id: u32) -> Result<(), Error> { Ok(()) }
//! # async fn shown() -> Result<(), Error> {
//! use anyrt::{task::{FirstError, TryTaskGroup}, task_group, try_task_group};
//!
//! // Children run concurrently; the group returns when all are gone.
//! let pages = task_group(async |tg| {
//!     let (a, b) = (tg.spawn_value(fetch(1)), tg.spawn_value(fetch(2)));
//!     [a.await, b.await]
//! })
//! .await;
//!
//! // The first error cancels the others, and the body.
//! try_task_group(async |tg: TryTaskGroup<Error>| {
//!     for id in 0..10 {
//!         tg.spawn(store(id));
//!     }
//!     Ok(())
//! })
//! .await
//! .first_err()?;
//! # Ok(()) }
//! ```
//!
//! # The rules in short
//!
//! - The group returns only when its body and every child are gone: futures dropped, results moved
//!   to a live handle or dropped (T2). Children that children spawn meanwhile count.
//! - The first error cancels the other children and the body; all errors come out, in order (T3).
//! - A panic does the same, and then resumes in the caller; it beats errors (T4). In a program
//!   that is built with `panic = "abort"`, it ends the process instead.
//! - `cancel` on a group cancels its children; the body goes on, as it has a value to return (T5).
//! - A cancel from around the group reaches body and children, and the group waits for them; if one of them was cut
//!   short, the cancelled scope reports, and otherwise the group returns its value (T6).
//! - A handle is a future of the child's outcome; dropping it does nothing (T7).
//! - Spawning on a closed group drops the future unpolled; on a cancelled group the child runs to its
//!   first suspension (T10).
//! - The children of a [`local_task_group`] may borrow: they run inside the task that opened it (T11).
//!
//! # Writing bodies, and functions that take them
//!
//! `async |tg| …`, `async move |tg| …`, `|tg| async move { … }` and the name of an `async fn` all serve as a body, and the
//! group is `Send` if what they hold is. Two things to know:
//!
//! - In [`try_task_group`] the argument is typed, `async |tg: TryTaskGroup<Error>|`, wherever a `?` stands inside it and
//!   another behind it: nothing else says which error is in between.
//! - A function of your own that hands a body on takes it by the bounds that [`task_group`] has. With `AsyncFnOnce` it
//!   could not ask for a future that is `Send`, and a caller that is spawned needs one:
//!
//! ```
//! use std::future::Future;
//! use anyrt::{task::TaskGroup, task_group};
//!
//! async fn with_heartbeat<F, Fut, T>(body: F) -> T
//! where
//!     F: FnOnce(TaskGroup) -> Fut,
//!     Fut: Future<Output = T>,
//! {
//!     task_group(body).await
//! }
//!
//! fn spawned(_: impl Future + Send + 'static) {}
//! spawned(with_heartbeat(async |tg| {
//!     tg.spawn(async {});
//! }));
//! ```

mod branches;
mod child;
mod detached;
mod errors;
mod fate;
pub(crate) mod finally_spawned;
mod group;
mod handle;
mod host;
mod infallible;
mod joining;
mod label;
mod local;
mod members;
mod named;
mod ownable;
mod owned;
mod shutdown;
pub(crate) mod slow_poll;
mod start;
mod start_cell;
mod together;
pub(crate) mod unhandled;
mod wakers;
mod watch;

pub(crate) use child::{in_place, spawn};
pub use errors::{BoxedError, Errors, FirstError};
pub(crate) use fate::Fate;
pub use group::{GroupStatistics, TaskGroup, TryTaskGroup, task_group, try_task_group};
pub(crate) use handle::Payload;
pub use handle::{TaskError, TaskHandle};
pub use host::{TaskGroupFuture, TryTaskGroupFuture};
pub(crate) use infallible::Always;
pub use joining::{Close, Join};
pub(crate) use label::Identity;
pub use local::{
    LocalTaskGroup, LocalTaskGroupFuture, LocalTaskGroupUnsend, LocalTaskGroupUnsendFuture,
    LocalTaskHandle, local_task_group, local_task_group_unsend,
};
pub(crate) use members::{Members, forget_panic};
pub use named::Named;
pub use ownable::OwnableGroup;
pub use owned::{Owned, OwnedTaskGroup, TryOwnedTaskGroup};
pub use start::{Start, StartError, TryStart};
pub(crate) use start_cell::HandOver;
pub use start_cell::Ready;
pub use together::{
    AsCompleted, Branches, Completed, FirstOk, Gather, Items, NextCompleted, NoBranches, Race,
    SameBranches, TryBranches, TryGather, as_completed, first_ok, for_each_concurrent, gather,
    map_concurrent, race, try_for_each_concurrent, try_gather, try_map_concurrent,
};
