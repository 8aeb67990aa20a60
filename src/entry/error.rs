//! Why a run could not start, or did not end in time.

use std::{error, fmt, io, panic::Location, time::Duration};

use crate::{
    debug::{OverdueScope, TaskTree},
    runtime::NoRuntime,
};

/// `run` did not take place, or did not end in time. Each text says what to do, in one line; [`Unfinished`](Self::Unfinished) has one more for all
/// that it names.
#[derive(Debug)]
#[non_exhaustive]
pub enum RunError {
    /// No backend is compiled in.
    NoBackend,
    /// Several are compiled in, and none was named.
    Ambiguous {
        /// The names to choose from.
        compiled: Vec<&'static str>,
    },
    /// There is no backend of this name.
    Unknown {
        /// What was asked for.
        name: String,
        /// The names to choose from.
        compiled: Vec<&'static str>,
    },
    /// The backend exists, but its feature is not on.
    NotCompiledIn {
        /// The feature to turn on.
        name: &'static str,
        /// The names to choose from.
        compiled: Vec<&'static str>,
    },
    /// The call was made inside a runtime, where it would block a thread that polls, or can not be told from one that
    /// does.
    Nested {
        /// What is around the caller.
        inside: &'static str,
    },
    /// An option that the chosen backend does not have.
    Unsupported {
        /// The backend.
        backend: &'static str,
        /// The option.
        option: &'static str,
    },
    /// `run_local` was given a number of worker threads.
    LocalWorkers,
    /// The runtime could not be started.
    Launch(io::Error),
    /// The shutdown timeout passed; what is named here was left behind.
    #[non_exhaustive]
    Unfinished {
        /// The timeout.
        after: Duration,
        /// Tasks that had not ended.
        tasks: usize,
        /// Worker-thread functions that had not ended.
        jobs: usize,
        /// The cancelled tasks among them that something holds.
        overdue: Vec<OverdueScope>,
        /// The tasks, with their names, places, and what holds in them, in the groups that they are in.
        left: TaskTree,
        /// Where the functions were called that had not ended.
        functions: Vec<&'static Location<'static>>,
    },
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBackend => NoRuntime::COMPILED_IN.fmt(f),
            Self::Ambiguous { compiled } => write!(
                f,
                "several backends are compiled in ({}) and none is named: an application names its own, by \
                 `#[anyrt::main(backend = \"{one}\")]` or `anyrt::Builder::new().backend(\"{one}\")`; or set \
                 ANYRT_BACKEND to one of them",
                compiled.join(", "),
                one = compiled.first().unwrap_or(&"tokio")
            ),
            Self::Unknown { name, compiled } => write!(
                f,
                "there is no backend named `{name}`: choose {}",
                choices(compiled)
            ),
            Self::NotCompiledIn { name, compiled } => write!(
                f,
                "the backend `{name}` is not compiled in: turn on anyrt's feature `{name}`, or choose {}",
                choices(compiled)
            ),
            Self::Nested { inside } => write!(
                f,
                "anyrt's run was called inside {inside}, and does not nest: async code awaits the future, anyrt works \
                 there without `run`; blocking code, in `to_thread` or in tokio's `spawn_blocking`, calls through an \
                 `anyrt::thread::Portal` that the async code has opened, or in `to_thread` through `from_thread::run`"
            ),
            Self::Unsupported { backend, option } => write!(
                f,
                "the backend `{backend}` has no option `{option}`: leave it out, or choose another backend"
            ),
            Self::LocalWorkers => f.write_str(
                "a local run polls everything on the calling thread: leave `worker_threads` out, or call `run`",
            ),
            Self::Launch(error) => write!(f, "the runtime could not be started: {error}"),
            Self::Unfinished {
                after,
                tasks,
                jobs,
                overdue,
                left,
                functions,
            } => {
                write!(
                    f,
                    "the run did not end within {after:?} of its main future: {tasks} tasks and {jobs} \
                     worker-thread functions were left behind; raise `Builder::shutdown_timeout` or bound what \
                     they wait for"
                )?;
                overdue.iter().try_for_each(|scope| write!(f, "; {scope}"))?;
                for line in left.to_string().lines() {
                    write!(f, "\n  {line}")?;
                }
                functions.iter().try_for_each(|place| {
                    write!(f, "\n  a function on a worker thread, called at {place}")
                })
            }
        }
    }
}

fn choices(compiled: &[&'static str]) -> String {
    match compiled {
        [] => "one after turning its feature on".to_owned(),
        names => format!("one of: {}", names.join(", ")),
    }
}

impl error::Error for RunError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Launch(error) => Some(error),
            _ => None,
        }
    }
}
