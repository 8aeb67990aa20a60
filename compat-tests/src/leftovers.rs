//! What a case leaves behind: nothing.

use std::time::Duration;

use anyrt::debug::{Counts, counts};

/// What was alive before the case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Baseline(Counts);

impl Baseline {
    /// Taken inside the run.
    pub(crate) fn take() -> Self {
        Self(now())
    }

    /// Waits until everything that came since has gone, and panics if it does not go.
    ///
    /// A task counts until its last step, which may come just after the group that waited for it has
    /// returned; hence the patience.
    pub(crate) async fn check(self) {
        const TRIES: usize = 1000;
        for _ in 0..TRIES {
            if now() == self.0 {
                return;
            }
            anyrt::sleep(Duration::from_millis(2)).await;
        }
        panic!(
            "something is left after the case\n  before: {:?}\n  after:  {:?}",
            self.0,
            now()
        );
    }
}

fn now() -> Counts {
    counts().expect("the case runs inside a runtime")
}
