//! What the registry knows about a case.

use std::fmt;

use crate::{BoxFuture, Trace, rig::Rig};

/// One behaviour, proved by one function and one golden trace.
#[derive(Debug)]
#[non_exhaustive]
pub struct Case {
    /// Stable, never reused: `"T-012"`.
    pub id: &'static str,
    /// The function, and the name of its `#[test]`.
    pub name: &'static str,
    /// Whether a backend may do otherwise for a good reason.
    pub level: Level,
    /// The rules of [`spec`](crate::spec) that it proves.
    pub rules: &'static [&'static str],
    /// The version of the suite that brought it.
    pub since: &'static str,
    /// What a backend must be able to do for the case to mean anything.
    pub needs: &'static [Need],
    /// What is to be logged: a line for each lane, `lane: event event`.
    pub golden: &'static str,
    /// The function itself.
    pub body: Body,
}

/// How much a rule binds, as in RFC 2119.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// No backend may do otherwise.
    Must,
    /// A backend may do otherwise for a stated reason.
    Should,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
        })
    }
}

/// What a case asks of a backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Need {
    /// [`Capabilities::own_threads`](anyrt_core::Capabilities::own_threads).
    OwnThreads,
    /// [`Capabilities::parallel_tasks`](anyrt_core::Capabilities::parallel_tasks).
    ParallelTasks,
    /// [`Capabilities::descriptors`](anyrt_core::Capabilities::descriptors).
    Descriptors,
    /// [`Capabilities::shutdown`](anyrt_core::Capabilities::shutdown).
    Shutdown,
    /// [`Capabilities::real_clock`](anyrt_core::Capabilities::real_clock).
    RealClock,
    /// The opposite of the above.
    VirtualClock,
    /// A blocking job runs beside the tasks and beside other jobs.
    ParallelJobs,
}

/// The two kinds of case.
#[derive(Clone, Copy)]
pub enum Body {
    /// Runs inside the facade, on the harness's runtime.
    Inside(fn(Trace) -> BoxFuture),
    /// Starts runtimes itself: about the contract, or about `run`.
    Launching(fn(&Rig, &Trace)),
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Inside(_) => "Inside",
            Self::Launching(_) => "Launching",
        })
    }
}
