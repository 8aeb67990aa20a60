//! Row 8: a thousand sleeps at once, each of 1 to 50 ms; the time of the processor.

use super::ratio;
use crate::{
    case::{Case, Row, Runtime, Side, Unit},
    facade, native,
};

pub(super) fn row() -> Row {
    let case = |runtime| {
        let native: Side = match runtime {
            Runtime::Smol => native::smol::sleeps,
            _ => native::tokio::sleeps,
        };
        Case::new("1000 sleeps, each", runtime, native, facade::sleeps).measured(
            Unit::Processor,
            &[1000],
            ratio(runtime, 1.1, 0.3),
        )
    };
    Row {
        number: 8,
        word: "sleeps",
        cases: Runtime::ALL.map(case).into(),
    }
}
