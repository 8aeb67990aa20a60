//! The numbered rules, as they stand in `docs/spec.md` (of which `spec.md` here is a link, so that the
//! published crate has them, too).
//!
//! One line a rule, `**C2** (MUST, since 0.1) text`, and one line that says why. A mark at the end
//! names what proves a rule that no case proves: `[test: tests/spec.rs]`, or `[untested: reason]`.

/// The whole page.
pub const PAGE: &str = include_str!("../spec.md");

/// One rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// Such as `C2`.
    pub id: &'static str,
    /// `MUST` or `SHOULD`.
    pub level: &'static str,
    /// What it demands, marks included.
    pub text: &'static str,
    /// Why it is there.
    pub why: &'static str,
}

impl Rule {
    /// What proves it besides cases: the text of its `[test: …]` or `[untested: …]` mark.
    pub fn mark(&self) -> Option<&'static str> {
        let from = self.text.rfind('[')?;
        let mark = self.text[from..].strip_prefix('[')?.strip_suffix(']')?;
        (mark.starts_with("test: ") || mark.starts_with("untested: ")).then_some(mark)
    }
}

/// All rules, in the order of the page.
pub fn rules() -> Vec<Rule> {
    let mut lines = PAGE.lines().peekable();
    let mut rules = Vec::new();
    while let Some(line) = lines.next() {
        let Some((id, level, text)) = parse(line) else {
            continue;
        };
        let why = lines
            .peek()
            .and_then(|next| next.trim_start().strip_prefix("Why: "))
            .unwrap_or("");
        rules.push(Rule {
            id,
            level,
            text,
            why,
        });
    }
    rules
}

/// What a rule demands.
pub fn text_of(id: &str) -> Option<&'static str> {
    rules()
        .into_iter()
        .find(|rule| rule.id == id)
        .map(|rule| rule.text)
}

fn parse(line: &'static str) -> Option<(&'static str, &'static str, &'static str)> {
    let (id, rest) = line.strip_prefix("**")?.split_once("** (")?;
    let (head, text) = rest.split_once(") ")?;
    let (level, _since) = head.split_once(", since ")?;
    Some((id, level, text))
}
