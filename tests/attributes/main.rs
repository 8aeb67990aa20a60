//! `#[anyrt::main]` and `#[anyrt::test]`: what they make, and what they refuse.
//!
//! Which tests there are depends on the features that this is built with; `.ci/features` builds several.

#![cfg(feature = "macros")]

#[cfg(any(
    feature = "tokio",
    feature = "smol",
    feature = "async-std",
    feature = "sim"
))]
mod made;

/// Needs no backend: these arguments are refused before that is asked.
#[test]
fn what_is_refused_says_why() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/attributes/fail/*.rs");
    if cfg!(not(any(
        feature = "tokio",
        feature = "smol",
        feature = "async-std",
        feature = "sim"
    ))) {
        cases.compile_fail("tests/attributes/no_backend/*.rs");
    }
}
