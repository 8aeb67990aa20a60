//! Measuring: times in this process, instructions and memory in child processes.

pub(crate) mod instructions;
pub(crate) mod wall;

use std::{
    env,
    process::{Command, ExitCode},
};

use crate::{
    arguments::Once,
    case::{Row, Setting},
};

/// Does what a child process was started for, and prints what it took.
pub(crate) fn once(rows: &[Row], once: &Once) -> ExitCode {
    let row = rows.iter().find(|row| row.number == once.number);
    let Some(case) = row.and_then(|row| row.cases.get(once.case)) else {
        eprintln!("no such case");
        return ExitCode::from(2);
    };
    let setting = Setting {
        runtime: case.runtime,
        workers: once.workers,
    };
    let sample = case.side(once.facade)(setting, once.operations);
    println!("{}", sample.resident);
    ExitCode::SUCCESS
}

/// This program, for one side of one case.
fn again(before: &[&str], once: &Once) -> Result<Command, String> {
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let mut command = match before {
        [] => Command::new(program),
        [tool, options @ ..] => {
            let mut command = Command::new(tool);
            command.args(options).arg(program);
            command
        }
    };
    command.args(["--once", &once.written()]);
    Ok(command)
}

/// The one in the middle.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        values[middle]
    } else {
        values[middle - 1].midpoint(values[middle])
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_the_middle_of_any_order() {
        assert_eq!(median(vec![9.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 9.0]), 3.0);
    }
}
