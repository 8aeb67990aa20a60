//! What the facade costs: each row does the same work natively and through anyrt, and shows the ratio.
//!
//! ```text
//! cargo run --release -p anyrt-benches                 # every row
//! cargo run --release -p anyrt-benches -- spawn 4      # rows by word or number
//! cargo run --release -p anyrt-benches -- --check      # instructions only; fails where a bar breaks
//! cargo run --release -p anyrt-benches -- --plot out.svg
//! ```
//!
//! Times are medians of pairs that were run in turns in one process; on a busy machine they waver, so
//! they are shown and never fail. Instructions come from running this same program under
//! `valgrind --tool=callgrind` twice with different counts; they repeat, so `--check` compares them
//! with the bars; a bar that is known not to hold is held to what has been reached ([`reached`]).

#![forbid(unsafe_code)]

mod arguments;
mod case;
mod facade;
mod measure;
mod native;
mod plot;
mod reached;
mod rows;
mod table;
mod work;

use std::process::ExitCode;

use arguments::{Arguments, Mode};

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(text) => {
            eprintln!("{text}");
            return ExitCode::from(2);
        }
    };
    let rows = rows::all();
    if let Mode::Once(once) = &arguments.mode {
        return measure::once(&rows, once);
    }
    let chosen: Vec<_> = rows.iter().filter(|row| arguments.chooses(row)).collect();
    if chosen.is_empty() {
        eprintln!("no such row; there are: {}", rows::names(&rows));
        return ExitCode::from(2);
    }
    let check = matches!(arguments.mode, Mode::Check);
    let counter = measure::instructions::Counter::find();
    if let Err(reason) = &counter {
        eprintln!("note: instructions are not counted: {reason}");
        if check {
            return ExitCode::from(2);
        }
    }
    table::head();
    let mut figures = Vec::new();
    for row in chosen {
        for (index, case) in row.cases.iter().enumerate() {
            let mut found = Vec::new();
            if !check {
                found.extend(measure::wall::figure(row, index, case));
            }
            if let Ok(counter) = &counter {
                found.extend(counter.figure(row, index, case));
            }
            for figure in found {
                table::line(&figure);
                figures.push(figure);
            }
        }
    }
    if let Some(path) = &arguments.plot {
        if let Err(error) = std::fs::write(path, plot::draw(&figures)) {
            eprintln!("can not write {}: {error}", path.display());
            return ExitCode::from(2);
        }
    }
    table::foot(&figures);
    let worse = figures.iter().any(|figure| figure.is_worse());
    ExitCode::from(u8::from(check && worse))
}
