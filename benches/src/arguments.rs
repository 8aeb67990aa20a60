//! The command line.

use std::path::PathBuf;

use crate::case::Row;

/// What was asked for.
pub(crate) struct Arguments {
    pub(crate) mode: Mode,
    pub(crate) plot: Option<PathBuf>,
    rows: Vec<String>,
}

/// What to do with the rows.
pub(crate) enum Mode {
    /// Times and instructions, shown.
    Show,
    /// Instructions, compared with the bars.
    Check,
    /// One side of one case, for a child process.
    Once(Once),
}

/// One side of one case.
pub(crate) struct Once {
    pub(crate) number: u32,
    pub(crate) case: usize,
    pub(crate) facade: bool,
    pub(crate) workers: usize,
    pub(crate) operations: usize,
}

const USAGE: &str =
    "usage: anyrt-benches [ROW...] [--check] [--plot FILE.svg]; a row is a number or a word";

impl Arguments {
    pub(crate) fn parse(mut given: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self {
            mode: Mode::Show,
            plot: None,
            rows: Vec::new(),
        };
        while let Some(argument) = given.next() {
            match argument.as_str() {
                "--check" => arguments.mode = Mode::Check,
                "--plot" => arguments.plot = Some(given.next().ok_or(USAGE)?.into()),
                "--once" => {
                    let once = Once::parse(&given.next().ok_or(USAGE)?);
                    arguments.mode = Mode::Once(once.ok_or(USAGE)?);
                }
                option if option.starts_with('-') => return Err(USAGE.to_owned()),
                _ => arguments.rows.push(argument),
            }
        }
        Ok(arguments)
    }

    pub(crate) fn chooses(&self, row: &Row) -> bool {
        let number = row.number.to_string();
        self.rows.is_empty()
            || self
                .rows
                .iter()
                .any(|name| *name == number || name == row.word)
    }
}

impl Once {
    /// `row/case/side/workers/operations`, as [`Once::written`] writes it.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let once = Self {
            number: parts.next()?.parse().ok()?,
            case: parts.next()?.parse().ok()?,
            facade: parts.next()? == "anyrt",
            workers: parts.next()?.parse().ok()?,
            operations: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(once)
    }

    pub(crate) fn written(&self) -> String {
        let side = if self.facade { "anyrt" } else { "native" };
        let Self {
            number,
            case,
            workers,
            operations,
            ..
        } = self;
        format!("{number}/{case}/{side}/{workers}/{operations}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_side_survives_the_command_line() {
        for written in ["4/2/anyrt/1/6000", "15/0/native/2/1000"] {
            assert_eq!(Once::parse(written).expect(written).written(), written);
        }
        assert!(Once::parse("4/2/anyrt/1").is_none());
        assert!(Once::parse("4/2/anyrt/1/6000/7").is_none());
    }

    #[test]
    fn unknown_options_are_refused() {
        assert!(Arguments::parse(["--chekc".to_owned()].into_iter()).is_err());
        assert!(Arguments::parse(["--plot".to_owned()].into_iter()).is_err());
    }
}
