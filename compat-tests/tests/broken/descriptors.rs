//! Descriptors handled wrongly.

use std::{
    io,
    os::unix::net::UnixStream,
    task::{Context, Poll},
};

use anyrt_core::{Backend, BorrowedIo, Interest, OwnedIo, Progress, Refused, Source};
use anyrt_smol::Smol;

use crate::{
    assert_caught,
    wrapper::{DynSource, Fault},
};

type Operation<'a> = &'a mut dyn FnMut(BorrowedIo<'_>) -> io::Result<Progress>;

struct ClosesTheRefused;

impl Fault for ClosesTheRefused {
    const NAME: &'static str = "a refused descriptor is closed, and another one comes back";

    fn new() -> Self {
        Self
    }

    fn register(&self, smol: &Smol, io: OwnedIo) -> Result<DynSource, Refused<OwnedIo>> {
        match smol.register(io) {
            Ok(source) => Ok(Box::new(source)),
            Err(refused) => {
                let (another, _) = UnixStream::pair().expect("a socket pair");
                drop(refused.item);
                Err(Refused {
                    item: another.into(),
                    error: refused.error,
                })
            }
        }
    }
}

/// Makes a fault of a kind of source that wraps a right one.
macro_rules! source_fault {
    ($fault:ident, $source:ident, $name:literal, $poll:expr) => {
        struct $fault;

        impl Fault for $fault {
            const NAME: &'static str = $name;

            fn new() -> Self {
                Self
            }

            fn register(&self, smol: &Smol, io: OwnedIo) -> Result<DynSource, Refused<OwnedIo>> {
                let inner: DynSource = Box::new(smol.register(io)?);
                Ok(Box::new($source(inner)))
            }
        }

        struct $source(DynSource);

        impl Source for $source {
            fn io(&self) -> BorrowedIo<'_> {
                self.0.io()
            }

            fn poll_io(
                &self,
                cx: &mut Context<'_>,
                interest: Interest,
                op: Operation<'_>,
            ) -> Poll<io::Result<usize>> {
                let poll: fn(&DynSource, &mut Context<'_>, Interest, Operation<'_>) -> _ = $poll;
                poll(&self.0, cx, interest, op)
            }

            fn into_io(self: Box<Self>) -> io::Result<OwnedIo> {
                self.0.into_io()
            }
        }
    };
}

source_fault!(
    IgnoresDrained,
    IgnoresDrainedSource,
    "`drained` is ignored",
    |source, cx, interest, op| source.poll_io(cx, interest, &mut |io| {
        op(io).map(|progress| Progress {
            drained: false,
            ..progress
        })
    })
);

source_fault!(
    AlwaysTries,
    AlwaysTriesSource,
    "the operation runs at every poll",
    |source, cx, interest, op| match op(source.io()) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => source.poll_io(cx, interest, op),
        done => Poll::Ready(done.map(|progress| progress.n)),
    }
);

source_fault!(
    HidesInterrupted,
    HidesInterruptedSource,
    "`Interrupted` comes out",
    |source, cx, interest, op| {
        let mut interrupted = false;
        let polled = source.poll_io(cx, interest, &mut |io| match op(io) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                interrupted = true;
                Ok(Progress {
                    n: 0,
                    drained: false,
                })
            }
            other => other,
        });
        if interrupted {
            return Poll::Ready(Err(io::ErrorKind::Interrupted.into()));
        }
        polled
    }
);

source_fault!(
    OneDirection,
    OneDirectionSource,
    "writers wait for what readers wait for",
    |source, cx, _interest, op| source.poll_io(cx, Interest::Read, op)
);

#[test]
fn a_closed_refusal_is_caught() {
    assert_caught::<ClosesTheRefused>("k050_a_regular_file_is_refused_and_comes_back");
}

#[test]
fn an_ignored_drain_is_caught() {
    assert_caught::<IgnoresDrained>("k043_drained_clears_readiness");
}

#[test]
fn an_operation_in_vain_is_caught() {
    assert_caught::<AlwaysTries>("k041_without_an_event_the_operation_does_not_run");
}

#[test]
fn an_interrupted_operation_is_caught() {
    assert_caught::<HidesInterrupted>("k046_interrupted_is_tried_again");
}

#[test]
fn directions_mixed_up_are_caught() {
    assert_caught::<OneDirection>("k047_a_hang_up_wakes_both_directions");
}
