//! What many children, and deep nests, cost each: as much as few, and shallow ones.
#![cfg(feature = "sim")]

use std::pin::Pin;

use allocation_counter::measure;
use anyrt::{task::TaskGroup, task_group};
use anyrt_sim::{Order, SimRuntime};

/// How many allocations a run makes, all told. The simulation runs everything on the thread that is measured.
fn allocations<Fut>(main: Fut) -> u64
where
    Fut: Future<Output = ()> + Send + 'static,
{
    measure(|| {
        anyrt::Builder::launch(SimRuntime::new(Order::Fifo))
            .run(main)
            .unwrap();
    })
    .count_total
}

/// At ten times the number each costs at most half as much again.
fn is_flat(what: &str, cost: impl Fn(u64) -> u64, few: u64) {
    // The first run of a process allocates what stays.
    cost(1);
    let (few_each, many_each) = (
        cost(few) as f64 / few as f64,
        cost(10 * few) as f64 / (10 * few) as f64,
    );
    assert!(
        many_each <= 1.5 * few_each,
        "{what}: {few_each} at {few}, {many_each} at ten times as many"
    );
}

#[test]
fn a_child_costs_the_same_among_many() {
    let join = |children| {
        allocations(task_group(async move |tg: TaskGroup| {
            for _ in 0..children {
                tg.spawn(anyrt::yield_now());
            }
        }))
    };
    let cancel = |children| {
        allocations(task_group(async move |tg: TaskGroup| {
            for _ in 0..children {
                tg.spawn(std::future::pending());
            }
            anyrt::yield_now().await;
            tg.cancel();
        }))
    };
    is_flat("join", join, 1_000);
    is_flat("cancel", cancel, 1_000);
}

#[test]
fn a_group_costs_the_same_in_a_deep_nest() {
    fn nest(depth: u64) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move {
            if depth > 0 {
                task_group(async move |tg: TaskGroup| {
                    tg.spawn(anyrt::yield_now());
                    nest(depth - 1).await;
                })
                .await;
            }
        })
    }
    is_flat("nest", |depth| allocations(nest(depth)), 25);
}
