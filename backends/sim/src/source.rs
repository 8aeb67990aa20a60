//! The descriptors that a simulation watches: none.

use std::{
    io,
    task::{Context, Poll},
};

use anyrt_core::{BorrowedIo, Interest, OwnedIo, Progress, Refused, Source};

/// The watched descriptor of a simulation. There is none: `register` refuses everything.
#[derive(Debug)]
pub enum NoSource {}

impl NoSource {
    pub(crate) fn refuse(io: OwnedIo) -> Refused<OwnedIo> {
        Refused {
            item: io,
            error: io::Error::new(
                io::ErrorKind::Unsupported,
                "the simulation has no network and no descriptors yet: use an in-memory stream or \
                 a channel, or run this on another backend",
            ),
        }
    }
}

impl Source for NoSource {
    fn io(&self) -> BorrowedIo<'_> {
        match *self {}
    }

    fn poll_io(
        &self,
        _: &mut Context<'_>,
        _: Interest,
        _: &mut dyn FnMut(BorrowedIo<'_>) -> io::Result<Progress>,
    ) -> Poll<io::Result<usize>> {
        match *self {}
    }

    fn into_io(self: Box<Self>) -> io::Result<OwnedIo> {
        match *self {}
    }
}
