//! One direction of a descriptor: whether anything is left, and who waits for more.

use std::{
    io,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use anyrt_core::Gone;

use crate::gate::{Gate, Seat};

/// What async-io's own readiness does not tell: whether an event has come since the last one was used up.
///
/// async-io answers "ready" late (not for an event of the reactor's turn in which it was asked) and
/// twice. So it only gets to arm the descriptor and to wake; the waker it is given is always the same one,
/// which takes down that an event has come and passes the wake on.
#[derive(Debug)]
pub(crate) struct Direction {
    /// The last operation found nothing left, and no event has been seen since.
    drained: AtomicBool,
    /// Made by the first wait.
    events: OnceLock<Events>,
    seat: Option<Seat>,
}

#[derive(Debug)]
struct Events {
    arrival: Arc<Arrival>,
    /// `arrival`, as async-io and the gate take it.
    waker: Waker,
}

#[derive(Debug, Default)]
struct Arrival {
    happened: AtomicBool,
    waiter: Mutex<Option<Waker>>,
}

impl Direction {
    pub(crate) fn new(gate: Option<&Gate>) -> Self {
        Self {
            drained: AtomicBool::new(false),
            events: OnceLock::new(),
            seat: gate.cloned().map(Seat::new),
        }
    }

    /// An error once the runtime is gone.
    pub(crate) fn check(&self) -> Result<(), Gone> {
        self.seat.as_ref().map_or(Ok(()), Seat::check)
    }

    pub(crate) fn set_drained(&self, drained: bool) {
        self.drained.store(drained, Ordering::Relaxed);
    }

    /// Ready while something may be left. Otherwise has `cx` woken at the next event, for which `arm`
    /// asks the reactor.
    ///
    /// The reactor watches levels and is armed here, after the operation: what arrived while that ran
    /// is an event.
    pub(crate) fn poll_ready(
        &self,
        cx: &mut Context<'_>,
        mut arm: impl FnMut(&mut Context<'_>) -> Poll<io::Result<()>>,
    ) -> Poll<io::Result<()>> {
        if !self.drained.load(Ordering::Relaxed) {
            return Poll::Ready(Ok(()));
        }
        let events = self.events.get_or_init(|| self.make_events());
        if !events.arrival.take() {
            events.arrival.set_waiter(cx.waker());
            // Once more: an event may have come before the waiter was there to be woken.
            if !events.arrival.take() {
                let mut cx = Context::from_waker(&events.waker);
                // "Ready" is the echo of an event that was taken above; it is said once.
                while let Poll::Ready(echo) = arm(&mut cx) {
                    echo?;
                }
                self.check()?;
                return Poll::Pending;
            }
        }
        self.set_drained(false);
        Poll::Ready(Ok(()))
    }

    fn make_events(&self) -> Events {
        let arrival = Arc::<Arrival>::default();
        let waker = Waker::from(Arc::clone(&arrival));
        if let Some(seat) = &self.seat {
            // Refused if the runtime has gone since the poll began, which then checks again.
            let _ = seat.wait(&waker);
        }
        Events { arrival, waker }
    }
}

impl Arrival {
    /// Whether an event has come that nobody has taken.
    fn take(&self) -> bool {
        self.happened.load(Ordering::Acquire) && self.happened.swap(false, Ordering::AcqRel)
    }

    fn set_waiter(&self, waker: &Waker) {
        let mut waiter = self.waiter.lock().unwrap_or_else(PoisonError::into_inner);
        if waiter
            .as_ref()
            .is_some_and(|waiter| waiter.will_wake(waker))
        {
            return;
        }
        let former = waiter.replace(waker.clone());
        drop(waiter);
        // Outside the lock: it may be the last handle on a task.
        drop(former);
    }
}

impl Wake for Arrival {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.happened.store(true, Ordering::Release);
        let waiter = self
            .waiter
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(waiter) = waiter {
            waiter.wake();
        }
    }
}
