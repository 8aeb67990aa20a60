//! Limits on how many do something at once.
//!
//! ```
//! use anyrt::sync::CapacityLimiter;
//!
//! # async fn shown() {
//! let limiter = CapacityLimiter::new(2);
//! let token = limiter.acquire().await;
//! assert_eq!(limiter.available_tokens(), Some(1));
//! drop(token);
//! # }
//! ```
//!
//! Nothing here belongs to a runtime: it is usable before one exists, and across several (rule S1).
//! Whoever waits is served first come, first served (S2); a waiter that is dropped leaves no trace, and
//! passes on what it was granted and had not seen (S3).

mod barrier;
mod condition;
mod event;
mod limiter;
mod mutex;
mod once_cell;
mod resource_guard;
mod rw_lock;
mod semaphore;
mod wait;

pub use anyrt_core::limiter::{
    AcquireError, AlreadyBorrowed, Borrower, LimiterStatistics, NotBorrowed, Token, WouldBlock,
};
pub use barrier::{Barrier, BarrierOutcome, BarrierStatistics, BarrierWait};
pub use condition::{Condition, ConditionStatistics, ConditionWait};
pub use event::{Event, EventStatistics, EventWait};
pub use limiter::{Acquire, AcquireFor, CapacityLimiter};
pub use mutex::{LockMutex, LockOwnedMutex, Mutex, MutexGuard, MutexStatistics, OwnedMutexGuard};
pub use once_cell::{OnceCell, OnceCellStatistics};
pub use resource_guard::{Busy, InUse, ResourceGuard, ResourceGuardStatistics};
pub use rw_lock::{ReadGuard, ReadRwLock, RwLock, RwLockStatistics, WriteGuard, WriteRwLock};
pub use semaphore::{
    AboveMaximum, AcquireOwnedPermits, AcquirePermits, OwnedPermits, Permits, Semaphore,
    SemaphoreStatistics,
};
pub(crate) use wait::Wait;
