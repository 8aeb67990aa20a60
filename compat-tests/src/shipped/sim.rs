//! The simulation: one case on many schedules.

use std::{
    cell::Cell,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use anyrt_sim::{Order, SimRuntime};

use crate::{Harness, Need};

/// The simulation, first in first out and then on two hundred seeds, every other of them interleaved.
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
        let seeds = (0..SEEDS.load(Ordering::Relaxed)).map(|seed| match seed % 2 {
            0 => Order::Seeded(seed),
            _ => Order::Interleaved(seed),
        });
        for order in std::iter::once(Order::Fifo).chain(seeds) {
            ORDER.set(order);
            case();
        }
    }

    fn schedule() -> Option<String> {
        let order = ORDER.get();
        order.variable().or_else(|| Some(order.to_string()))
    }

    fn patience() -> Duration {
        Duration::from_secs(120)
    }
}
