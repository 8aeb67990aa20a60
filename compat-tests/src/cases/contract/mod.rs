//! What a backend owes, through the contract alone.

pub mod jobs;
pub mod sources;
pub mod tasks;
pub mod timers;
