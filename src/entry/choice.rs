//! Which backend a run uses (rule R3).

use std::env;

use super::RunError;

/// The variable that names the backend where the program does not.
pub(super) const VARIABLE: &str = "ANYRT_BACKEND";

/// A backend that this version of anyrt knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Tokio,
    Smol,
    AsyncStd,
    Sim,
}

impl Known {
    const ALL: [Self; 4] = [Self::Tokio, Self::Smol, Self::AsyncStd, Self::Sim];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Tokio => "tokio",
            Self::Smol => "smol",
            Self::AsyncStd => "async-std",
            Self::Sim => "sim",
        }
    }

    fn is_compiled_in(self) -> bool {
        match self {
            Self::Tokio => cfg!(feature = "tokio"),
            Self::Smol => cfg!(feature = "smol"),
            Self::AsyncStd => cfg!(feature = "async-std"),
            Self::Sim => cfg!(feature = "sim"),
        }
    }
}

/// The backend named by the program, else by the environment, else the only one compiled in.
pub(super) fn choose(named: Option<&str>) -> Result<Known, RunError> {
    if let Some(name) = named {
        return by_name(name);
    }
    match env::var_os(VARIABLE) {
        Some(name) if !name.is_empty() => by_name(&name.to_string_lossy()),
        _ => only(&compiled()),
    }
}

fn compiled() -> Vec<Known> {
    Known::ALL
        .into_iter()
        .filter(|known| known.is_compiled_in())
        .collect()
}

fn names(known: &[Known]) -> Vec<&'static str> {
    known.iter().map(|known| known.name()).collect()
}

fn by_name(name: &str) -> Result<Known, RunError> {
    match Known::ALL.into_iter().find(|known| known.name() == name) {
        Some(known) if known.is_compiled_in() => Ok(known),
        Some(known) => Err(RunError::NotCompiledIn {
            name: known.name(),
            compiled: names(&compiled()),
        }),
        None => Err(RunError::Unknown {
            name: name.to_owned(),
            compiled: names(&compiled()),
        }),
    }
}

/// The simulation counts only when it is alone: a test dependency must not make a choice ambiguous.
fn only(compiled: &[Known]) -> Result<Known, RunError> {
    let real: Vec<Known> = compiled
        .iter()
        .copied()
        .filter(|known| *known != Known::Sim)
        .collect();
    match (real.as_slice(), compiled) {
        ([one], _) | ([], [one]) => Ok(*one),
        ([], _) => Err(RunError::NoBackend),
        (several, _) => Err(RunError::Ambiguous {
            compiled: names(several),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::{Known, only};

    #[test]
    fn the_only_real_backend_is_taken_and_the_simulation_does_not_count() {
        assert_eq!(only(&[Known::Smol]).unwrap(), Known::Smol);
        assert_eq!(only(&[Known::Smol, Known::Sim]).unwrap(), Known::Smol);
        assert_eq!(only(&[Known::Sim]).unwrap(), Known::Sim);
    }

    #[test]
    fn several_are_listed_and_none_is_explained() {
        let text = only(&[Known::Tokio, Known::AsyncStd])
            .unwrap_err()
            .to_string();
        assert!(text.contains("(tokio, async-std)"), "{text}");
        assert!(text.contains("ANYRT_BACKEND"), "{text}");
        assert!(only(&[]).is_err());
    }
}
