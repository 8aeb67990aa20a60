//! The end of a runtime, for waits that a process-wide reactor would leave hanging.

use std::{
    cell::Cell,
    fmt,
    future::Future,
    mem,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
};

use anyrt_core::Gone;
use slab::Slab;

thread_local! {
    /// The address of the gate whose runtime this thread drives, or zero.
    static ENTERED: Cell<usize> = const { Cell::new(0) };
}

/// Open while a runtime lives. Closing it wakes whoever waits on the runtime's timers and sources.
///
/// async-io's reactor belongs to the process and outlives every runtime. A runtime that can be shut
/// down gives its timers and sources a gate, and closes it.
#[derive(Clone, Default)]
pub struct Gate(Arc<Inner>);

#[derive(Default)]
struct Inner {
    closed: AtomicBool,
    waiters: Mutex<Slab<Waker>>,
}

impl Gate {
    /// An open gate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the runtime has shut down.
    pub fn is_closed(&self) -> bool {
        self.0.closed.load(Ordering::Acquire)
    }

    /// Closes the gate and wakes whoever waits at it.
    pub fn close(&self) {
        let mut waiters = self.waiters();
        self.0.closed.store(true, Ordering::Release);
        let waiters = {
            let all = mem::take(&mut *waiters);
            drop(waiters);
            all
        };
        for (_, waker) in waiters {
            waker.wake();
        }
    }

    /// Resolves when the gate is closed.
    pub fn closed(&self) -> Closed {
        Closed(Seat::new(self.clone()))
    }

    /// Runs `f` as one of the threads that the runtime's tasks are polled on.
    pub fn enter<R>(&self, f: impl FnOnce() -> R) -> R {
        struct Restore(usize);
        impl Drop for Restore {
            fn drop(&mut self) {
                ENTERED.set(self.0);
            }
        }
        let _restore = Restore(ENTERED.replace(self.address()));
        f()
    }

    /// Whether this thread is inside [`enter`](Gate::enter).
    pub fn is_entered(&self) -> bool {
        ENTERED.get() == self.address()
    }

    fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    fn waiters(&self) -> MutexGuard<'_, Slab<Waker>> {
        self.0
            .waiters
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("closed", &self.is_closed())
            .finish_non_exhaustive()
    }
}

/// See [`Gate::closed`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Closed(Seat);

impl Future for Closed {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match self.0.wait(cx.waker()) {
            Ok(()) => Poll::Pending,
            Err(Gone) => Poll::Ready(()),
        }
    }
}

/// The place of one waiter at a gate; dropping it gives the place up.
#[derive(Debug)]
pub struct Seat {
    gate: Gate,
    key: Mutex<Option<usize>>,
}

impl Seat {
    /// A place at `gate`, taken by the first [`wait`](Seat::wait).
    pub fn new(gate: Gate) -> Self {
        Self {
            gate,
            key: Mutex::new(None),
        }
    }

    /// Whether the gate is still open.
    ///
    /// # Errors
    ///
    /// [`Gone`] once it is closed.
    pub fn check(&self) -> Result<(), Gone> {
        if self.gate.is_closed() {
            Err(Gone)
        } else {
            Ok(())
        }
    }

    /// Like [`wait`](Seat::wait), but free on the runtime's own threads: what is polled there is a
    /// task, and shutdown drops the tasks.
    pub(crate) fn wait_outside(&self, waker: &Waker) -> Result<(), Gone> {
        if self.gate.is_entered() {
            return Ok(());
        }
        self.wait(waker)
    }

    /// Has `waker`, instead of the one before, woken when the gate closes.
    ///
    /// # Errors
    ///
    /// [`Gone`] once it is closed; `waker` is not woken then.
    pub fn wait(&self, waker: &Waker) -> Result<(), Gone> {
        // Wakers are cloned and dropped outside the locks: either may run a destructor of a task.
        let waker = waker.clone();
        let mut key = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        let mut waiters = self.gate.waiters();
        self.check()?;
        let former = match *key {
            Some(key) => Some(mem::replace(&mut waiters[key], waker)),
            None => {
                *key = Some(waiters.insert(waker));
                None
            }
        };
        drop(waiters);
        drop(key);
        drop(former);
        Ok(())
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let key = self.key.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = key.take() {
            // Closing has taken everybody out already.
            let former = self.gate.waiters().try_remove(key);
            drop(former);
        }
    }
}
