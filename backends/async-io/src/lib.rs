//! The reactor and timer that anyrt's smol and async-std backends share.
//!
//! Both runtimes stand on async-io, whose reactor belongs to the process. Nothing here needs a
//! runtime: a timer or a descriptor may be made and waited for on any thread.
//!
//! ```
//! use std::{future::poll_fn, io::Write, os::unix::net::UnixStream, pin::Pin, time::{Duration, Instant}};
//!
//! use anyrt_async_io::{AsyncIoSource, Timer};
//! use anyrt_core::{BorrowedIo, Interest, OwnedIo, Progress, RawTimer, Source};
//!
//! let (near, mut far) = UnixStream::pair()?;
//! let source = AsyncIoSource::register(OwnedIo::from(near), None)?;
//! far.write_all(b"hello")?;
//! let read = async_io::block_on(poll_fn(|cx| {
//!     source.poll_io(cx, Interest::Read, &mut |io| match io {
//!         BorrowedIo::UnixStream(mut stream) => {
//!             let n = std::io::Read::read(&mut stream, &mut [0; 16])?;
//!             Ok(Progress { n, drained: n < 16 })
//!         }
//!         _ => unreachable!(),
//!     })
//! }))?;
//! assert_eq!(read, 5);
//!
//! let at = Instant::now() + Duration::from_millis(5);
//! let mut timer = Timer::new(Some(at.into()), None);
//! async_io::block_on(poll_fn(|cx| Pin::new(&mut timer).poll_elapsed(cx))).unwrap();
//! assert!(Instant::now() >= at);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # What is evened out
//!
//! - An async-io timer that is polled again after it was ready is pending for ever; [`Timer`] stays
//!   ready.
//! - async-io closes a descriptor that its reactor refuses; [`AsyncIoSource`] gives it back.
//! - async-io tries an operation at every poll; [`AsyncIoSource`] waits for an event first when the last
//!   operation said that it left nothing. Two tasks that wait in the same direction wake each other for
//!   ever in async-io; here the newest one waits.
//! - The reactor outlives a runtime that is shut down, so that a wait would never end; a [`Gate`] ends
//!   it.
//! - Nobody counts blocking jobs; a [`Tally`](anyrt_core::tally::Tally) does.
#![forbid(unsafe_code)]

#[cfg(not(unix))]
compile_error!("anyrt-async-io watches descriptors, which so far it knows on Unix only");

mod direction;
mod gate;
mod source;
mod timer;

pub use gate::{Closed, Gate, Seat};
pub use source::AsyncIoSource;
pub use timer::Timer;
