//! Rows, their cases, and the figures that come of them.

use std::fmt;

use crate::work::Sample;

/// A line of the bars table: one kind of work, on each runtime.
pub(crate) struct Row {
    pub(crate) number: u32,
    pub(crate) word: &'static str,
    pub(crate) cases: Vec<Case>,
}

/// One kind of work on one runtime, natively and through the facade.
pub(crate) struct Case {
    pub(crate) what: &'static str,
    pub(crate) runtime: Runtime,
    pub(crate) native: Side,
    pub(crate) facade: Side,
    pub(crate) timed: Option<Timed>,
    pub(crate) counted: Option<Counted>,
}

/// Does so many operations on a runtime of its own, and says what they took.
pub(crate) type Side = fn(Setting, usize) -> Sample;

/// How a case is timed.
pub(crate) struct Timed {
    pub(crate) unit: Unit,
    /// Operations in one sample; several numbers ask for the spread over sizes.
    pub(crate) sizes: Vec<usize>,
    pub(crate) bar: Bar,
}

/// How the instructions of a case are counted.
pub(crate) struct Counted {
    pub(crate) small: usize,
    pub(crate) large: usize,
    pub(crate) bar: Bar,
    /// What the native side took when the bars were set; one thread, or a note why not.
    pub(crate) expected: Option<f64>,
}

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Nanoseconds by the clock.
    Time,
    /// Nanoseconds of the processor.
    Processor,
    /// Bytes of memory.
    Resident,
    /// Instructions.
    Instructions,
}

/// What a figure may be at most.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Bar {
    /// The facade's divided by the native figure.
    Ratio(f64),
    /// The facade's minus the native figure.
    Extra(f64),
    /// The facade's dearest size divided by its cheapest.
    Spread(f64),
    /// Only shown.
    None,
}

/// A runtime, as a case names it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runtime {
    Tokio,
    TokioCurrentThread,
    Smol,
}

impl Runtime {
    pub(crate) const ALL: [Self; 3] = [Self::Tokio, Self::TokioCurrentThread, Self::Smol];
}

/// A runtime and its number of worker threads.
#[derive(Clone, Copy)]
pub(crate) struct Setting {
    pub(crate) runtime: Runtime,
    pub(crate) workers: usize,
}

impl Case {
    pub(crate) fn new(what: &'static str, runtime: Runtime, native: Side, facade: Side) -> Self {
        Self {
            what,
            runtime,
            native,
            facade,
            timed: None,
            counted: None,
        }
    }

    pub(crate) fn timed(self, operations: usize, bar: Bar) -> Self {
        self.measured(Unit::Time, &[operations], bar)
    }

    pub(crate) fn measured(mut self, unit: Unit, sizes: &[usize], bar: Bar) -> Self {
        self.timed = Some(Timed {
            unit,
            sizes: sizes.to_vec(),
            bar,
        });
        self
    }

    pub(crate) fn counted(
        mut self,
        (small, large): (usize, usize),
        bar: Bar,
        expected: Option<f64>,
    ) -> Self {
        self.counted = Some(Counted {
            small,
            large,
            bar,
            expected,
        });
        self
    }

    pub(crate) fn side(&self, facade: bool) -> Side {
        if facade { self.facade } else { self.native }
    }
}

/// A line of the table.
pub(crate) struct Figure {
    pub(crate) number: u32,
    pub(crate) what: &'static str,
    pub(crate) runtime: Runtime,
    pub(crate) unit: Unit,
    pub(crate) native: f64,
    pub(crate) facade: f64,
    /// What the bar is about: a ratio, a difference or a spread.
    pub(crate) value: f64,
    pub(crate) bar: Bar,
    /// What has been reached where the bar is known not to hold.
    pub(crate) reached: Option<f64>,
    pub(crate) note: String,
}

/// Instructions waver this much with the allocator and the order of things in memory.
const WAVER: f64 = 1.10;

impl Figure {
    /// Whether the bar does not hold, as far as the digits shown can tell, or there is no figure.
    pub(crate) fn is_over(&self) -> bool {
        match self.bar {
            Bar::Ratio(bar) | Bar::Spread(bar) => self.value.is_nan() || self.value > bar + 0.005,
            Bar::Extra(bar) => self.value.is_nan() || self.value > bar + 0.5,
            Bar::None => false,
        }
    }

    /// Whether it is over its bar, and not only as far as is known.
    pub(crate) fn is_worse(&self) -> bool {
        let known = self
            .reached
            .is_some_and(|reached| self.value <= reached * WAVER);
        self.is_over() && !known
    }
}

impl fmt::Display for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Tokio => "tokio",
            Self::TokioCurrentThread => "tokio, current thread",
            Self::Smol => "smol",
        })
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Time => "ns",
            Self::Processor => "ns cpu",
            Self::Resident => "bytes",
            Self::Instructions => "instr",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(value: f64, bar: Bar) -> Figure {
        Figure {
            number: 1,
            what: "",
            runtime: Runtime::Smol,
            unit: Unit::Instructions,
            native: 1.0,
            facade: 1.0,
            value,
            bar,
            reached: None,
            note: String::new(),
        }
    }

    #[test]
    fn what_is_known_to_be_over_may_not_get_worse() {
        let known = |value| Figure {
            reached: Some(1.5),
            ..figure(value, Bar::Ratio(1.05))
        };
        assert!(known(1.6).is_over() && !known(1.6).is_worse());
        assert!(known(1.7).is_worse());
        assert!(!known(1.0).is_worse());
        assert!(known(f64::NAN).is_worse());
        assert!(figure(1.06, Bar::Ratio(1.05)).is_worse());
    }

    #[test]
    fn a_bar_is_over_only_above_what_is_shown() {
        assert!(!figure(1.054, Bar::Ratio(1.05)).is_over());
        assert!(figure(1.06, Bar::Ratio(1.05)).is_over());
        assert!(figure(9.0, Bar::Extra(8.0)).is_over());
        assert!(!figure(8.4, Bar::Extra(8.0)).is_over());
        assert!(!figure(900.0, Bar::None).is_over());
        assert!(figure(f64::NAN, Bar::Ratio(1.05)).is_over());
    }
}
