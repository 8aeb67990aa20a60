//! What `#[anyrt::main]` and `#[anyrt::test]` expand to.
//!
//! Which backends are on only this crate knows: for each there is a macro that expands to the one or the
//! other of two parts.

use std::{
    fmt,
    future::Future,
    process::{ExitCode, Termination},
};

use crate::Builder;

macro_rules! ask {
    (($d:tt) $($name:ident $feature:literal)*) => {
        $(
            #[cfg(feature = $feature)]
            #[doc(hidden)]
            #[macro_export]
            macro_rules! $name {
                ({ $d($d on:tt)* } { $d($d off:tt)* }) => { $d($d on)* };
            }

            #[cfg(not(feature = $feature))]
            #[doc(hidden)]
            #[macro_export]
            macro_rules! $name {
                ({ $d($d on:tt)* } { $d($d off:tt)* }) => { $d($d off)* };
            }
        )*
    };
}

ask! { ($) __if_tokio "tokio" __if_smol "smol" __if_async_std "async-std" __if_sim "sim" }

/// What an async `main` or test has returned, on its task still.
#[derive(Debug)]
pub struct Returned<T>(pub T);

/// What is left of it at the end: what [`Termination`] makes of it, and it can leave its task.
pub type Ended = Result<ExitCode, Text>;

/// The text of an error, which is printed as the error would have been.
pub struct Text(String);

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<T: Termination, E: fmt::Debug> Returned<Result<T, E>> {
    /// Goes before [`Terminate::end`]: the error is printed where the run has ended, not on the task.
    pub fn end(self) -> Ended {
        match self.0 {
            Ok(value) => Ok(value.report()),
            Err(error) => Err(Text(format!("{error:?}"))),
        }
    }
}

/// The end of everything else that `main` may return.
pub trait Terminate {
    /// The exit code.
    fn end(self) -> Ended;
}

impl<T: Termination> Terminate for Returned<T> {
    fn end(self) -> Ended {
        Ok(self.0.report())
    }
}

/// A test on one backend.
#[track_caller]
pub fn test<Fut>(backend: &str, test: impl FnOnce() -> Fut) -> Fut::Output
where
    Fut: Future + Send + 'static,
    Fut::Output: Send + 'static,
{
    match Builder::new().backend(backend).run(test()) {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}

/// The same on the calling thread.
#[track_caller]
pub fn test_local<Fut: Future>(backend: &str, test: impl FnOnce() -> Fut) -> Fut::Output {
    match Builder::new().backend(backend).run_local(test()) {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}

#[cfg(feature = "sim")]
pub use seeds::{test_local_seeds, test_seeds};

#[cfg(feature = "sim")]
mod seeds {
    use std::{
        env,
        future::Future,
        panic::{self, AssertUnwindSafe},
        process::ExitCode,
        thread,
    };

    use anyrt_sim::{Order, SimRuntime};

    use super::Ended;
    use crate::{Builder, LaunchBuilder, RunError};

    /// The variable by which the simulation takes a seed.
    const VARIABLE: &str = "ANYRT_SIM_SEED";

    /// What a test on many seeds may return.
    pub trait Outcome {
        /// What went well.
        fn pass() -> Self;
        /// Whether it is a failure.
        fn has_failed(&self) -> bool;
    }

    impl Outcome for () {
        fn pass() {}

        fn has_failed(&self) -> bool {
            false
        }
    }

    impl Outcome for Ended {
        fn pass() -> Self {
            Ok(ExitCode::SUCCESS)
        }

        fn has_failed(&self) -> bool {
            self.as_ref()
                .map_or(true, |code| *code != ExitCode::SUCCESS)
        }
    }

    /// A test on the simulation, in so many orders.
    #[track_caller]
    pub fn test_seeds<Fut>(seeds: u64, test: impl Fn() -> Fut) -> Fut::Output
    where
        Fut: Future + Send + 'static,
        Fut::Output: Outcome + Send + 'static,
    {
        each(seeds, |launch| launch.run(test()))
    }

    /// The same on the calling thread.
    #[track_caller]
    pub fn test_local_seeds<Fut>(seeds: u64, test: impl Fn() -> Fut) -> Fut::Output
    where
        Fut: Future,
        Fut::Output: Outcome,
    {
        each(seeds, |launch| launch.run_local(test()))
    }

    /// The first failure, after a line that says how to repeat it. A seed that is named is the only one.
    #[track_caller]
    fn each<T: Outcome>(
        seeds: u64,
        run: impl Fn(LaunchBuilder<SimRuntime>) -> Result<T, RunError>,
    ) -> T {
        if env::var_os(VARIABLE).is_some() {
            // Not inside closures: the panics are to name the test.
            let runtime = match SimRuntime::from_env() {
                Ok(runtime) => runtime,
                Err(error) => panic!("{error}"),
            };
            return match run(Builder::launch(runtime)) {
                Ok(value) => value,
                Err(error) => panic!("{error}"),
            };
        }
        for seed in 0..seeds {
            let launch = Builder::launch(SimRuntime::new(Order::Seeded(seed)));
            let outcome = panic::catch_unwind(AssertUnwindSafe(|| run(launch)));
            if !matches!(&outcome, Ok(Ok(value)) if !value.has_failed()) {
                let test = thread::current();
                let test = test.name().unwrap_or("this test");
                eprintln!(
                    "{test} fails on seed {seed} of {seeds}; repeat it with: {VARIABLE}={seed} cargo test {test}"
                );
            }
            match outcome {
                Ok(Ok(value)) if value.has_failed() => return value,
                Ok(Ok(_)) => {}
                Ok(Err(error)) => panic!("{error}"),
                Err(payload) => panic::resume_unwind(payload),
            }
        }
        T::pass()
    }
}
