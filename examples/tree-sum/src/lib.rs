//! Sums trees.
