//! The cases, by area. The [registry](crate::registry) lists them with their golden traces.

pub mod checkpoints;
pub mod cleanups;
pub mod composition;
pub mod contract;
pub mod daemons;
pub mod deadlines;
pub mod entry;
pub mod failures;
pub mod graces;
pub mod groups;
pub mod handles;
pub mod intervals;
pub mod limiter;
pub mod local_runs;
pub mod moves;
pub mod orphans;
pub mod owned_groups;
pub mod reasons;
pub mod requests;
pub mod scopes;
pub mod shields;
pub mod spawned_cleanups;
pub mod starts;
pub mod sync;
pub mod threads;
pub mod time;
