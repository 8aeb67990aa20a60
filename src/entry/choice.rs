//! Which backend a run uses (rule R3).

use super::RunError;
use crate::runtime::known::{self, Known};

/// The backend named by the program, else by the environment, else the only one compiled in.
pub(super) fn choose(named: Option<&str>) -> Result<Known, RunError> {
    if let Some(name) = named {
        return by_name(name);
    }
    match known::named_by_environment() {
        Some(name) => by_name(&name.to_string_lossy()),
        None => only(&Known::compiled()),
    }
}

fn names(known: &[Known]) -> Vec<&'static str> {
    known.iter().map(|known| known.name()).collect()
}

fn by_name(name: &str) -> Result<Known, RunError> {
    let compiled = || names(&Known::compiled());
    match Known::by_name(name) {
        Some(known) if known.is_compiled_in() => Ok(known),
        Some(known) => Err(RunError::NotCompiledIn {
            name: known.name(),
            compiled: compiled(),
        }),
        None => Err(RunError::Unknown {
            name: name.to_owned(),
            compiled: compiled(),
        }),
    }
}

fn only(compiled: &[Known]) -> Result<Known, RunError> {
    match known::only(compiled) {
        Some(known) => Ok(known),
        None if compiled.is_empty() => Err(RunError::NoBackend),
        None => Err(RunError::Ambiguous {
            compiled: names(&known::real(compiled)),
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
        assert!(text.contains("backend = \"tokio\""), "{text}");
        assert!(text.contains("ANYRT_BACKEND"), "{text}");
        assert!(only(&[]).is_err());
    }
}
