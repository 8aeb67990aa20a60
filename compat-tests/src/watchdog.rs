//! A case that never ends is a failure with a text, not a test run that never ends.

use std::{
    any::Any,
    panic::{self, AssertUnwindSafe},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

/// How a watched function ended.
pub(crate) enum Watched {
    Returned,
    Panicked(Box<dyn Any + Send>),
    /// It has not ended. Its thread is left behind.
    Hung,
}

/// Runs `f` on a thread of its own, and gives up on it after `patience`.
pub(crate) fn watch(name: &str, patience: Duration, f: impl FnOnce() + Send + 'static) -> Watched {
    let (ended, end) = mpsc::channel();
    let thread = thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || {
            let outcome = panic::catch_unwind(AssertUnwindSafe(f));
            // Nobody listens any more if the patience has run out.
            let _ = ended.send(outcome);
        })
        .expect("the system has a thread for a case");
    match end.recv_timeout(patience) {
        Ok(outcome) => {
            // Thread-locals are dropped with the thread, before the next case begins.
            let _ = thread.join();
            match outcome {
                Ok(()) => Watched::Returned,
                Err(payload) => Watched::Panicked(payload),
            }
        }
        Err(RecvTimeoutError::Timeout) => Watched::Hung,
        Err(RecvTimeoutError::Disconnected) => unreachable!("the thread sends before it ends"),
    }
}

/// What a panic said.
pub(crate) fn text_of(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else {
        "a panic whose payload is no text".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_three_endings_apart() {
        let soon = Duration::from_millis(20);
        let late = Duration::from_secs(60);
        assert!(matches!(watch("returns", late, || {}), Watched::Returned));
        let Watched::Panicked(payload) = watch("panics", late, || panic!("no")) else {
            panic!("a panic is told apart");
        };
        assert_eq!(text_of(&*payload), "no");
        let hang = || loop {
            thread::park();
        };
        assert!(matches!(watch("hangs", soon, hang), Watched::Hung));
    }
}
