//! Groups whose children borrow: they run inside the task that opened the group.

mod arrivals;
mod child;
mod children;
mod group;
mod host;

pub use child::LocalTaskHandle;
pub use group::{LocalTaskGroup, LocalTaskGroupUnsend, local_task_group, local_task_group_unsend};
pub use host::{LocalTaskGroupFuture, LocalTaskGroupUnsendFuture};
