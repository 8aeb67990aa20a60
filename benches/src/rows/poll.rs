//! Row 6: what one poll costs more inside a scope, and inside a child task.
//!
//! The bars are in nanoseconds; as instructions they are taken four times as large, which is what simple
//! instructions take here.

use crate::{
    case::{Bar, Case, Row, Runtime, Side},
    facade, native,
};

pub(super) fn row() -> Row {
    let both = |runtime| {
        let (bare, task): (Side, Side) = match runtime {
            Runtime::Smol => (native::smol::poll_bare, native::smol::poll_task),
            _ => (native::tokio::poll_bare, native::tokio::poll_task),
        };
        [
            Case::new("poll inside a scope", runtime, bare, facade::poll_scope)
                .timed(500_000, Bar::Extra(10.0))
                .counted((20_000, 80_000), Bar::None, None),
            Case::new("poll of a child task", runtime, task, facade::poll_child)
                .timed(100_000, Bar::Extra(2.0))
                .counted((5000, 20_000), Bar::None, None),
        ]
    };
    Row {
        number: 6,
        word: "poll",
        cases: Runtime::ALL.into_iter().flat_map(both).collect(),
    }
}
