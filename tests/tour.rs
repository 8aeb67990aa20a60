//! The tour says the same on every backend.
#![cfg(any(
    feature = "tokio",
    feature = "smol",
    feature = "async-std",
    feature = "sim"
))]

#[expect(dead_code, reason = "the tour reads no files")]
mod support;

use support::{Ending, backends, build, command};

const LINES: &str = "\
a future: ran 0 times before it was awaited, 1 time after
two tasks: A start, B start, B done, A done
ten sleeps, one after the other: at least their sum, 1.225s: true
ten sleeps, at once: at least the longest, 145ms, less than the sum: true
blocking on the worker: got None
blocking in to_thread: got Some(\"hello\")
the default limiter: 40 threads at once, set to 20
a group: returned 42 when its other 3 children were done
a failing child: the disk is full; the other was dropped where it waited
a deadline: None, and never before 50ms: true; what is quick gives Some(\"a value\")
a shield: None, but saved
";

#[test]
fn every_backend_shows_the_same() {
    let tour = build("tour");
    for backend in backends() {
        let ending = Ending::of(command(&tour, Some(backend)).output().unwrap());
        let expected = Ending {
            code: Some(0),
            out: LINES.to_owned(),
            errors: format!("backend: {backend}\n"),
        };
        assert_eq!(ending, expected);
    }
}
