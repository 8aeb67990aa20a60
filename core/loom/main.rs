//! Every interleaving of two or three threads in the cancel tree, the limiter, and what hands over.
//!
//! ```text
//! RUSTFLAGS="--cfg anyrt_loom" cargo test -p anyrt-core --release --test loom
//! ```
//!
//! A model that misses a wake ends in loom's deadlock report. `core/loom/run` runs the models, and
//! then shows for each that it can fail, with the planted faults in `core/loom/faults`. Which pair of
//! operations has which model, and which fault, is told in `hand_over`.

#![cfg(anyrt_loom)]

mod hand_over;
mod handover;
mod holds;
mod lending;
mod limiter;
mod marks;
mod tree;
mod walks;

// The facade's primitives as they ship, without the facade: all that they need of it is `runtime::Leaf`.
#[allow(dead_code, missing_docs, unreachable_pub, unused_imports)]
#[path = "../../src/channel/mod.rs"]
mod channel;
#[allow(dead_code, missing_docs, unreachable_pub, unused_imports)]
#[path = "../../src/sync/mod.rs"]
mod sync;

mod runtime {
    use std::task::{Context, Poll};

    /// An operation that waits, in a task without a scope and with budget to spare.
    #[derive(Debug, Default)]
    pub(crate) struct Leaf {}

    impl Leaf {
        pub(crate) fn poll_enter(&mut self, _cx: &mut Context<'_>) -> Poll<()> {
            Poll::Ready(())
        }
    }
}

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use loom::model::Builder;

/// Runs `model` in every interleaving with at most three preemptions, and makes sure that there was
/// more than one.
fn explore(model: impl Fn() + Send + Sync + 'static) {
    explore_with(builder(), model);
}

/// The same with one preemption less, for a model with more threads.
fn explore_crowd(model: impl Fn() + Send + Sync + 'static) {
    let mut builder = builder();
    builder.preemption_bound = builder
        .preemption_bound
        .map(|bound| bound.saturating_sub(1));
    explore_with(builder, model);
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.preemption_bound.get_or_insert(3);
    builder
}

fn explore_with(builder: Builder, model: impl Fn() + Send + Sync + 'static) {
    let runs = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&runs);
    builder.check(move || {
        counter.fetch_add(1, Relaxed);
        model();
    });
    assert!(runs.load(Relaxed) > 1, "nothing was interleaved");
}
