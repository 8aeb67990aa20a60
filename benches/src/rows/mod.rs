//! The rows, each in its own file. Numbers are those of the bars; a number that is missing belongs to something
//! that the facade does not have yet.

mod channel;
mod concurrent;
mod fan_out;
mod from_main;
mod idle;
mod poll;
mod scale;
mod sleep;
mod sleeps;
mod spawn;
mod sync;
mod thread;
mod timeout;
mod timeout_pending;

use crate::case::{Bar, Row, Runtime};

/// Every row, in order.
pub(crate) fn all() -> Vec<Row> {
    vec![
        spawn::row(),
        fan_out::row(),
        from_main::row(),
        timeout::row(),
        timeout_pending::row(),
        poll::row(),
        sleep::row(),
        sleeps::row(),
        thread::row(),
        channel::row(),
        sync::row(),
        concurrent::row(),
        idle::row(),
        scale::row(),
    ]
}

/// What can be asked for.
pub(crate) fn names(rows: &[Row]) -> String {
    let names: Vec<_> = rows
        .iter()
        .map(|row| format!("{}/{}", row.number, row.word))
        .collect();
    names.join(" ")
}

/// One ratio on tokio, another one on smol.
fn ratio(runtime: Runtime, tokio: f64, smol: f64) -> Bar {
    Bar::Ratio(if runtime == Runtime::Smol {
        smol
    } else {
        tokio
    })
}

/// Whether crates that belong to no runtime are compared on this one, too; once is enough.
fn others(runtime: Runtime) -> bool {
    runtime == Runtime::TokioCurrentThread
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_and_words_differ() {
        let rows = all();
        assert!(rows.windows(2).all(|pair| pair[0].number < pair[1].number));
        for row in &rows {
            assert_eq!(
                rows.iter().filter(|other| other.word == row.word).count(),
                1
            );
        }
    }
}
