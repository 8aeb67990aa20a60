//! Runs the suite on the backends that anyrt ships.

use std::{fs, process::ExitCode};

use anyrt_compat_tests::{
    CASES, Column, Outcome,
    report::{Report, table},
    shipped, spec,
};

const USAGE: &str = "\
usage: anyrt-compat-tests --backend all|NAME[,NAME...] [--case ID|NAME] [--json FILE]
                          [--seeds COUNT] [--first-failure]
       anyrt-compat-tests --list [--rules]

  --backend  the columns to run
  --case     only cases whose identity is ID, or whose name contains NAME
  --json     also write the results to FILE
  --seeds    on how many seeds each case runs on sim; 200 unless given
  --first-failure  stop after the first case that fails
  --list     the identities, one a line; with --rules, which cases prove which rule";

fn main() -> ExitCode {
    match Options::parse(std::env::args().skip(1)) {
        Err(error) => {
            eprintln!("{error}\n{USAGE}");
            ExitCode::from(2)
        }
        Ok(options) if options.rules => rules(),
        Ok(options) if options.list => {
            CASES.iter().for_each(|case| println!("{}", case.id));
            ExitCode::SUCCESS
        }
        Ok(options) => run(&options),
    }
}

#[derive(Default)]
struct Options {
    columns: Vec<Column>,
    case: Option<String>,
    json: Option<String>,
    first_failure: bool,
    list: bool,
    rules: bool,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            let mut value = || {
                arguments
                    .next()
                    .ok_or_else(|| format!("{argument} needs a value"))
            };
            match argument.as_str() {
                "--backend" => options.columns = columns(&value()?)?,
                "--case" => options.case = Some(value()?),
                "--json" => options.json = Some(value()?),
                "--seeds" => {
                    let count = value()?;
                    let count = count
                        .parse()
                        .map_err(|_| format!("--seeds takes a number, not {count}"))?;
                    set_seeds(count)?;
                }
                "--first-failure" => options.first_failure = true,
                "--list" => options.list = true,
                "--rules" => options.rules = true,
                other => return Err(format!("there is no option {other}")),
            }
        }
        if options.columns.is_empty() && !options.list && !options.rules {
            return Err("name a backend".to_owned());
        }
        Ok(options)
    }
}

#[cfg(feature = "sim")]
fn set_seeds(count: u64) -> Result<(), String> {
    shipped::set_seeds(count);
    Ok(())
}

#[cfg(not(feature = "sim"))]
fn set_seeds(_count: u64) -> Result<(), String> {
    Err("--seeds needs the feature `sim`: only a simulation has seeds".to_owned())
}

fn columns(names: &str) -> Result<Vec<Column>, String> {
    if names == "all" {
        return Ok(shipped::COLUMNS.to_vec());
    }
    let find = |name: &str| {
        let found = shipped::COLUMNS.iter().find(|column| column.name == name);
        found.copied().ok_or_else(|| {
            let known: Vec<_> = shipped::COLUMNS.iter().map(|column| column.name).collect();
            format!(
                "there is no column {name}: choose from {}",
                known.join(", ")
            )
        })
    };
    names.split(',').map(find).collect()
}

fn run(options: &Options) -> ExitCode {
    // Cases panic on purpose; what matters of a panic is in the failure's own text.
    std::panic::set_hook(Box::new(|_| {}));
    // They also lose errors on purpose.
    anyrt::debug::on_unhandled_error(drop);
    let chosen: Vec<_> = CASES
        .iter()
        .filter(|case| {
            let wanted = options.case.as_deref();
            wanted.is_none_or(|wanted| case.id == wanted || case.name.contains(wanted))
        })
        .collect();
    if chosen.is_empty() {
        eprintln!(
            "no case is named {}",
            options.case.as_deref().unwrap_or("that")
        );
        return ExitCode::from(2);
    }
    let mut reports = Vec::new();
    for column in &options.columns {
        let mut verdicts = Vec::new();
        for case in &chosen {
            let verdict = column.run(case);
            let failed = matches!(verdict.outcome, Outcome::Failed(_) | Outcome::Hung(_));
            verdicts.push(verdict);
            if failed && options.first_failure {
                break;
            }
        }
        let report = Report::new(column.name, verdicts);
        report.failures().for_each(|failure| println!("{failure}"));
        for (reason, count) in report.reasons() {
            println!("{}: {count} skipped: {reason}", column.name);
        }
        reports.push(report);
    }
    println!("\n{}", table(&reports));
    if let Some(path) = &options.json {
        let text = format!(
            "[{}]\n",
            reports
                .iter()
                .map(Report::json)
                .collect::<Vec<_>>()
                .join(",\n")
        );
        if let Err(error) = fs::write(path, text) {
            eprintln!("{path} could not be written: {error}");
            return ExitCode::from(2);
        }
    }
    let (passed, failed) = reports
        .iter()
        .map(Report::tally)
        .fold((0, 0), |(passed, failed), tally| {
            (passed + tally.passed, failed + tally.failed)
        });
    println!("{passed} passed, {failed} failed");
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Which cases prove which rule, and what proves a rule that no case does.
fn rules() -> ExitCode {
    let rules = spec::rules();
    let mut bare = 0;
    for rule in &rules {
        let proofs: Vec<_> = CASES
            .iter()
            .filter(|case| case.rules.contains(&rule.id))
            .map(|case| case.id)
            .collect();
        match (proofs.is_empty(), rule.mark()) {
            (false, None) => println!("{}: {}", rule.id, proofs.join(" ")),
            (false, Some(mark)) => println!("{}: {} and {mark}", rule.id, proofs.join(" ")),
            (true, Some(mark)) => println!("{}: {mark}", rule.id),
            (true, None) => {
                bare += 1;
                println!("{}: NOTHING PROVES IT", rule.id);
            }
        }
    }
    println!(
        "{} rules, {} cases, {bare} rules without a proof",
        rules.len(),
        CASES.len()
    );
    if bare == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
