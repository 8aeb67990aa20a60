//! Row 11: a mutex and a semaphore, alone and contended, against those of other crates.

use super::others;
use crate::{
    case::{Bar, Case, Row, Runtime, Side},
    facade::locks as facade,
    native::locks::{of_async_lock, of_tokio},
};

pub(super) fn row() -> Row {
    let each = |runtime| {
        let alone = |what, native: Side, facade: Side, bar, expected| {
            Case::new(what, runtime, native, facade)
                .timed(200_000, bar)
                .counted((10_000, 40_000), bar, expected)
        };
        // How the tasks interleave is the scheduler's choice: instructions would not repeat.
        let contended = |what, native: Side, facade: Side| {
            Case::new(what, runtime, native, facade).timed(40_000, Bar::None)
        };
        let bar = Bar::Ratio(0.6);
        let mut cases = vec![
            alone(
                "mutex / tokio",
                of_tokio::mutex as Side,
                facade::mutex,
                bar,
                Some(269.0),
            ),
            alone(
                "semaphore / tokio",
                of_tokio::semaphore,
                facade::semaphore,
                bar,
                Some(265.0),
            ),
        ];
        if others(runtime) {
            cases.extend([
                alone(
                    "mutex / async-lock",
                    of_async_lock::mutex,
                    facade::mutex,
                    Bar::None,
                    Some(121.0),
                ),
                alone(
                    "semaphore / async-lock",
                    of_async_lock::semaphore,
                    facade::semaphore,
                    Bar::None,
                    Some(148.0),
                ),
            ]);
        }
        if runtime != Runtime::Smol {
            cases.extend([
                contended(
                    "mutex, 8 / tokio",
                    of_tokio::contended_mutex,
                    facade::contended_mutex,
                ),
                contended(
                    "semaphore, 8 / tokio",
                    of_tokio::contended_semaphore,
                    facade::contended_semaphore,
                ),
                contended(
                    "mutex, 8 / async-lock",
                    of_async_lock::contended_mutex,
                    facade::contended_mutex,
                ),
                contended(
                    "semaphore, 8 / a.-lock",
                    of_async_lock::contended_semaphore,
                    facade::contended_semaphore,
                ),
            ]);
        }
        cases
    };
    Row {
        number: 11,
        word: "sync",
        cases: Runtime::ALL.into_iter().flat_map(each).collect(),
    }
}
