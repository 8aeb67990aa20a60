//! Row 5: a timeout around a future that suspends once, by the runtime's own `yield_now`.

use crate::{
    case::{Bar, Case, Row, Runtime, Side},
    facade, native,
};

pub(super) fn row() -> Row {
    let case = |runtime| {
        let (native, facade, expected): (Side, Side, _) = match runtime {
            Runtime::Tokio => (
                native::tokio::timeout_yield,
                facade::timeout_tokio_yield,
                2022.0,
            ),
            Runtime::TokioCurrentThread => (
                native::tokio::timeout_yield,
                facade::timeout_tokio_yield,
                1992.0,
            ),
            Runtime::Smol => (
                native::smol::timeout_yield,
                facade::timeout_smol_yield,
                1469.0,
            ),
        };
        let bar = Bar::Ratio(1.0);
        Case::new("timeout, suspends once", runtime, native, facade)
            .timed(20_000, bar)
            .counted((1000, 4000), bar, Some(expected))
    };
    Row {
        number: 5,
        word: "timeout-pending",
        cases: Runtime::ALL.map(case).into(),
    }
}
