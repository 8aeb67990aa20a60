//! Every case, with its rules and its golden trace: a file for each area.
//!
//! Goldens are written by hand from the rule; nothing rewrites them. Identities are never reused: a
//! case that goes leaves a gap. An entry reads: identity, level, rules, what the backend must be able to
//! do, name, golden trace.

#[allow(clippy::wildcard_imports)]
use crate::cases::composition::{combinators::*, drops::*, moves::*, wakers::*};
#[cfg(unix)]
#[allow(clippy::wildcard_imports)]
use crate::cases::contract::sources::*;
#[allow(clippy::wildcard_imports)]
use crate::cases::sync::{
    channels::*, conditions::*, conserving::*, crossing::*, ends::*, exclusion::*, given_up::*,
    giving_up::*, grants::*, locks::*, meetings::*, places::*,
};
#[allow(clippy::wildcard_imports)]
use crate::cases::thread_orphans::*;
#[allow(clippy::wildcard_imports)]
use crate::cases::watching::*;
#[allow(clippy::wildcard_imports)]
use crate::cases::{
    aftermath::*, awaited_again::*, bounded::*, budget::*, checkpoints::*, cleanups::*,
    combinator_ends::*, context::*, contract::jobs::*, contract::tasks::*, contract::timers::*,
    cut_groups::*, cut_members::*, daemons::*, deadlines::*, entry::*, failures::*, from_thread::*,
    gathering::*, graces::*, groups::*, handles::*, holds::*, intervals::*, kept::*, limiter::*,
    local_groups::*, local_runs::*, lost_parts::*, moves::*, orphans::*, outside::*, overdue::*,
    owned_ends::*, owned_groups::*, portals::*, racing::*, reasons::*, reports::*, requests::*,
    scopes::*, shields::*, spawned_cleanups::*, start_ends::*, starts::*, threads::*, time::*,
    walks::*,
};
#[allow(clippy::wildcard_imports)]
use crate::cases::{lending::*, portal_refusals::*};
use crate::{
    Body, Case,
    Level::Must,
    Need::{
        Descriptors, OwnThreads, ParallelJobs, ParallelTasks, RealClock, Shutdown, VirtualClock,
    },
};

/// Makes the table of cases, the list of their names, and the macro that visits each name.
macro_rules! cases {
    (
        ($d:tt)
        $(
            $kind:ident since $since:literal {
                $(
                    $id:literal $level:ident [$($rule:ident)*] $(&[$($need:ident)*])?
                    $name:ident = $golden:literal;
                )*
            }
        )*
    ) => {
        /// All cases, in the order of the report.
        pub const CASES: &[Case] = &[
            $($(
                Case {
                    id: $id,
                    name: stringify!($name),
                    level: $level,
                    rules: &[$(stringify!($rule)),*],
                    since: $since,
                    needs: &[$($($need),*)?],
                    golden: $golden,
                    body: body!($kind $name),
                },
            )*)*
        ];

        /// A constant for each case, so that a waiver can be checked when it is compiled.
        #[doc(hidden)]
        #[allow(non_upper_case_globals, missing_docs)]
        pub mod names {
            $($(pub const $name: &str = stringify!($name);)*)*
        }

        /// Hands the names of all cases to the macro that makes the tests.
        #[doc(hidden)]
        #[macro_export]
        macro_rules! __anyrt_each_case {
            ($d($d arguments:tt)*) => {
                $crate::__anyrt_suite! { ($) $d($d arguments)* $($($name)*)* }
            };
        }
    };
}

macro_rules! body {
    (inside $name:ident) => {
        Body::Inside(|trace| Box::pin($name(trace)))
    };
    (launching $name:ident) => {
        Body::Launching($name)
    };
}

/// Joins the areas, each of which adds its entries to those before it, and makes the table of them all.
macro_rules! collect {
    ({ $area:ident $($rest:ident)* } $before:tt) => {
        $area! { { $($rest)* } $before }
    };
    ({} { $($entry:tt)* }) => {
        cases! { ($) $($entry)* }
    };
}

#[macro_use]
mod context;
#[macro_use]
mod contract;
#[macro_use]
mod runs;
#[macro_use]
mod cancellation;
#[macro_use]
mod tasks;
#[macro_use]
mod starts;
#[macro_use]
mod orphans;
#[macro_use]
mod concurrency;
#[macro_use]
mod cuts;
#[macro_use]
mod threads;
#[macro_use]
mod limits;
#[macro_use]
mod sync;
#[macro_use]
mod time;
#[macro_use]
mod walks;
#[macro_use]
mod reports;
#[macro_use]
mod watching;
#[macro_use]
mod composition;

collect! { { contract runs cancellation walks tasks starts orphans concurrency cuts threads context limits sync time composition watching reports } {} }
