//! Row 2: a thousand trivial children in a group, against `JoinSet`, and on smol a `Vec` of tasks.

use crate::{
    case::{Bar, Case, Row, Runtime, Side},
    facade, native,
};

pub(super) fn row() -> Row {
    let case = |runtime| {
        let (native, bar, expected): (Side, _, _) = match runtime {
            Runtime::Tokio => (native::tokio::fan_out, 0.75, 2894.0),
            Runtime::TokioCurrentThread => (native::tokio::fan_out, 0.95, 2549.0),
            Runtime::Smol => (native::smol::fan_out, 1.10, 1280.0),
        };
        let bar = Bar::Ratio(bar);
        Case::new("1000 children, each", runtime, native, facade::fan_out)
            .timed(50_000, bar)
            .counted((2000, 6000), bar, Some(expected))
    };
    Row {
        number: 2,
        word: "fan-out",
        cases: Runtime::ALL.map(case).into(),
    }
}
