//! anyrt on tokio.
