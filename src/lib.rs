//! anyrt.
