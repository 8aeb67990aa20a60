//! anyrt on smol.
