//! Row 12: a thousand jobs, eight at a time, against spawning all of them to wait at a semaphore.

use crate::{
    case::{Bar, Case, Row, Runtime, Side},
    facade, native,
};

pub(super) fn row() -> Row {
    let case = |runtime| {
        let native: Side = match runtime {
            Runtime::Smol => native::smol::few_at_once,
            _ => native::tokio::few_at_once,
        };
        let bar = Bar::Ratio(0.25);
        Case::new("8 of 1000 jobs, each", runtime, native, facade::few_at_once)
            .timed(50_000, bar)
            .counted((2000, 6000), bar, None)
    };
    Row {
        number: 12,
        word: "concurrent",
        cases: Runtime::ALL.map(case).into(),
    }
}
