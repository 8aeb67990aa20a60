//! Runtimes that were there before the facade: a program that keeps its own main.

use anyrt_async_std::{AsyncStd, AsyncStdRuntime};
use anyrt_core::{Backend, Capabilities};
use anyrt_smol::{Smol, SmolRuntime};
use anyrt_tokio::TokioRuntime;

use crate::{BoxFuture, Harness};

/// Inside `#[tokio::main]`.
#[derive(Debug)]
pub struct TokioAmbient;

impl Harness for TokioAmbient {
    type Launch = TokioRuntime;
    const NAME: &'static str = "tokio-ambient";

    fn launch() -> TokioRuntime {
        TokioRuntime::multi_thread(Some(2)).expect("tokio starts")
    }

    fn enter(main: BoxFuture) {
        // What `#[tokio::main]` expands to.
        tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .expect("tokio starts")
            .block_on(main);
    }

    fn is_ambient() -> bool {
        true
    }
}

/// Inside `smol::block_on`.
#[derive(Debug)]
pub struct SmolAmbient;

impl Harness for SmolAmbient {
    type Launch = SmolRuntime;
    const NAME: &'static str = "smol-ambient";

    fn launch() -> SmolRuntime {
        SmolRuntime::new(Some(1)).expect("smol starts")
    }

    fn capabilities() -> Capabilities {
        Smol::global().capabilities()
    }

    fn enter(main: BoxFuture) {
        smol::block_on(main);
    }

    fn is_ambient() -> bool {
        true
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
