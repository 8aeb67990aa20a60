//! Futures that run together in one task: all of them, the first, one after the other, or a few at a time.

mod bounded;
mod branches;
mod completed;
mod concurrent;
mod feeder;
mod gather;
mod items;
mod many;
mod race;
mod tuple;

pub use branches::{Branches, NoBranches, SameBranches, TryBranches};
pub use completed::{AsCompleted, Completed, NextCompleted, as_completed};
pub use concurrent::{
    for_each_concurrent, map_concurrent, try_for_each_concurrent, try_map_concurrent,
};
pub use gather::{Gather, TryGather, gather, try_gather};
pub use items::Items;
pub use race::{FirstOk, Race, first_ok, race};
