//! The bars that do not hold, and what has been reached instead.
//!
//! A row stays over its bar in the table; `--check` holds it to what is written here, so that nothing gets worse unseen.
//! Lower a figure when it falls, and take the line out when the bar holds. What was tried is in the
//! [README](../README.md).

use crate::case::Runtime::{self, Smol, Tokio, TokioCurrentThread};

/// Instructions of the facade divided by the native ones.
const REACHED: &[(u32, &str, Runtime, f64)] = &[
    (1, "spawn + join one child", Tokio, 1.52),
    (1, "spawn + join one child", TokioCurrentThread, 1.69),
    (1, "spawn + join one child", Smol, 1.84),
    (2, "1000 children, each", Tokio, 1.01),
    (2, "1000 children, each", TokioCurrentThread, 1.17),
    (2, "1000 children, each", Smol, 2.02),
    (4, "timeout, ready", Tokio, 0.38),
    (4, "timeout, ready", TokioCurrentThread, 0.38),
    (4, "timeout, ready / bare", Smol, 4.71),
    (5, "timeout, suspends once", Tokio, 1.30),
    (5, "timeout, suspends once", TokioCurrentThread, 1.34),
    (5, "timeout, suspends once", Smol, 1.45),
    (10, "oneshot / tokio", Smol, 0.83),
];

/// What the row has reached, where its bar does not hold.
pub(crate) fn reached(number: u32, what: &str, runtime: Runtime) -> Option<f64> {
    REACHED
        .iter()
        .find(|line| (line.0, line.1, line.2) == (number, what, runtime))
        .map(|line| line.3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows;

    #[test]
    fn every_line_is_about_a_case() {
        let rows = rows::all();
        for &(number, what, runtime, _) in REACHED {
            let cases = rows.iter().filter(|row| row.number == number);
            let mut cases = cases.flat_map(|row| &row.cases);
            assert!(
                cases.any(|case| case.what == what && case.runtime == runtime),
                "{number} {what}"
            );
        }
    }
}
