//! Row 1: one child, spawned and joined, inside a task.

use super::ratio;
use crate::{
    case::{Case, Row, Runtime, Side},
    facade, native,
};

pub(super) fn row() -> Row {
    let case = |runtime| {
        // With tokio's driver inside `block_on`, a current-thread join costs a turn of the driver more.
        let (native, expected): (Side, _) = match runtime {
            Runtime::Tokio => (native::tokio::spawn, Some(2479.0)),
            Runtime::TokioCurrentThread => (native::tokio::spawn, None),
            Runtime::Smol => (native::smol::spawn, Some(1759.0)),
        };
        let bar = ratio(runtime, 1.05, 1.10);
        Case::new("spawn + join one child", runtime, native, facade::spawn)
            .timed(20_000, bar)
            .counted((1000, 4000), bar, expected)
    };
    Row {
        number: 1,
        word: "spawn",
        cases: Runtime::ALL.map(case).into(),
    }
}
