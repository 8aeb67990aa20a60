//! Row 3: the main future of a run is a task like any other, so that joining from there costs no more.
//!
//! Natively it is 30 to 100 times as much: the second case of each runtime shows that, and has no bar.

use crate::{
    case::{Bar, Case, Row, Runtime, Side},
    facade, native,
};

pub(super) fn row() -> Row {
    let both = |runtime| {
        let native: Side = match runtime {
            Runtime::Smol => native::smol::spawn_from_main,
            _ => native::tokio::spawn_from_main,
        };
        let main: Side = facade::spawn_from_main;
        [
            Case::new("from main / in a task", runtime, facade::spawn, main)
                .timed(20_000, Bar::Ratio(1.1))
                .counted((1000, 4000), Bar::Ratio(1.1), None),
            Case::new("from main / block_on", runtime, native, main).timed(2000, Bar::None),
        ]
    };
    Row {
        number: 3,
        word: "from-main",
        cases: Runtime::ALL.into_iter().flat_map(both).collect(),
    }
}
