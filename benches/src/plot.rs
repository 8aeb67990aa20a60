//! The ratios as a picture: one bar a figure, and a mark where it may end.

use crate::{
    case::{Bar, Figure},
    table,
};

const LINE: usize = 18;
const LEFT: usize = 340;
const WIDTH: usize = 360;

/// An SVG of all figures that have a bar. Full width is twice what is allowed.
pub(crate) fn draw(figures: &[Figure]) -> String {
    let drawn: Vec<_> = figures
        .iter()
        .filter_map(|figure| Some((figure, share(figure)?)))
        .collect();
    let height = (drawn.len() + 2) * LINE;
    let full = LEFT + WIDTH + 120;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{full}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    for (number, (figure, share)) in drawn.into_iter().enumerate() {
        let (top, text) = (number * LINE + LINE / 2, number * LINE + LINE / 2 + 12);
        let length = (share.clamp(0.0, 2.0) * WIDTH as f64 / 2.0) as usize;
        let colour = if figure.is_over() {
            "#c0392b"
        } else {
            "#2e7d57"
        };
        let label = escaped(&format!(
            "{} {}, {}, {}",
            figure.number, figure.what, figure.runtime, figure.unit
        ));
        let end = LEFT + WIDTH + 6;
        let found = escaped(&format!(
            "{} ({})",
            table::value(figure),
            table::bar(figure.bar)
        ));
        svg.push_str(&format!(
            "<text x=\"4\" y=\"{text}\">{label}</text>\
             <rect x=\"{LEFT}\" y=\"{top}\" width=\"{length}\" height=\"12\" fill=\"{colour}\"/>\
             <text x=\"{end}\" y=\"{text}\">{found}</text>\n"
        ));
    }
    let (allowed, bottom) = (LEFT + WIDTH / 2, height - LINE);
    svg.push_str(&format!(
        "<line x1=\"{allowed}\" y1=\"0\" x2=\"{allowed}\" y2=\"{bottom}\" stroke=\"black\"/>\
         <text x=\"{allowed}\" y=\"{}\" text-anchor=\"middle\">the bar</text>\n</svg>\n",
        height - 4
    ));
    svg
}

/// The value as a share of what is allowed.
fn share(figure: &Figure) -> Option<f64> {
    match figure.bar {
        Bar::Ratio(bar) | Bar::Extra(bar) | Bar::Spread(bar) => Some(figure.value / bar),
        Bar::None => None,
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Runtime, Unit};

    #[test]
    fn what_is_over_is_red_and_text_is_escaped() {
        let figure = Figure {
            number: 1,
            what: "spawn",
            runtime: Runtime::Smol,
            unit: Unit::Time,
            native: 1.0,
            facade: 2.0,
            value: 2.0,
            bar: Bar::Ratio(1.1),
            reached: None,
            note: String::new(),
        };
        let svg = draw(&[figure]);
        assert!(
            svg.contains("#c0392b") && svg.contains("(&lt;= 1.10)"),
            "{svg}"
        );
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"));
    }
}
