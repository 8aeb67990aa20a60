//! The reactor and timer that anyrt's smol and async-std backends share.
#![forbid(unsafe_code)]

#[cfg(not(unix))]
compile_error!("anyrt-async-io watches descriptors, which so far it knows on Unix only");

mod gate;
mod source;
mod tally;
mod timer;

pub use gate::{Closed, Gate};
pub use source::AsyncIoSource;
pub use tally::{Tally, Ticket};
pub use timer::Timer;
