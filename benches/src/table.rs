//! The table, line by line as figures come.

use crate::case::{Bar, Figure};

const RULE: &str = "---  ----------------------  ---------------------  ------  ----------  ----------  ---------  --------  ----";

pub(crate) fn head() {
    println!(
        "{:>3}  {:<22}  {:<21}  {:<6}  {:>10}  {:>10}  {:>9}  {:<8}",
        "#", "work, per operation", "runtime", "unit", "native", "anyrt", "value", "bar"
    );
    println!("{RULE}");
}

pub(crate) fn line(figure: &Figure) {
    let line = format!(
        "{:>3}  {:<22}  {:<21}  {:<6}  {:>10}  {:>10}  {:>9}  {:<8}  {:<4}  {}",
        figure.number,
        figure.what,
        figure.runtime,
        figure.unit,
        rounded(figure.native),
        rounded(figure.facade),
        value(figure),
        bar(figure.bar),
        verdict(figure),
        figure.note
    );
    println!("{}", line.trim_end());
}

pub(crate) fn foot(figures: &[Figure]) {
    let barred = figures
        .iter()
        .filter(|figure| figure.bar != Bar::None)
        .count();
    let over = figures.iter().filter(|figure| figure.is_over()).count();
    let worse = figures.iter().filter(|figure| figure.is_worse()).count();
    println!("{RULE}\n{barred} bars, {over} over, {worse} of them further than is known");
}

pub(crate) fn verdict(figure: &Figure) -> &'static str {
    match figure.bar {
        Bar::None => "",
        _ if figure.is_worse() => "OVER",
        _ if figure.is_over() => "over",
        _ => "ok",
    }
}

pub(crate) fn value(figure: &Figure) -> String {
    match figure.bar {
        Bar::Extra(_) => format!("{:+.1}", figure.value),
        _ => format!("x {:.2}", figure.value),
    }
}

pub(crate) fn bar(bar: Bar) -> String {
    match bar {
        Bar::Ratio(bar) => format!("<= {bar:.2}"),
        Bar::Extra(bar) => format!("<= +{bar:.0}"),
        Bar::Spread(bar) => format!("<= {bar:.1}"),
        Bar::None => String::new(),
    }
}

fn rounded(figure: f64) -> String {
    if figure < 100.0 {
        format!("{figure:.1}")
    } else {
        format!("{figure:.0}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_figures_keep_a_digit() {
        assert_eq!(rounded(4.23), "4.2");
        assert_eq!(rounded(1234.6), "1235");
    }

    #[test]
    fn bars_are_shown_in_their_kind() {
        assert_eq!(bar(Bar::Ratio(0.15)), "<= 0.15");
        assert_eq!(bar(Bar::Extra(224.0)), "<= +224");
        assert_eq!(bar(Bar::None), "");
    }
}
