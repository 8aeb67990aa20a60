//! Row 10: an item through a bounded channel, and through a oneshot, against the channels of other crates.

use super::others;
use crate::{
    case::{Bar, Case, Row, Runtime, Side},
    facade::channels as facade,
    native::channels::{self as native, of_async_channel, of_flume, of_kanal, of_tokio},
};

pub(super) fn row() -> Row {
    let each = |runtime| {
        let message = |what, native: Side, bar, expected| {
            Case::new(what, runtime, native, facade::in_turn)
                .timed(200_000, bar)
                .counted((10_000, 40_000), bar, expected)
        };
        let streamed = |what, native: Side| {
            Case::new(what, runtime, native, facade::streamed)
                .timed(200_000, Bar::None)
                .counted((10_000, 40_000), Bar::None, None)
        };
        let oneshot = |what, native: Side, bar, expected| {
            Case::new(what, runtime, native, facade::oneshots)
                .timed(200_000, bar)
                .counted((10_000, 40_000), bar, expected)
        };
        let mut cases = vec![
            message(
                "item / tokio",
                of_tokio::in_turn as Side,
                Bar::Ratio(0.6),
                Some(475.0),
            ),
            oneshot(
                "oneshot / tokio",
                native::oneshot_of_tokio as Side,
                Bar::Ratio(0.8),
                Some(351.0),
            ),
        ];
        // On one thread: how several interleave is the scheduler's choice, and instructions would not repeat.
        if others(runtime) {
            cases.extend([
                Case::new(
                    "capacity 1, 16 / tokio",
                    runtime,
                    native::crowded_of_tokio,
                    facade::crowded,
                )
                .timed(40_000, Bar::None)
                .counted((8_000, 32_000), Bar::None, None),
                message(
                    "item / async-channel",
                    of_async_channel::in_turn,
                    Bar::None,
                    None,
                ),
                message("item / flume", of_flume::in_turn, Bar::None, None),
                message("item / kanal", of_kanal::in_turn, Bar::None, None),
                streamed("streamed / tokio", of_tokio::streamed),
                streamed("streamed / async-channel", of_async_channel::streamed),
                streamed("streamed / flume", of_flume::streamed),
                streamed("streamed / kanal", of_kanal::streamed),
            ]);
        }
        cases
    };
    Row {
        number: 10,
        word: "channel",
        cases: Runtime::ALL.into_iter().flat_map(each).collect(),
    }
}
