//! One `#[test]` for each case, in whichever crate asks for them.

use crate::{CASES, Case, Harness, Outcome, verdict};

pub use crate::registry::names;

/// Makes one `#[test]` for each case of the suite, on the harness named.
///
/// See the [crate's page](crate). Two suites in one file go into two modules.
///
/// A waiver of a case that does not exist is an error at the waiver:
///
/// ```compile_fail,E0425
/// # struct MyHarness;
/// anyrt_compat_tests::suite!(MyHarness, waive { k999_no_such_case: "typing error" });
/// ```
///
/// Waived cases show as ignored, with the reason. Two more tests are made: one fails when a waiver is no
/// longer needed, and one lists what is skipped on this backend and checks that the claims behind it
/// are true.
#[macro_export]
macro_rules! suite {
    ($harness:ty) => {
        $crate::suite!($harness, waive {});
    };
    ($harness:ty, waive { $($name:ident : $reason:literal),* $(,)? }) => {
        $crate::__anyrt_each_case!([$harness] [$($name $reason)*]);
    };
}

/// The tests of [`suite!`]; `$d` is a dollar sign for the macro inside.
#[doc(hidden)]
#[macro_export]
macro_rules! __anyrt_suite {
    (($d:tt) [$harness:ty] [$($waived:ident $reason:literal)*] $($name:ident)*) => {
        // A waiver of a case that does not exist is an error at the waiver.
        $(const _: &str = $crate::names::$waived;)*

        macro_rules! __anyrt_case {
            $(($waived) => {
                #[test]
                #[ignore = $reason]
                fn $waived() {
                    $crate::check::<$harness>(stringify!($waived));
                }
            };)*
            ($d name:ident) => {
                #[test]
                fn $d name() {
                    $crate::check::<$harness>(stringify!($d name));
                }
            };
        }
        $(__anyrt_case!($name);)*

        #[test]
        fn waivers_are_still_needed() {
            $crate::waivers::<$harness>(&[$(stringify!($waived)),*]);
        }

        #[test]
        fn capabilities_rule_out_only_what_is_missing() {
            $crate::claims::<$harness>();
        }
    };
}

/// Runs one case, and panics with its text if it fails.
pub fn check<H: Harness>(name: &str) {
    match verdict::run::<H>(named(name)).outcome {
        Outcome::Passed => {}
        Outcome::Skipped(reason) => println!("skipped: {reason}"),
        Outcome::Failed(text) | Outcome::Hung(text) => panic!("{text}"),
    }
}

/// Panics if a waived case passes.
pub fn waivers<H: Harness>(waived: &[&str]) {
    let unneeded: Vec<&str> = waived
        .iter()
        .copied()
        .filter(|name| verdict::run::<H>(named(name)).outcome == Outcome::Passed)
        .collect();
    assert!(
        unneeded.is_empty(),
        "these cases pass on {}: delete their waivers: {unneeded:?}",
        H::NAME
    );
}

/// Lists what is skipped, and checks what can be checked of the claims behind it.
pub fn claims<H: Harness>() {
    let mut skipped = 0;
    for case in CASES {
        if let Some(reason) = verdict::skipped::<H>(case) {
            skipped += 1;
            println!("skipped on {}: {} ({reason})", H::NAME, case.name);
        }
    }
    println!(
        "{skipped} of {} cases are skipped on {}",
        CASES.len(),
        H::NAME
    );
    if !H::is_ambient() {
        claims::check(&crate::rig::Rig::of::<H>());
    }
}

mod claims {
    //! A capability that is denied must really be missing: otherwise cases would be skipped for nothing.

    use std::time::Duration;

    use crate::rig::Rig;

    pub(super) fn check(rig: &Rig) {
        let started = rig.start();
        let backend = started.backend();
        let capabilities = backend.capabilities();
        #[cfg(unix)]
        if !capabilities.descriptors() {
            let (one, _other) = std::os::unix::net::UnixStream::pair().expect("a socket pair");
            assert!(
                backend.register_boxed(one.into()).is_err(),
                "the backend says that it takes no descriptors, and takes one"
            );
        }
        if !capabilities.real_clock() {
            let began = backend.now();
            // Not to wait for anything: real time has to pass for a clock that follows it to show.
            std::thread::sleep(Duration::from_millis(2));
            assert_eq!(
                backend.now(),
                began,
                "the backend says that its clock is virtual, and it runs by itself"
            );
        }
        started.shutdown();
        if !capabilities.shutdown() {
            assert!(
                backend.spawn_boxed(Box::pin(async {})).is_ok(),
                "the backend says that it never ends, and has ended"
            );
        }
    }
}

fn named(name: &str) -> &'static Case {
    CASES
        .iter()
        .find(|case| case.name == name)
        .unwrap_or_else(|| panic!("there is no case named {name}"))
}
