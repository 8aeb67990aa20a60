//! Lines, bytes and CRC-32 of every regular file in some directory trees.
//!
//! This is a library as its author would write it on anyrt: it depends on `anyrt` with no feature, names no
//! runtime, and works on whichever one its user runs.
//!
//! ```
//! # async fn shown() {
//! let report = tree_sum::Scan::new(["src"]).exclude("target").run().await;
//! for file in &report.files {
//!     println!("{file}"); // 12 345 0a1b2c3d src/lib.rs
//! }
//! println!("{}", report.total());
//! # }
//! ```
//!
//! # What it does, and how
//!
//! - One child task for each file, in a task group; every blocking call on a worker thread, behind a
//!   limiter.
//! - A child is spawned only after it has been admitted, and a file is never in memory as a whole: what is
//!   in memory is the results, whatever the size of the tree.
//! - A file or directory that can not be read is reported, and stops nothing else.
//! - The result is sorted, and therefore the same on every runtime.
//!
//! Symbolic links are not followed. What is neither a regular file nor a directory is left out.

#![forbid(unsafe_code)]

mod file;
mod ledger;
mod path;
mod report;
mod scan;
mod walk;

pub use ledger::Progress;
pub use report::{FileSum, Report, Statistics, Total, Unreadable};
pub use scan::Scan;
