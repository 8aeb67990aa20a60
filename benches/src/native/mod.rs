//! The native side of the rows: what somebody would write who knows the runtime well.

pub(crate) mod smol;
pub(crate) mod tokio;
