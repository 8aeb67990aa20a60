//! A harness as a value, for a runner that has several.

use std::fmt;

use crate::{Case, Harness, Verdict, verdict};

/// One column of the report.
#[derive(Clone, Copy)]
pub struct Column {
    /// [`Harness::NAME`].
    pub name: &'static str,
    run: fn(&'static Case) -> Verdict,
}

impl Column {
    /// The column of a harness.
    pub const fn of<H: Harness>() -> Self {
        Self {
            name: H::NAME,
            run: verdict::run::<H>,
        }
    }

    /// Runs one case.
    pub fn run(&self, case: &'static Case) -> Verdict {
        (self.run)(case)
    }
}

impl fmt::Debug for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Column").field(&self.name).finish()
    }
}
