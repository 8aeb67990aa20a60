//! The facade's handle on a runtime: one variant for each backend that can be compiled in.
//!
//! A `match` instead of a virtual call keeps spawning and timers at the runtime's own price: boxing
//! a spawn costs 20 to 76 % more instructions. This module alone knows which backends there are; the
//! types that users see carry no parameter.

// The arm of a backend that is not compiled in can not be reached: its type has no values.
#![allow(unreachable_code)]

use std::{
    any::Any,
    future::Future,
    io,
    panic::Location,
    sync::Arc,
    task::{Context, Poll},
};

use anyrt_core::{
    Backend, Describe, ErasedBackend, Gone, Instant, Origin, RuntimeHandle, RuntimeId, Shared,
};

#[cfg(feature = "async-std")]
pub(crate) use anyrt_async_std::AsyncStd;
#[cfg(feature = "sim")]
pub(crate) use anyrt_sim::Sim;
#[cfg(feature = "smol")]
pub(crate) use anyrt_smol::Smol;
#[cfg(feature = "tokio")]
pub(crate) use anyrt_tokio::Tokio;

#[cfg(not(feature = "async-std"))]
use super::absent::Absent as AsyncStd;
#[cfg(not(feature = "sim"))]
use super::absent::Absent as Sim;
#[cfg(not(feature = "smol"))]
use super::absent::Absent as Smol;
#[cfg(not(feature = "tokio"))]
use super::absent::Absent as Tokio;
use super::{
    erased::Erased,
    timer::{Grid, NativeTimer},
};

/// A runtime, built in or a third party's.
#[derive(Clone)]
pub(crate) enum AnyBackend {
    Tokio(Tokio),
    Smol(Smol),
    AsyncStd(AsyncStd),
    Sim(Sim),
    Other(Erased),
}

/// The future of a task that the program spawned somewhere.
pub(crate) trait Spawned {
    /// Where, and under which name.
    fn origin(&self) -> Origin;
}

macro_rules! each {
    ($handle:expr, $backend:ident => $value:expr) => {
        match $handle {
            AnyBackend::Tokio($backend) => $value,
            AnyBackend::Smol($backend) => $value,
            AnyBackend::AsyncStd($backend) => $value,
            AnyBackend::Sim($backend) => $value,
            AnyBackend::Other($backend) => $value,
        }
    };
}

impl AnyBackend {
    /// Finds the variant of a backend whose type is only known to the caller.
    pub(crate) fn of<B: Backend>(backend: &B) -> Self {
        let any: &dyn Any = backend;
        if let Some(tokio) = any.downcast_ref::<Tokio>() {
            Self::Tokio(tokio.clone())
        } else if let Some(smol) = any.downcast_ref::<Smol>() {
            Self::Smol(smol.clone())
        } else if let Some(async_std) = any.downcast_ref::<AsyncStd>() {
            Self::AsyncStd(async_std.clone())
        } else if let Some(sim) = any.downcast_ref::<Sim>() {
            Self::Sim(sim.clone())
        } else {
            Self::Other(Erased(Arc::new(backend.clone())))
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        each!(self, backend => Backend::name(backend))
    }

    pub(super) fn id(&self) -> RuntimeId {
        each!(self, backend => Backend::id(backend))
    }

    pub(crate) fn spawn<F>(&self, task: F) -> Result<(), Gone>
    where
        F: Future<Output = ()> + Spawned + Send + 'static,
    {
        match self {
            // They name nothing in what they report, and a spawn is to cost no copy of a name.
            Self::Tokio(backend) => backend.spawn(task),
            Self::Smol(backend) => backend.spawn(task),
            Self::AsyncStd(backend) => backend.spawn(task),
            Self::Sim(backend) => backend.spawn_from(task.origin(), task),
            Self::Other(backend) => backend.spawn_from(task.origin(), task),
        }
    }

    /// Runs a job that the program asked for at `place`.
    pub(crate) fn spawn_blocking<J>(
        &self,
        place: &'static Location<'static>,
        job: J,
    ) -> io::Result<()>
    where
        J: FnOnce() + Send + 'static,
    {
        each!(self, backend => Backend::spawn_blocking_from(backend, place, job))
    }

    /// Tells the runtime how to describe what runs in it.
    pub(crate) fn describe_with(&self, describe: Describe) {
        each!(self, backend => Backend::describe_with(backend, describe));
    }

    pub(crate) fn now(&self) -> Instant {
        each!(self, backend => Backend::now(backend))
    }

    /// Blocks this thread until the future is ready.
    pub(crate) fn block_until<T>(&self, poll: &mut dyn FnMut(&mut Context<'_>) -> Poll<T>) -> T {
        let mut value = None;
        let mut poll = |cx: &mut Context<'_>| poll(cx).map(|ready| value = Some(ready));
        each!(self, backend => Backend::block_until(backend, &mut poll));
        value.expect("the thread is blocked until there is a value")
    }

    /// Whether this thread polls this runtime's tasks, as far as the runtime can tell.
    pub(crate) fn is_polling_here(&self) -> bool {
        each!(self, backend => Backend::on_runtime_thread(backend))
    }

    /// The grid that deadlines on this runtime share.
    pub(super) fn grid(&self, shared: &Shared) -> Grid {
        match self {
            Self::Tokio(_) => Grid::Elsewhere,
            _ => shared.origin().map_or(Grid::Elsewhere, Grid::From),
        }
    }

    #[inline]
    pub(super) fn native_timer(&self, at: Option<Instant>) -> NativeTimer {
        match self {
            Self::Tokio(backend) => NativeTimer::Tokio {
                timer: backend.timer(at),
            },
            Self::Smol(backend) => NativeTimer::Smol {
                timer: backend.timer(at),
            },
            Self::AsyncStd(backend) => NativeTimer::AsyncStd {
                timer: backend.timer(at),
            },
            Self::Sim(backend) => NativeTimer::Sim {
                timer: backend.timer(at),
            },
            Self::Other(backend) => NativeTimer::Other {
                timer: backend.timer(at),
            },
        }
    }
}

/// The types of timer, for the enum that holds one of them.
pub(super) type TimerOf<B> = <B as Backend>::Timer;
pub(super) type TokioTimer = TimerOf<Tokio>;
pub(super) type SmolTimer = TimerOf<Smol>;
pub(super) type AsyncStdTimer = TimerOf<AsyncStd>;
pub(super) type SimTimer = TimerOf<Sim>;
pub(super) type OtherTimer = TimerOf<Erased>;

impl RuntimeHandle for AnyBackend {
    fn now(&self) -> Instant {
        self.now()
    }

    fn erased(&self) -> Arc<dyn ErasedBackend> {
        match self {
            Self::Other(backend) => Arc::clone(&backend.0),
            _ => each!(self, backend => Arc::new(backend.clone())),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
