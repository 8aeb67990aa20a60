//! What a call is told that has no runtime to run on (rule R2).

use std::{error, fmt, panic::Location};

use super::known::{self, Known};

/// Panics on behalf of a future that was made at `place`, which is what its caller knows of it.
#[cold]
#[inline(never)]
pub(crate) fn no_runtime_at(error: NoRuntime, place: &Location<'_>) -> ! {
    panic!("{error}; the call is at {place}")
}

/// There is no runtime for a call to run on. Its text is one line that says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRuntime {
    why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// Nothing is around the caller that could be seen, and no backend takes calls from everywhere.
    NotAround,
    /// No backend is compiled in.
    NoBackend,
    /// This one is not compiled in, and was asked for.
    NotCompiledIn(Known),
    /// A runtime that every thread shares was asked for, and not of a backend that has one.
    NotNative,
}

impl NoRuntime {
    /// There is none around the caller.
    pub(super) const AROUND: Self = Self {
        why: Why::NotAround,
    };
    /// There is none in the program.
    pub(crate) const COMPILED_IN: Self = Self {
        why: Why::NoBackend,
    };
    /// That backend's runtimes are not shared by every thread.
    pub(super) const NOT_NATIVE: Self = Self {
        why: Why::NotNative,
    };

    /// The backend has none that every thread shares, or is not there.
    pub(super) fn of_every_thread(known: Known) -> Self {
        let why = match known.works_from_any_thread() {
            true => Why::NotCompiledIn(known),
            false => Why::NotNative,
        };
        Self { why }
    }
}

impl error::Error for NoRuntime {}

impl fmt::Display for NoRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.why {
            Why::NotAround => match known::real(&Known::compiled()).as_slice() {
                [] if !Known::Sim.is_compiled_in() => no_backend(f),
                real => not_around(real, f),
            },
            Why::NoBackend => no_backend(f),
            Why::NotCompiledIn(known) => write!(
                f,
                "the backend `{name}` is not compiled in: turn on anyrt's feature `{name}`",
                name = known.name()
            ),
            Why::NotNative => f.write_str(
                "`Handle::native` gives the runtimes that every thread shares, of \"smol\" and of \"async-std\": a tokio \
                 runtime is found wherever it is around, and others inside `anyrt::run`",
            ),
        }
    }
}

fn no_backend(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(
        "anyrt has no runtime: turn on one of its features `tokio`, `smol`, `async-std` or `sim` in the application, \
         for example `cargo run --features tokio` or `anyrt = { version = \"0.1\", features = [\"tokio\"] }`",
    )
}

fn not_around(real: &[Known], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("no runtime around this call: make it inside `anyrt::run`")?;
    if real.contains(&Known::Tokio) {
        f.write_str(" or a tokio runtime")?;
    }
    let shared: Vec<_> = real
        .iter()
        .filter(|known| known.works_from_any_thread())
        .map(|known| known.name())
        .collect();
    if let Some(name) = shared.first() {
        // The only one would have taken the call.
        let names: Vec<_> = real.iter().map(|known| known.name()).collect();
        write!(
            f,
            "; several backends are compiled in ({}), so that it is not taken for one by itself: in a program that \
             lives in `{name}`, write `anyrt::runtime::Handle::native(\"{name}\")?.around(future).await`, or set \
             ANYRT_BACKEND={name}",
            names.join(", ")
        )?;
    }
    f.write_str(
        "; on a thread of your own, keep the runtime by `anyrt::runtime::try_current()?` and call inside \
         `Handle::enter`, or call through an `anyrt::thread::Portal`",
    )
}
