//! Runtimes that anyrt starts.

use std::{
    cell::Cell,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use anyrt_async_std::AsyncStdRuntime;
use anyrt_sim::{Order, SimRuntime};
use anyrt_smol::SmolRuntime;
use anyrt_tokio::TokioRuntime;

use crate::{Harness, Need};

/// tokio with four workers.
#[derive(Debug)]
pub struct TokioFour;

impl Harness for TokioFour {
    type Launch = TokioRuntime;
    const NAME: &'static str = "tokio-4";

    fn launch() -> TokioRuntime {
        TokioRuntime::multi_thread(Some(4)).expect("tokio starts")
    }
}

/// tokio on the calling thread.
#[derive(Debug)]
pub struct TokioOne;

impl Harness for TokioOne {
    type Launch = TokioRuntime;
    const NAME: &'static str = "tokio-1";

    fn launch() -> TokioRuntime {
        TokioRuntime::current_thread().expect("tokio starts")
    }
}

/// smol with one worker.
#[derive(Debug)]
pub struct SmolOne;

impl Harness for SmolOne {
    type Launch = SmolRuntime;
    const NAME: &'static str = "smol-1";

    fn launch() -> SmolRuntime {
        SmolRuntime::new(Some(1)).expect("smol starts")
    }
}

/// smol with four workers.
#[derive(Debug)]
pub struct SmolFour;

impl Harness for SmolFour {
    type Launch = SmolRuntime;
    const NAME: &'static str = "smol-4";

    fn launch() -> SmolRuntime {
        SmolRuntime::new(Some(4)).expect("smol starts")
    }
}

/// async-std's global runtime, with `run`.
#[derive(Debug)]
pub struct AsyncStdOwned;

impl Harness for AsyncStdOwned {
    type Launch = AsyncStdRuntime;
    const NAME: &'static str = "async-std";

    fn launch() -> AsyncStdRuntime {
        AsyncStdRuntime::new()
    }
}

/// The simulation, first in first out and then on two hundred seeds.
#[derive(Debug)]
pub struct SimSeeded;

/// On how many seeds each case runs.
static SEEDS: AtomicU64 = AtomicU64::new(200);

/// Changes on how many seeds each case runs on the simulation, from 200.
pub fn set_seeds(count: u64) {
    SEEDS.store(count, Ordering::Relaxed);
}

thread_local! {
    /// Also the order of a simulation that the case itself starts, on its own thread.
    static ORDER: Cell<Order> = const { Cell::new(Order::Fifo) };
}

impl Harness for SimSeeded {
    type Launch = SimRuntime;
    const NAME: &'static str = "sim";

    fn launch() -> SimRuntime {
        SimRuntime::new(ORDER.get())
    }

    fn lacks(need: Need) -> Option<&'static str> {
        (need == Need::ParallelJobs)
            .then_some("a simulated job runs to its end while everything else waits")
    }

    fn explore(case: &dyn Fn()) {
        let seeds = (0..SEEDS.load(Ordering::Relaxed)).map(Order::Seeded);
        for order in std::iter::once(Order::Fifo).chain(seeds) {
            ORDER.set(order);
            case();
        }
    }

    fn schedule() -> Option<String> {
        match ORDER.get() {
            Order::Seeded(seed) => Some(format!("ANYRT_SIM_SEED={seed}")),
            _ => Some("first in, first out".to_owned()),
        }
    }

    fn patience() -> Duration {
        Duration::from_secs(120)
    }
}
