//! A descriptor watched by tokio's reactor.

use std::{
    io,
    os::fd::{AsFd, AsRawFd, RawFd},
    sync::atomic::{AtomicBool, Ordering},
    task::{Context, Poll},
};

use anyrt_core::{BorrowedIo, Gone, Interest, OwnedIo, Progress, Refused, Source};
use tokio::{
    io::{
        Interest as TokioInterest,
        unix::{AsyncFd, AsyncFdReadyGuard},
    },
    runtime::{self, Handle},
};

/// How often in a row an operation may say `WouldBlock` to a descriptor that tokio holds ready.
///
/// tokio never clears "closed", so that after a hang-up nothing would end the loop.
const RETRIES: u32 = 8;

/// A descriptor registered with a tokio runtime.
#[derive(Debug)]
pub struct TokioSource {
    fd: AsyncFd<Watched>,
    /// Not tried yet: the first operation runs without waiting for the reactor's first event.
    fresh: [AtomicBool; 2],
}

/// [`OwnedIo`] as `AsyncFd` takes it.
#[derive(Debug)]
struct Watched(OwnedIo);

impl AsRawFd for Watched {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_fd().as_raw_fd()
    }
}

impl TokioSource {
    pub(crate) fn register(handle: &Handle, io: OwnedIo) -> Result<Self, Refused<OwnedIo>> {
        if let Err(error) = rustix::io::ioctl_fionbio(&io, true) {
            return Err(Refused {
                item: io,
                error: error.into(),
            });
        }
        let _entered = handle.enter();
        // tokio deprecates this in favour of an unsafe function, which asks for a descriptor that
        // stays open and the same: `Watched` owns it and never exchanges it.
        #[allow(deprecated)]
        let registered = AsyncFd::try_with_interest(
            Watched(io),
            TokioInterest::READABLE | TokioInterest::WRITABLE,
        );
        match registered {
            Ok(fd) => Ok(Self {
                fd,
                fresh: [AtomicBool::new(true), AtomicBool::new(true)],
            }),
            Err(refused) => {
                let (Watched(item), error) = refused.into_parts();
                let error = if runtime::is_rt_shutdown_err(&error) {
                    Gone.into()
                } else {
                    error
                };
                Err(Refused { item, error })
            }
        }
    }

    /// The readiness seen before the operation, to be cleared after it; `None` for the first try.
    fn poll_ready(
        &self,
        cx: &mut Context<'_>,
        interest: Interest,
    ) -> Poll<Result<Option<AsyncFdReadyGuard<'_, Watched>>, Gone>> {
        let (ready, fresh) = match interest {
            Interest::Read => (self.fd.poll_read_ready(cx), &self.fresh[0]),
            Interest::Write => (self.fd.poll_write_ready(cx), &self.fresh[1]),
        };
        let first = fresh.load(Ordering::Relaxed) && fresh.swap(false, Ordering::Relaxed);
        match ready {
            Poll::Ready(Ok(guard)) => Poll::Ready(Ok(Some(guard))),
            // The one error tokio has here.
            Poll::Ready(Err(_)) => Poll::Ready(Err(Gone)),
            Poll::Pending if first => Poll::Ready(Ok(None)),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl Source for TokioSource {
    fn io(&self) -> BorrowedIo<'_> {
        self.fd.get_ref().0.borrow()
    }

    fn poll_io(
        &self,
        cx: &mut Context<'_>,
        interest: Interest,
        op: &mut dyn FnMut(BorrowedIo<'_>) -> io::Result<Progress>,
    ) -> Poll<io::Result<usize>> {
        for _ in 0..RETRIES {
            let mut guard = match self.poll_ready(cx, interest) {
                Poll::Ready(Ok(guard)) => guard,
                Poll::Ready(Err(gone)) => return Poll::Ready(Err(gone.into())),
                Poll::Pending => return Poll::Pending,
            };
            let result = loop {
                match op(self.io()) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    result => break result,
                }
            };
            let (drained, result) = match result {
                Ok(progress) => (progress.drained, Some(Ok(progress.n))),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => (true, None),
                Err(error) => (false, Some(Err(error))),
            };
            if drained {
                if let Some(guard) = &mut guard {
                    guard.clear_ready();
                }
            }
            if let Some(result) = result {
                return Poll::Ready(result);
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn into_io(self: Box<Self>) -> io::Result<OwnedIo> {
        Ok(self.fd.into_inner().0)
    }
}
