//! What a runtime owes to anyrt: one small static trait, and the objects it makes.
//!
//! A backend implements [`Backend`], [`RawTimer`] and [`Source`], and [`Launch`] if it can start a
//! runtime of its own. Everything a user sees (groups, scopes, channels, sockets) is built once on
//! top of these, so that a behaviour is the same everywhere because it is the same code.
//!
//! Each duty below has a conformance case; `docs/backends.md` walks through writing a backend and running the
//! suite, and tells what the suite does not see.

mod backend;
mod capabilities;
mod erased;
mod io;
mod launch;
mod origin;
mod runtime_id;
mod source;
mod timer;

pub use backend::{Backend, Gone};
pub use capabilities::Capabilities;
pub use erased::ErasedBackend;
pub use io::{BorrowedIo, OwnedIo, Refused};
pub use launch::Launch;
pub use origin::{Describe, Origin};
pub use runtime_id::RuntimeId;
pub use source::{Interest, Progress, Source};
pub use timer::RawTimer;
