//! A timer on async-io's reactor that stays ready once it has elapsed.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use anyrt_core::{Gone, Instant, RawTimer};

use crate::gate::{Gate, Seat};

/// A timer of smol or async-std; registered at its first poll.
///
/// async-io's own timer is pending for ever once it has been ready. An instant the reactor cannot
/// reach is no trouble: it sorts last.
#[derive(Debug)]
pub struct Timer {
    state: State,
    seat: Option<Seat>,
}

#[derive(Debug)]
enum State {
    Never,
    Waiting(async_io::Timer),
    Elapsed,
}

impl Timer {
    /// A timer that elapses at `at`, or never. It answers [`Gone`] once `gate` is closed.
    #[inline]
    pub fn new(at: Option<Instant>, gate: Option<&Gate>) -> Self {
        Self {
            state: State::new(at),
            seat: gate.cloned().map(Seat::new),
        }
    }
}

impl State {
    fn new(at: Option<Instant>) -> Self {
        at.map_or(Self::Never, |at| {
            Self::Waiting(async_io::Timer::at(at.into()))
        })
    }
}

impl RawTimer for Timer {
    fn reset(mut self: Pin<&mut Self>, at: Option<Instant>) {
        self.state = State::new(at);
    }

    fn poll_elapsed(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        let this = &mut *self;
        if let Some(seat) = &this.seat {
            seat.check()?;
        }
        match &mut this.state {
            State::Never => {}
            State::Waiting(timer) => {
                if Pin::new(timer).poll(cx).is_ready() {
                    this.state = State::Elapsed;
                    return Poll::Ready(Ok(()));
                }
            }
            State::Elapsed => return Poll::Ready(Ok(())),
        }
        if let Some(seat) = &this.seat {
            seat.wait_outside(cx.waker())?;
        }
        Poll::Pending
    }
}
