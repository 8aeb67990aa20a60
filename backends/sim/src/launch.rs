//! Making a simulation, driving it, ending it.

use std::{
    fmt,
    future::Future,
    io,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use anyrt_core::Launch;

use crate::{
    Order, Sim,
    executor::{Core, Patience},
};

/// A simulation. Dropping it shuts it down.
///
/// ```
/// use std::pin::pin;
/// use anyrt_core::Launch;
/// use anyrt_sim::SimRuntime;
///
/// # fn main() -> std::io::Result<()> {
/// let runtime = SimRuntime::from_env()?;
/// runtime.block_on(pin!(async { /* the test */ }));
/// # Ok(())
/// # }
/// ```
///
/// # Panics
///
/// Out of [`block_on`](Launch::block_on), besides a panic of main itself: on a hang, on a job that does not
/// return, and when it is already running, here or on another thread. The simulation stays
/// usable. On an order that is drawn each of them prints the seed to standard error.
pub struct SimRuntime {
    core: Arc<Core>,
    patience: Patience,
}

impl SimRuntime {
    /// A simulation that runs tasks and jobs in `order`.
    pub fn new(order: Order) -> Self {
        Self {
            core: Core::new(order),
            patience: Patience::default(),
        }
    }

    /// A simulation in the order that the environment variable `ANYRT_SIM_SEED` asks for: seeded with
    /// it, or first in, first out where it is not set.
    ///
    /// # Errors
    ///
    /// When the variable holds anything but a number.
    pub fn from_env() -> io::Result<Self> {
        Order::from_env().map(Self::new)
    }

    /// How long, in real time, a blocking job may take before `block_on` panics; 10 seconds unless
    /// said otherwise.
    #[must_use]
    pub fn with_watchdog(mut self, limit: Duration) -> Self {
        self.patience.job = limit;
        self
    }

    /// How long, in real time, a wake from a thread that the simulation does not know is awaited
    /// before `block_on` panics because of a hang; 1 second unless said otherwise.
    ///
    /// Zero makes a hang come out at once, for tests in which there are no such threads.
    #[must_use]
    pub fn with_hang_grace(mut self, grace: Duration) -> Self {
        self.patience.hang = grace;
        self
    }
}

impl Launch for SimRuntime {
    type Backend = Sim;

    fn backend(&self) -> Sim {
        Sim::new(Arc::clone(&self.core))
    }

    fn block_on(&self, main: Pin<&mut (dyn Future<Output = ()> + '_)>) {
        let key = self.core.enter();
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            self.core.drive(key, main, &self.patience);
        }));
        self.core.leave(key);
        if let Err(payload) = outcome {
            if let Some(variable) = self.core.order().variable() {
                eprintln!("anyrt-sim: {variable} reproduces this");
            }
            resume_unwind(payload);
        }
    }

    fn shutdown(self, grace: Duration) -> bool {
        self.core.close(grace)
    }
}

impl Drop for SimRuntime {
    fn drop(&mut self) {
        // Once more after `shutdown`, which finds nothing left.
        self.core.close(Duration::ZERO);
    }
}

impl fmt::Debug for SimRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimRuntime")
            .field("id", &self.core.id())
            .field("order", &self.core.order())
            .field("watchdog", &self.patience.job)
            .field("hang_grace", &self.patience.hang)
            .finish_non_exhaustive()
    }
}
