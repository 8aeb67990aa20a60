//! Every interleaving of two or three threads in the cancel tree and the limiter.
//!
//! ```text
//! RUSTFLAGS="--cfg anyrt_loom" cargo test -p anyrt-core --release --test loom
//! ```
//!
//! A model that misses a wake ends in loom's deadlock report. `core/loom/run` runs the models, and
//! then shows for each that it can fail, with the planted faults in `core/loom/faults`.

#![cfg(anyrt_loom)]

mod handover;
mod limiter;
mod tree;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

/// Runs `model` in every interleaving with at most three preemptions, and makes sure that there was
/// more than one.
fn explore(model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound.get_or_insert(3);
    let runs = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&runs);
    builder.check(move || {
        counter.fetch_add(1, Relaxed);
        model();
    });
    assert!(runs.load(Relaxed) > 1, "nothing was interleaved");
}
