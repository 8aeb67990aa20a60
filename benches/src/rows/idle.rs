//! Row 14: the memory of a child that waits, with its entry in the group, against a bare task.
//!
//! It is the resident memory of a fresh process, so that what the allocator adds is counted on both sides.

use crate::{
    case::{Bar, Case, Row, Runtime, Side, Unit},
    facade, native,
};

pub(super) fn row() -> Row {
    let case = |runtime| {
        let native: Side = match runtime {
            Runtime::Smol => native::smol::idle,
            _ => native::tokio::idle,
        };
        // A power of two: neither side has just doubled a table.
        Case::new("memory of an idle child", runtime, native, facade::idle).measured(
            Unit::Resident,
            &[1 << 17],
            Bar::Extra(224.0),
        )
    };
    Row {
        number: 14,
        word: "idle",
        cases: Runtime::ALL.map(case).into(),
    }
}
