//! What a run of the suite has to say: a table for people, a file for programs.

use std::fmt::Write as _;

use crate::{Outcome, Verdict, json};

/// The verdicts of one column.
#[derive(Debug)]
pub struct Report {
    column: &'static str,
    verdicts: Vec<Verdict>,
}

/// How many cases ended in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// They ran and passed.
    pub passed: usize,
    /// They did not run.
    pub skipped: usize,
    /// They ran, and failed or hung.
    pub failed: usize,
}

impl Tally {
    /// Counts verdicts.
    pub fn of<'a>(verdicts: impl IntoIterator<Item = &'a Verdict>) -> Self {
        let mut tally = Self::default();
        for verdict in verdicts {
            match verdict.outcome {
                Outcome::Passed => tally.passed += 1,
                Outcome::Skipped(_) => tally.skipped += 1,
                Outcome::Failed(_) | Outcome::Hung(_) => tally.failed += 1,
            }
        }
        tally
    }

    fn cell(self) -> String {
        format!(
            "{}/{}/{}",
            self.passed + self.failed,
            self.skipped,
            self.failed
        )
    }
}

impl Report {
    /// The report of one column.
    pub fn new(column: &'static str, verdicts: Vec<Verdict>) -> Self {
        Self { column, verdicts }
    }

    /// How the column did.
    pub fn tally(&self) -> Tally {
        Tally::of(&self.verdicts)
    }

    /// The failures, with all that is known of each.
    pub fn failures(&self) -> impl Iterator<Item = &str> {
        self.verdicts
            .iter()
            .filter_map(|verdict| match &verdict.outcome {
                Outcome::Failed(text) | Outcome::Hung(text) => Some(text.as_str()),
                _ => None,
            })
    }

    /// The reasons for which cases were skipped, each with its number of cases.
    pub fn reasons(&self) -> Vec<(&str, usize)> {
        let mut reasons: Vec<(&str, usize)> = Vec::new();
        for verdict in &self.verdicts {
            if let Outcome::Skipped(reason) = &verdict.outcome {
                match reasons.iter_mut().find(|(known, _)| known == reason) {
                    Some((_, count)) => *count += 1,
                    None => reasons.push((reason, 1)),
                }
            }
        }
        reasons
    }

    /// The report as one JSON object.
    pub fn json(&self) -> String {
        let results = self.verdicts.iter().map(|verdict| {
            let (outcome, reason) = match &verdict.outcome {
                Outcome::Passed => ("pass", None),
                Outcome::Failed(text) => ("fail", Some(text)),
                Outcome::Hung(text) => ("hang", Some(text)),
                Outcome::Skipped(text) => ("skipped", Some(text)),
            };
            let case = verdict.case;
            format!(
                "{{\"id\":{},\"name\":{},\"level\":{},\"since\":{},\"rules\":{},\"outcome\":{},\"reason\":{},\
                 \"milliseconds\":{},\"seed\":{}}}",
                json::string(case.id),
                json::string(case.name),
                json::string(&case.level.to_string()),
                json::string(case.since),
                json::array(case.rules.iter().map(|rule| json::string(rule))),
                json::string(outcome),
                json::optional(reason.map(String::as_str)),
                verdict.elapsed.as_millis(),
                json::optional(verdict.schedule.as_deref()),
            )
        });
        format!(
            "{{\"suite\":{},\"backend\":{},\"results\":{}}}",
            json::string(env!("CARGO_PKG_VERSION")),
            json::string(self.column),
            json::array(results)
        )
    }
}

/// Areas by columns; each cell says run/skipped/failed.
pub fn table(reports: &[Report]) -> String {
    let mut areas: Vec<&str> = reports
        .iter()
        .flat_map(|report| report.verdicts.iter().map(|verdict| area(verdict)))
        .collect();
    areas.sort_unstable();
    areas.dedup();
    let mut text = format!("{:18}", "run/skipped/failed");
    for area in &areas {
        let _ = write!(text, "{area:>12}");
    }
    let _ = writeln!(text, "{:>14}", "all");
    for report in reports {
        let _ = write!(text, "{:18}", report.column);
        for wanted in &areas {
            let cell = Tally::of(report.verdicts.iter().filter(|v| area(v) == *wanted)).cell();
            let _ = write!(text, "{cell:>12}");
        }
        let _ = writeln!(text, "{:>14}", report.tally().cell());
    }
    text
}

fn area(verdict: &Verdict) -> &'static str {
    let id = verdict.case.id;
    id.split('-').next().unwrap_or(id)
}
