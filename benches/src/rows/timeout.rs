//! Row 4: a timeout around a future that is ready at once.
//!
//! On smol the bar is about the body alone, without any timeout; smol's own idiom is shown beside it.

use crate::{
    case::{Bar, Case, Row, Runtime, Side},
    facade, native,
};

pub(super) fn row() -> Row {
    let case = |what, runtime, native: Side, bar, expected| {
        Case::new(what, runtime, native, facade::timeout_ready)
            .timed(200_000, bar)
            .counted((10_000, 40_000), bar, expected)
    };
    let tokio: Side = native::tokio::timeout_ready;
    Row {
        number: 4,
        word: "timeout",
        cases: vec![
            case(
                "timeout, ready",
                Runtime::Tokio,
                tokio,
                Bar::Ratio(0.15),
                Some(212.0),
            ),
            case(
                "timeout, ready",
                Runtime::TokioCurrentThread,
                tokio,
                Bar::Ratio(0.15),
                Some(213.0),
            ),
            case(
                "timeout, ready / bare",
                Runtime::Smol,
                native::smol::ready,
                Bar::Ratio(2.0),
                None,
            ),
            case(
                "timeout, ready / `or`",
                Runtime::Smol,
                native::smol::timeout_ready,
                Bar::None,
                Some(24.0),
            ),
        ],
    }
}
