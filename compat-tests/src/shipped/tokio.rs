//! tokio: its own runtime, somebody's, and as if anyrt had never heard of it.

use anyrt_tokio::TokioRuntime;

use super::Erased;
use crate::{BoxFuture, Harness};

/// tokio with four workers.
#[derive(Debug)]
pub struct TokioFour;

impl Harness for TokioFour {
    type Launch = TokioRuntime;
    const NAME: &'static str = "tokio-4";

    fn launch() -> TokioRuntime {
        TokioRuntime::multi_thread(Some(4)).expect("tokio starts")
    }
}

/// tokio on the calling thread.
#[derive(Debug)]
pub struct TokioOne;

impl Harness for TokioOne {
    type Launch = TokioRuntime;
    const NAME: &'static str = "tokio-1";

    fn launch() -> TokioRuntime {
        TokioRuntime::current_thread().expect("tokio starts")
    }
}

/// Inside `#[tokio::main]`: a program that keeps its own main.
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

/// tokio with four workers, erased.
#[derive(Debug)]
pub struct TokioErased;

impl Harness for TokioErased {
    type Launch = Erased<TokioRuntime>;
    const NAME: &'static str = "tokio-erased";

    fn launch() -> Self::Launch {
        Erased::new(TokioFour::launch())
    }
}
