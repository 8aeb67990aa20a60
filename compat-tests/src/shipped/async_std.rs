//! async-std: with `run`, and somebody's program.

use anyrt_async_std::{AsyncStd, AsyncStdRuntime};
use anyrt_core::{Backend, Capabilities};

use crate::{BoxFuture, Harness};

/// async-std's global runtime, with `run`.
#[derive(Debug)]
pub struct AsyncStdOwned;

impl Harness for AsyncStdOwned {
    type Launch = AsyncStdRuntime;
    const NAME: &'static str = "async-std";

    fn launch() -> AsyncStdRuntime {
        AsyncStdRuntime::new()
    }
}

/// Inside `async_std::task::block_on`, which is `#[async_std::main]`.
#[derive(Debug)]
pub struct AsyncStdAmbient;

impl Harness for AsyncStdAmbient {
    type Launch = AsyncStdRuntime;
    const NAME: &'static str = "async-std-ambient";

    fn launch() -> AsyncStdRuntime {
        AsyncStdRuntime::new()
    }

    fn capabilities() -> Capabilities {
        AsyncStd::new().capabilities()
    }

    fn enter(main: BoxFuture) {
        async_std::task::block_on(main);
    }

    fn is_ambient() -> bool {
        true
    }
}
