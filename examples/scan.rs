//! Sums directory trees with the library `tree-sum`, which names no runtime. This program chooses one.
//!
//! ```text
//! cargo run --example scan --features tokio -- PATH… [--threads N] [--timeout SECONDS] [--exclude NAME] [--stats]
//! ```
//!
//! Standard output: one line for each regular file, `lines bytes crc32 path`, sorted by the bytes of the
//! path, and a total; the same on every backend. Everything else is on standard error. Names that are
//! not UTF-8, or not one line, are printed with escapes (`\xff`, `\n`, and `\\` for a backslash).
//!
//! Exit codes: 0; 1 if something could not be read; 2 if nothing was scanned, because of the arguments or the
//! backend; 124 if the timeout passed, after the files that were done.

use std::{
    env,
    ffi::{OsStr, OsString},
    fs,
    io::{self, BufWriter, IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use anyrt::sync::CapacityLimiter;
use tree_sum::{Progress, Report, Scan};

const USAGE: &str =
    "usage: scan PATH... [--threads N] [--timeout SECONDS] [--exclude NAME] [--stats]";

fn main() -> ExitCode {
    let request = match Request::parse(env::args_os().skip(1)) {
        Ok(request) => request,
        Err(mistake) => {
            say(&format!("scan: {mistake}"));
            return ExitCode::from(2);
        }
    };
    let stats = request.stats;
    match anyrt::Builder::new().run(scan(request)) {
        Ok(report) => finish(&report, stats),
        Err(error) => {
            say(&format!("scan: {error}"));
            ExitCode::from(2)
        }
    }
}

/// The scan, with a line of progress beside it where somebody is watching.
async fn scan(request: Request) -> Report {
    say(&format!("backend: {}", anyrt::runtime::current_backend()));
    let mut scan = Scan::new(request.paths).exclude("target").exclude(".git");
    for name in request.excluded {
        scan = scan.exclude(name);
    }
    if let Some(count) = request.threads {
        scan = scan.threads(&CapacityLimiter::new(count));
    }
    if let Some(timeout) = request.timeout {
        scan = scan.timeout(timeout);
    }
    anyrt::task_group(async |tg| {
        if io::stderr().is_terminal() {
            tg.spawn(show(scan.progress()));
        }
        let report = scan.run().await;
        tg.cancel();
        report
    })
    .await
}

/// Repeats the line of progress until it is cancelled, and removes it then.
async fn show(progress: Progress) {
    struct Clear;

    impl Drop for Clear {
        fn drop(&mut self) {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }

    let _clear = Clear;
    loop {
        let so_far = progress.so_far();
        let _ = write!(
            io::stderr(),
            "\r{} files, {} bytes\x1b[K",
            so_far.files,
            so_far.bytes
        );
        anyrt::sleep(Duration::from_millis(100)).await;
    }
}

fn finish(report: &Report, stats: bool) -> ExitCode {
    if let Err(error) = print(report) {
        // Whoever reads has seen enough.
        if error.kind() == io::ErrorKind::BrokenPipe {
            return ExitCode::SUCCESS;
        }
        say(&format!("scan: the result can not be written: {error}"));
        return ExitCode::FAILURE;
    }
    if stats {
        say(&report.statistics.to_string());
    }
    for unreadable in &report.unreadable {
        say(&format!("scan: can not read {unreadable}"));
    }
    if !report.complete {
        say("scan: the timeout passed; only what was done by then is listed");
        return ExitCode::from(124);
    }
    if !report.unreadable.is_empty() {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn print(report: &Report) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for file in &report.files {
        writeln!(out, "{file}")?;
    }
    writeln!(out, "{}", report.total())?;
    out.flush()
}

/// A line on standard error, which may be closed.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// What the command line asks for.
#[derive(Debug, Default)]
struct Request {
    paths: Vec<PathBuf>,
    excluded: Vec<OsString>,
    threads: Option<usize>,
    timeout: Option<Duration>,
    stats: bool,
}

impl Request {
    /// Each mistake is one line that says what to do.
    fn parse(mut arguments: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let mut request = Self::default();
        while let Some(argument) = arguments.next() {
            let mut value = |what| {
                arguments
                    .next()
                    .ok_or_else(|| format!("{argument:?} needs {what}; {USAGE}"))
            };
            match argument.to_str() {
                Some("--stats") => request.stats = true,
                Some("--exclude") => request.excluded.push(value("a name")?),
                Some("--threads") => request.threads = Some(threads(&value("a number")?)?),
                Some("--timeout") => request.timeout = Some(timeout(&value("seconds")?)?),
                Some("--") => request.paths.extend(arguments.by_ref().map(PathBuf::from)),
                Some(option) if option.starts_with('-') => {
                    return Err(format!("there is no option {option:?}; {USAGE}"));
                }
                _ => request.paths.push(argument.into()),
            }
        }
        if request.paths.is_empty() {
            return Err(format!("no path is given; {USAGE}"));
        }
        request.paths.iter().try_for_each(check)?;
        Ok(request)
    }
}

fn threads(value: &OsStr) -> Result<usize, String> {
    value
        .to_str()
        .and_then(|text| text.parse().ok())
        .filter(|count| *count > 0)
        .ok_or_else(|| format!("--threads needs a whole number from 1 on, not {value:?}"))
}

fn timeout(value: &OsStr) -> Result<Duration, String> {
    value
        .to_str()
        .and_then(|text| text.parse().ok())
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| format!("--timeout needs seconds, such as 2 or 0.5, not {value:?}"))
}

/// The scan itself would pass over these: it may meet anything in a tree.
fn check(path: &PathBuf) -> Result<(), String> {
    let kind = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata.file_type(),
        Err(error) => return Err(format!("{path:?}: {error}")),
    };
    if kind.is_symlink() {
        return Err(format!(
            "{path:?} is a symbolic link, which is not followed: give its target"
        ));
    }
    if !kind.is_dir() && !kind.is_file() {
        return Err(format!(
            "{path:?} is neither a regular file nor a directory"
        ));
    }
    Ok(())
}
