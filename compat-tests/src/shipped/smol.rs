//! smol: executors of our own, somebody's program, and as if anyrt had never heard of it.

use anyrt::runtime::{self, Handle};
use anyrt_core::{Backend, Capabilities};
use anyrt_smol::{Smol, SmolRuntime};

use super::Erased;
use crate::{BoxFuture, Harness};

/// smol with one worker.
#[derive(Debug)]
pub struct SmolOne;

impl Harness for SmolOne {
    type Launch = SmolRuntime;
    const NAME: &'static str = "smol-1";

    fn launch() -> SmolRuntime {
        SmolRuntime::new(Some(1)).expect("smol starts")
    }
}

/// smol without workers: everything on the calling thread.
#[derive(Debug)]
pub struct SmolZero;

impl Harness for SmolZero {
    type Launch = SmolRuntime;
    const NAME: &'static str = "smol-0";

    fn launch() -> SmolRuntime {
        SmolRuntime::current_thread().expect("smol starts")
    }
}

/// smol with four workers.
#[derive(Debug)]
pub struct SmolFour;

impl Harness for SmolFour {
    type Launch = SmolRuntime;
    const NAME: &'static str = "smol-4";

    fn launch() -> SmolRuntime {
        SmolRuntime::new(Some(4)).expect("smol starts")
    }
}

/// Inside `smol::block_on`: a program that keeps its own main.
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
        // Where smol is not the only backend, a program has to say that it lives there.
        match runtime::try_current() {
            Ok(_found) => smol::block_on(main),
            Err(_) => smol::block_on(Handle::native("smol").expect("it is on").around(main)),
        }
    }

    fn is_ambient() -> bool {
        true
    }
}

/// smol with four workers, erased.
#[derive(Debug)]
pub struct SmolErased;

impl Harness for SmolErased {
    type Launch = Erased<SmolRuntime>;
    const NAME: &'static str = "smol-erased";

    fn launch() -> Self::Launch {
        Erased::new(SmolFour::launch())
    }
}
