//! Looking into a run from inside: what is alive, what it waits for, what blocks.
//!
//! ```no_run
//! anyrt::run(anyrt::task_group(async |tg| {
//!     let reader = tg.named("reader").spawn(anyrt::time::sleep_forever());
//!     anyrt::yield_now().await;
//!     println!("{}", anyrt::debug::task_tree().unwrap());
//!     reader.cancel();
//! }));
//! ```
//!
//! Nothing here costs anything while it is not used: a task carries its name and its place, and says in one
//! byte whether it is being polled; no list is kept, and no clock is read (rules T14, T15).
//!
//! # Feature `tracing`
//!
//! With it, the crate `tracing` hears of the following, all with target `anyrt` (rule T16):
//!
//! | what | level | fields |
//! |---|---|---|
//! | a span `task` for each task, below the span that is current where it is spawned | info | `name`, if it was given one, `place`, `kind`: `task` or `daemon` |
//! | an event when a child fails, inside its span | warn | |
//! | an event when a child panics, inside its span | error | |
//! | an event when a child is spawned on a closed group, which drops it unpolled, in the span of who spawns it | warn | `name`, if it was given one, `place` |
//! | an event for the first cancel of a scope, a group or a task by a `cancel`, a deadline or a failed member, in the span of who cancels | debug | `what`, `reason` |
//!
//! The span is entered around each poll and while what the task holds is dropped, and closes before the group around
//! can return. The children of a local group are no tasks: what they say is in the span of their task.

mod counts;
mod describe;
mod overdue;
mod task_tree;

pub use crate::task::{
    slow_poll::{SlowPoll, on_slow_poll},
    unhandled::{UnhandledError, on_unhandled_error, report_as},
};
pub use counts::{Counts, counts};
pub(crate) use describe::describe;
pub(crate) use overdue::overdue_around;
pub use overdue::{Holder, HolderKind, OverdueScope, overdue};
pub use task_tree::{TaskState, TaskTree, TreeEntry, task_tree};
