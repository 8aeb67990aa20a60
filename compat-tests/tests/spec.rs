//! The rules and the cases know of each other.

use std::{collections::BTreeSet, fs, path::Path};

use anyrt_compat_tests::{CASES, spec};

#[test]
fn every_rule_has_a_proof_and_says_why() {
    for rule in spec::rules() {
        let has_case = CASES.iter().any(|case| case.rules.contains(&rule.id));
        assert!(
            has_case || rule.mark().is_some(),
            "nothing proves {}",
            rule.id
        );
        let untested = rule
            .mark()
            .is_some_and(|mark| mark.starts_with("untested: "));
        assert!(
            !(has_case && untested),
            "{} is said to be untested",
            rule.id
        );
        assert!(!rule.why.is_empty(), "{} does not say why", rule.id);
    }
}

#[test]
fn a_test_that_a_rule_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for rule in spec::rules() {
        if let Some(path) = rule.mark().and_then(|mark| mark.strip_prefix("test: ")) {
            assert!(root.join(path).is_file(), "{} names {path}", rule.id);
        }
    }
}

#[test]
fn every_case_names_rules_that_exist() {
    let rules = spec::rules();
    for case in CASES {
        assert!(!case.rules.is_empty(), "{} proves nothing", case.id);
        for id in case.rules {
            let rule = rules.iter().find(|rule| rule.id == *id);
            let rule = rule.unwrap_or_else(|| panic!("{} proves {id}, which is no rule", case.id));
            if case.level.to_string() == "MUST" {
                assert_eq!(rule.level, "MUST", "{} demands more than {id}", case.id);
            }
        }
    }
}

#[test]
fn identities_are_unique_and_ascend() {
    let numbers = |ids: &[&str]| -> Vec<(String, u32)> {
        ids.iter()
            .map(|id| {
                let split = id.find(|c: char| c.is_ascii_digit()).expect("a number");
                (
                    id[..split].to_owned(),
                    id[split..].parse().expect("a number"),
                )
            })
            .collect()
    };
    let rules = spec::rules();
    let rules = numbers(&rules.iter().map(|rule| rule.id).collect::<Vec<_>>());
    for pair in rules.windows(2) {
        assert!(pair[0].0 != pair[1].0 || pair[0].1 < pair[1].1, "{pair:?}");
    }
    let cases: BTreeSet<_> = CASES.iter().map(|case| case.id).collect();
    assert_eq!(cases.len(), CASES.len(), "an identity is used twice");
}

#[test]
fn names_begin_with_their_identity() {
    for case in CASES {
        let prefix = case.id.replace('-', "").to_lowercase() + "_";
        assert!(
            case.name.starts_with(&prefix),
            "{} is {}",
            case.name,
            case.id
        );
    }
}

#[test]
fn rules_that_the_code_speaks_of_exist() {
    let rules = spec::rules();
    let mut unknown = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    visit(&root.join("src/cases"), &mut |path, text| {
        for (at, _) in text.match_indices("Rule ") {
            let id: String = text[at + 5..]
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect();
            if !rules.iter().any(|rule| rule.id == id) {
                unknown.push(format!("{}: {id}", path.display()));
            }
        }
    });
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn every_case_function_is_registered() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut missing = Vec::new();
    visit(&root.join("src/cases"), &mut |_, text| {
        for line in text.lines() {
            let Some(rest) = line
                .strip_prefix("pub async fn ")
                .or_else(|| line.strip_prefix("pub fn "))
            else {
                continue;
            };
            let name = rest.split('(').next().unwrap_or(rest);
            if !CASES.iter().any(|case| case.name == name) {
                missing.push(name.to_owned());
            }
        }
    });
    assert!(missing.is_empty(), "not in the registry: {missing:?}");
}

fn visit(folder: &Path, see: &mut dyn FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).expect("the sources are there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            visit(&path, see);
        } else {
            see(&path, &fs::read_to_string(&path).expect("UTF-8"));
        }
    }
}
