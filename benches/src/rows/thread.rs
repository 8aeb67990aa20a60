//! Row 9: empty jobs on worker threads, one after the other and 64 at once.

use super::ratio;
use crate::{
    case::{Case, Row, Runtime, Side},
    facade, native,
};

pub(super) fn row() -> Row {
    let both = |runtime| {
        let (in_turn, at_once): (Side, Side) = match runtime {
            Runtime::Smol => (native::smol::thread_in_turn, native::smol::thread_at_once),
            _ => (native::tokio::thread_in_turn, native::tokio::thread_at_once),
        };
        [
            Case::new(
                "to_thread, in turn",
                runtime,
                in_turn,
                facade::thread_in_turn,
            )
            .timed(1000, ratio(runtime, 1.1, 1.1)),
            Case::new(
                "to_thread, 64 at once",
                runtime,
                at_once,
                facade::thread_at_once,
            )
            .timed(6400, ratio(runtime, 0.6, 1.0)),
        ]
    };
    Row {
        number: 9,
        word: "to-thread",
        cases: Runtime::ALL.into_iter().flat_map(both).collect(),
    }
}
