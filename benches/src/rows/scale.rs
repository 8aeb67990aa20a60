//! Row 15: a thousand to a million children; what one of them costs must not depend on how many there are.
//!
//! The figures are those of the largest crowd; the bar is about the dearest size over the cheapest.

use crate::{
    case::{Bar, Case, Row, Runtime, Side, Unit},
    facade, native,
};

const SIZES: [usize; 4] = [1000, 10_000, 100_000, 1_000_000];

pub(super) fn row() -> Row {
    let phases = |runtime| {
        let natives: [Side; 3] = match runtime {
            Runtime::Smol => [
                native::smol::spawn_all,
                native::smol::cancel_all,
                native::smol::join_all,
            ],
            _ => [
                native::tokio::spawn_all,
                native::tokio::cancel_all,
                native::tokio::join_all,
            ],
        };
        let facades: [Side; 3] = [facade::idle, facade::cancel_all, facade::join_all];
        let names = [
            "spawn 10^3 to 10^6",
            "cancel 10^3 to 10^6",
            "join 10^3 to 10^6",
        ];
        let case = move |phase: usize| {
            Case::new(names[phase], runtime, natives[phase], facades[phase]).measured(
                Unit::Time,
                &SIZES,
                Bar::Spread(1.5),
            )
        };
        (0..3).map(case)
    };
    Row {
        number: 15,
        word: "scale",
        cases: Runtime::ALL.into_iter().flat_map(phases).collect(),
    }
}
