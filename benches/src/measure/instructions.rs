//! Instructions: this program under callgrind, with two counts; the difference belongs to the operations.

use std::{process::Command, thread};

use super::again;
use crate::{
    arguments::Once,
    case::{Bar, Case, Counted, Figure, Row, Unit},
    reached::reached,
};

/// One worker: instructions of a thread that looks for work in vain would be counted, too.
const WORKERS: usize = 1;

const CALLGRIND: [&str; 3] = [
    "valgrind",
    "--tool=callgrind",
    "--callgrind-out-file=/dev/null",
];

/// Native counts may differ this much from what they were when the bars were set.
const AGREEMENT: f64 = 0.10;

/// Callgrind, which is there.
pub(crate) struct Counter(());

impl Counter {
    /// # Errors
    ///
    /// Says what to install where it is missing.
    pub(crate) fn find() -> Result<Self, String> {
        match Command::new(CALLGRIND[0]).arg("--version").output() {
            Ok(output) if output.status.success() => Ok(Self(())),
            _ => Err("there is no valgrind; install it (`apt-get install valgrind`)".to_owned()),
        }
    }

    pub(crate) fn figure(&self, row: &Row, index: usize, case: &Case) -> Option<Figure> {
        let counted = case.counted.as_ref()?;
        let each = |facade| per_operation(row, index, facade, counted);
        let (native, facade) = thread::scope(|threads| {
            let native = threads.spawn(|| each(false));
            (native.join().expect("counting does not panic"), each(true))
        });
        let (native, facade, mut note) = match (native, facade) {
            (Ok(native), Ok(facade)) => (native, facade, String::new()),
            (Err(error), _) | (_, Err(error)) => (f64::NAN, f64::NAN, error),
        };
        if let Some(expected) = counted.expected {
            let off = native / expected - 1.0;
            let remark = if off.abs() > AGREEMENT {
                ", differs"
            } else {
                ""
            };
            note.push_str(&format!("expected {expected:.0}{remark}"));
        }
        Some(Figure {
            number: row.number,
            what: case.what,
            runtime: case.runtime,
            unit: Unit::Instructions,
            native,
            facade,
            value: match counted.bar {
                Bar::Extra(_) => facade - native,
                _ => facade / native,
            },
            bar: counted.bar,
            reached: reached(row.number, case.what, case.runtime),
            note,
        })
    }
}

fn per_operation(row: &Row, index: usize, facade: bool, counted: &Counted) -> Result<f64, String> {
    let count = |operations| {
        let once = Once {
            number: row.number,
            case: index,
            facade,
            workers: WORKERS,
            operations,
        };
        let output = again(&CALLGRIND, &once)?
            .output()
            .map_err(|error| error.to_string())?;
        let report = String::from_utf8_lossy(&output.stderr);
        let total = collected(&report).filter(|_| output.status.success());
        total.ok_or_else(|| format!("callgrind ended with {}; ", output.status))
    };
    let (small, large) = (count(counted.small)?, count(counted.large)?);
    Ok((large - small) / (counted.large - counted.small) as f64)
}

/// The total in callgrind's report.
fn collected(report: &str) -> Option<f64> {
    let (_, after) = report.split_once("Collected : ")?;
    after.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::collected;

    #[test]
    fn the_total_is_read_from_the_report() {
        let report = "==7== Events    : Ir\n==7== Collected : 17348621\n==7== \n==7== I   refs:      17,348,621\n";
        assert_eq!(collected(report), Some(17_348_621.0));
        assert_eq!(collected("==7== no such tool"), None);
    }
}
