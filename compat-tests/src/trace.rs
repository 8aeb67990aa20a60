//! What happened in a case, in lanes.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// What the case logs into, and what it may know about where it runs.
///
/// A lane stands for one task or one actor. Events are single words: no durations, no addresses, no
/// text of a foreign error.
#[derive(Clone, Debug)]
pub struct Trace {
    events: Arc<Mutex<Vec<(String, String)>>>,
    setting: Setting,
}

/// Where a case runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    pub(crate) backend: &'static str,
    pub(crate) tolerance: Duration,
    pub(crate) virtual_clock: bool,
}

impl Trace {
    pub(crate) fn new(setting: Setting) -> Self {
        Self {
            events: Arc::default(),
            setting,
        }
    }

    /// Adds an event to a lane.
    pub fn log(&self, lane: impl fmt::Display, event: impl fmt::Display) {
        self.lock().push((lane.to_string(), event.to_string()));
    }

    /// The name that the backend gives itself.
    pub fn backend(&self) -> &'static str {
        self.setting.backend
    }

    /// How late a real clock may be.
    pub fn tolerance(&self) -> Duration {
        self.setting.tolerance
    }

    /// Whether time passes only when nothing else can happen.
    pub fn has_virtual_clock(&self) -> bool {
        self.setting.virtual_clock
    }

    /// The lanes, one a line, sorted by name.
    pub fn lanes(&self) -> String {
        let mut lanes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let events = self.lock();
        for (lane, event) in events.iter() {
            lanes.entry(lane).or_default().push(event);
        }
        let mut text = String::new();
        for (lane, events) in lanes {
            let _ = writeln!(text, "{lane}: {}", events.join(" "));
        }
        text
    }

    /// Whether every lane holds what `golden` says, in this order.
    pub fn matches(&self, golden: &str) -> bool {
        self.lanes() == normal(golden)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(String, String)>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A golden trace as [`Trace::lanes`] would print it.
pub(crate) fn normal(golden: &str) -> String {
    let mut lines: Vec<String> = golden
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    // By lane, as a map of lanes would: the colon is not part of the name.
    lines.sort_by(|a, b| lane(a).cmp(lane(b)));
    lines.into_iter().map(|line| line + "\n").collect()
}

fn lane(line: &str) -> &str {
    line.split(':').next().unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(events: &[(&str, &str)]) -> Trace {
        let trace = Trace::new(Setting {
            backend: "none",
            tolerance: Duration::ZERO,
            virtual_clock: false,
        });
        for (lane, event) in events {
            trace.log(lane, event);
        }
        trace
    }

    #[test]
    fn order_counts_inside_a_lane_only() {
        let golden = "b: one two\na: x";
        assert!(trace(&[("a", "x"), ("b", "one"), ("b", "two")]).matches(golden));
        assert!(trace(&[("b", "one"), ("a", "x"), ("b", "two")]).matches(golden));
        assert!(!trace(&[("a", "x"), ("b", "two"), ("b", "one")]).matches(golden));
    }

    #[test]
    fn a_missing_and_a_superfluous_event_are_differences() {
        assert!(!trace(&[("a", "x")]).matches("a: x y"));
        assert!(!trace(&[("a", "x"), ("b", "z")]).matches("a: x"));
        assert!(trace(&[]).matches(""));
    }
}
