//! Times: both sides in turns in one process, so that what disturbs one disturbs the other.

use super::{again, median};
use crate::{
    arguments::Once,
    case::{Bar, Case, Figure, Row, Setting, Side, Timed, Unit},
};

/// How many pairs a median is of.
const PAIRS: usize = 11;

/// Threads of the runtimes that have several.
const WORKERS: usize = 2;

/// Operations in one sample of a spread, at least: small crowds are repeated.
const CROWD: usize = 100_000;

pub(crate) fn figure(row: &Row, index: usize, case: &Case) -> Option<Figure> {
    let timed = case.timed.as_ref()?;
    let (native, facade, value, note) = match (&timed.sizes[..], timed.unit) {
        (&[size], Unit::Resident) => resident(row, index, size)?,
        (&[size], _) => pairs(case, timed, size),
        (sizes, _) => spread(case, sizes),
    };
    let value = match timed.bar {
        Bar::Extra(_) => facade - native,
        _ => value,
    };
    Some(Figure {
        number: row.number,
        what: case.what,
        runtime: case.runtime,
        unit: timed.unit,
        native,
        facade,
        value,
        bar: timed.bar,
        reached: None,
        note,
    })
}

/// Native and facade figure, the value, a note.
type Found = (f64, f64, f64, String);

fn setting(case: &Case) -> Setting {
    Setting {
        runtime: case.runtime,
        workers: WORKERS,
    }
}

/// One sample, per operation.
fn sample(case: &Case, unit: Unit, side: Side, size: usize) -> f64 {
    let sample = side(setting(case), size);
    let taken = if unit == Unit::Processor {
        sample.processor
    } else {
        sample.time
    };
    taken.as_nanos() as f64 / size as f64
}

fn pairs(case: &Case, timed: &Timed, size: usize) -> Found {
    // Cold caches and the first threads of a pool.
    sample(case, timed.unit, case.native, size);
    sample(case, timed.unit, case.facade, size);
    let mut native = Vec::new();
    let mut facade = Vec::new();
    let mut ratios = Vec::new();
    for _ in 0..PAIRS {
        native.push(sample(case, timed.unit, case.native, size));
        facade.push(sample(case, timed.unit, case.facade, size));
        ratios.push(facade[facade.len() - 1] / native[native.len() - 1]);
    }
    (
        median(native),
        median(facade),
        median(ratios),
        String::new(),
    )
}

fn spread(case: &Case, sizes: &[usize]) -> Found {
    let mut native = Vec::new();
    let mut facade = Vec::new();
    for &size in sizes {
        let times = (CROWD / size).max(3);
        let often = |side: Side| {
            median(
                (0..times)
                    .map(|_| sample(case, Unit::Time, side, size))
                    .collect(),
            )
        };
        native.push(often(case.native));
        facade.push(often(case.facade));
    }
    let flatness = |figures: &[f64]| {
        let cheapest = figures.iter().copied().fold(f64::INFINITY, f64::min);
        figures.iter().copied().fold(0.0, f64::max) / cheapest
    };
    let each: Vec<_> = facade.iter().map(|figure| format!("{figure:.0}")).collect();
    let note = format!("{}; natively {:.2}", each.join(" "), flatness(&native));
    let largest = sizes.len() - 1;
    (native[largest], facade[largest], flatness(&facade), note)
}

/// In a fresh process for each side: an allocator keeps what it once had.
fn resident(row: &Row, index: usize, size: usize) -> Option<Found> {
    let side = |facade| -> Option<f64> {
        let once = Once {
            number: row.number,
            case: index,
            facade,
            workers: WORKERS,
            operations: size,
        };
        let output = again(&[], &once).ok()?.output().ok()?;
        let bytes: f64 = String::from_utf8(output.stdout).ok()?.trim().parse().ok()?;
        Some(bytes / size as f64)
    };
    let (native, facade) = (side(false)?, side(true)?);
    Some((native, facade, facade / native, String::new()))
}
