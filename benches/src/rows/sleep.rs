//! Row 7: a sleep that is dropped, before and after it was registered.

use super::ratio;
use crate::{
    case::{Case, Row, Runtime, Side},
    facade, native,
};

pub(super) fn row() -> Row {
    let both = |runtime| {
        let (unpolled, registered): (Side, Side) = match runtime {
            Runtime::Smol => (native::smol::sleep_unpolled, native::smol::sleep_registered),
            _ => (
                native::tokio::sleep_unpolled,
                native::tokio::sleep_registered,
            ),
        };
        let expected = match runtime {
            Runtime::Tokio => [161.0, 667.0],
            Runtime::TokioCurrentThread => [162.0, 683.0],
            Runtime::Smol => [113.0, 754.0],
        };
        let bars = [ratio(runtime, 0.3, 0.3), ratio(runtime, 1.1, 1.1)];
        [
            Case::new("sleep, unpolled", runtime, unpolled, facade::sleep_unpolled)
                .timed(200_000, bars[0])
                .counted((10_000, 40_000), bars[0], Some(expected[0])),
            Case::new(
                "sleep, registered",
                runtime,
                registered,
                facade::sleep_registered,
            )
            .timed(50_000, bars[1])
            .counted((5000, 20_000), bars[1], Some(expected[1])),
        ]
    };
    Row {
        number: 7,
        word: "sleep",
        cases: Runtime::ALL.into_iter().flat_map(both).collect(),
    }
}
