//! What a group keeps of its children: nothing, once they are gone and nobody holds their handles.
#![cfg(feature = "sim")]

use allocation_counter::measure;
use anyrt_sim::{Order, SimRuntime};

/// The most allocations that were live at once while a group had `children`, one after the other.
///
/// The simulation runs everything on the thread that is measured.
fn peak(children: usize) -> u64 {
    let info = measure(|| {
        anyrt::Builder::launch(SimRuntime::new(Order::Fifo))
            .run(anyrt::task_group(async move |tg| {
                for child in 0..children {
                    let value = tg.spawn_value(async move { child }).await;
                    assert_eq!(value, Ok(child));
                }
            }))
            .unwrap();
    });
    info.count_max
}

#[test]
fn a_group_keeps_nothing_of_finished_children() {
    // The first run of a process allocates what stays.
    anyrt::Builder::launch(SimRuntime::new(Order::Fifo))
        .run(async {})
        .unwrap();
    assert_eq!(peak(1_000), peak(100_000));
}

#[test]
fn a_timeout_around_a_ready_future_allocates_nothing() {
    let mut ready = std::pin::pin!(anyrt::fail_after(
        std::time::Duration::from_secs(1),
        async { 7 }
    ));
    let mut polled = None;
    let info = measure(|| {
        let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
        polled = Some(std::future::Future::poll(ready.as_mut(), &mut cx));
    });
    assert!(matches!(polled, Some(std::task::Poll::Ready(Ok(7)))));
    assert_eq!(info.count_total, 0);
}
