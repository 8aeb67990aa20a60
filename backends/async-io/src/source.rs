//! A descriptor watched by async-io's reactor.

use std::{
    io,
    sync::Arc,
    task::{Context, Poll, ready},
};

use anyrt_core::{BorrowedIo, Gone, Interest, OwnedIo, Progress, Refused, Source};
use async_io::Async;

use crate::{direction::Direction, gate::Gate};

/// A descriptor registered with async-io's reactor.
///
/// async-io closes a descriptor that its reactor refuses; here it is shared with the registration,
/// and comes back.
#[derive(Debug)]
pub struct AsyncIoSource {
    registered: Async<Arc<OwnedIo>>,
    read: Direction,
    write: Direction,
}

impl AsyncIoSource {
    /// Registers `io` and switches it to non-blocking mode. Waits on it end once `gate` is closed.
    ///
    /// # Errors
    ///
    /// Gives `io` back when the reactor refuses it (a regular file, a descriptor that is already
    /// registered) and when the gate is closed.
    pub fn register(io: OwnedIo, gate: Option<&Gate>) -> Result<Self, Refused<OwnedIo>> {
        if gate.is_some_and(Gate::is_closed) {
            return Err(Refused {
                item: io,
                error: Gone.into(),
            });
        }
        let io = Arc::new(io);
        match Async::new(Arc::clone(&io)) {
            Ok(registered) => Ok(Self {
                registered,
                read: Direction::new(gate),
                write: Direction::new(gate),
            }),
            Err(error) => Err(Refused {
                item: sole(io),
                error,
            }),
        }
    }
}

/// The descriptor, out of the last handle on it.
fn sole(io: Arc<OwnedIo>) -> OwnedIo {
    Arc::into_inner(io).expect("async-io dropped its handle on the descriptor")
}

impl Source for AsyncIoSource {
    fn io(&self) -> BorrowedIo<'_> {
        self.registered.get_ref().borrow()
    }

    fn poll_io(
        &self,
        cx: &mut Context<'_>,
        interest: Interest,
        op: &mut dyn FnMut(BorrowedIo<'_>) -> io::Result<Progress>,
    ) -> Poll<io::Result<usize>> {
        let direction = match interest {
            Interest::Read => &self.read,
            Interest::Write => &self.write,
        };
        direction.check()?;
        loop {
            ready!(direction.poll_ready(cx, |cx| match interest {
                Interest::Read => self.registered.poll_readable(cx),
                Interest::Write => self.registered.poll_writable(cx),
            }))?;
            match op(self.io()) {
                Ok(progress) => {
                    direction.set_drained(progress.drained);
                    return Poll::Ready(Ok(progress.n));
                }
                Err(error) => match error.kind() {
                    io::ErrorKind::WouldBlock => direction.set_drained(true),
                    io::ErrorKind::Interrupted => {}
                    _ => return Poll::Ready(Err(error)),
                },
            }
        }
    }

    fn into_io(self: Box<Self>) -> io::Result<OwnedIo> {
        self.registered.into_inner().map(sole)
    }
}
