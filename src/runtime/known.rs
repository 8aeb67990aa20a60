//! The backends that this version of anyrt knows, and which of them a program has chosen.

use std::{env, ffi::OsString, sync::OnceLock};

/// The variable that names the backend where the program does not.
const VARIABLE: &str = "ANYRT_BACKEND";

/// A backend that this version of anyrt knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    Tokio,
    Smol,
    AsyncStd,
    Sim,
}

impl Known {
    const ALL: [Self; 4] = [Self::Tokio, Self::Smol, Self::AsyncStd, Self::Sim];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tokio => "tokio",
            Self::Smol => "smol",
            Self::AsyncStd => "async-std",
            Self::Sim => "sim",
        }
    }

    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    pub(crate) fn is_compiled_in(self) -> bool {
        match self {
            Self::Tokio => cfg!(feature = "tokio"),
            Self::Smol => cfg!(feature = "smol"),
            Self::AsyncStd => cfg!(feature = "async-std"),
            Self::Sim => cfg!(feature = "sim"),
        }
    }

    /// Those that are compiled in.
    pub(crate) fn compiled() -> Vec<Self> {
        let all = Self::ALL.into_iter();
        all.filter(|known| known.is_compiled_in()).collect()
    }

    /// Whether its runtime is there for every thread, without being entered or started.
    pub(super) fn works_from_any_thread(self) -> bool {
        matches!(self, Self::Smol | Self::AsyncStd)
    }
}

/// What the environment names; nothing where it is empty.
pub(crate) fn named_by_environment() -> Option<OsString> {
    env::var_os(VARIABLE).filter(|name| !name.is_empty())
}

/// The only one of `compiled` that a program can be meant to run on: the simulation counts only when it is alone, since a
/// test dependency must not make a choice ambiguous.
pub(crate) fn only(compiled: &[Known]) -> Option<Known> {
    match real(compiled).as_slice() {
        [one] => Some(*one),
        [] => compiled.first().copied(),
        _ => None,
    }
}

/// Without the simulation.
pub(crate) fn real(compiled: &[Known]) -> Vec<Known> {
    let all = compiled.iter().copied();
    all.filter(|known| *known != Known::Sim).collect()
}

/// The backend that takes calls from outside of every runtime, if one does.
///
/// Asked for once: a program's environment is what it was started in.
pub(super) fn outside() -> Option<Known> {
    static OUTSIDE: OnceLock<Option<Known>> = OnceLock::new();
    *OUTSIDE.get_or_init(|| {
        let named = named_by_environment();
        let named = named.and_then(|name| Known::by_name(name.to_str()?));
        chosen_outside(&Known::compiled(), named)
    })
}

/// The only one, or the one that the environment names, if it can.
fn chosen_outside(compiled: &[Known], named: Option<Known>) -> Option<Known> {
    let named = named.filter(|named| compiled.contains(named));
    only(compiled)
        .or(named)
        .filter(|known| known.works_from_any_thread())
}

#[cfg(test)]
mod tests {
    use super::{
        Known::{AsyncStd, Sim, Smol, Tokio},
        chosen_outside,
    };

    #[test]
    fn outside_of_every_runtime_the_only_one_takes_the_call() {
        assert_eq!(chosen_outside(&[Smol], None), Some(Smol));
        assert_eq!(chosen_outside(&[AsyncStd, Sim], None), Some(AsyncStd));
        assert_eq!(chosen_outside(&[Smol], Some(Tokio)), Some(Smol));
        for none in [&[][..], &[Tokio], &[Sim], &[Tokio, Sim]] {
            assert_eq!(chosen_outside(none, None), None, "{none:?}");
        }
    }

    #[test]
    fn of_several_the_one_that_is_named_takes_it() {
        assert_eq!(chosen_outside(&[Tokio, Smol], None), None);
        assert_eq!(chosen_outside(&[Smol, AsyncStd], None), None);
        assert_eq!(chosen_outside(&[Tokio, Smol], Some(Smol)), Some(Smol));
        assert_eq!(
            chosen_outside(&[Smol, AsyncStd], Some(AsyncStd)),
            Some(AsyncStd)
        );
        // One that is entered, started, or not there can not.
        for named in [Tokio, Sim, AsyncStd] {
            assert_eq!(chosen_outside(&[Tokio, Smol, Sim], Some(named)), None);
        }
    }
}
