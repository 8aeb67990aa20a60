//! Waiting for a token, and the guard that gives it back.

use std::{
    fmt,
    sync::Arc,
    task::{Context, Poll},
};

use super::{
    AlreadyBorrowed, Borrower, Limiter,
    state::{Entry, GivenUp},
};
use crate::wait_queue::Ticket;

/// A token lent to a guard: dropping it gives the token back, to the first who waits.
#[must_use = "the token goes back as soon as this is dropped"]
pub struct Token {
    limiter: Arc<Limiter>,
}

impl Token {
    /// A guard for a token that has been lent already.
    pub(super) fn new(limiter: Arc<Limiter>) -> Self {
        Self { limiter }
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        let waker = self.limiter.lock().give_back();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").finish_non_exhaustive()
    }
}

/// A guard's wait for a token; see [`Limiter::acquire`].
///
/// It enters the queue at its first poll, and leaves no trace when it is dropped.
#[derive(Debug)]
#[must_use = "nothing is borrowed until this is polled"]
pub struct Acquire {
    attempt: Attempt,
}

impl Acquire {
    pub(super) fn new(limiter: Arc<Limiter>) -> Self {
        Self {
            attempt: Attempt::new(limiter, None),
        }
    }

    /// Ready once a token has been lent.
    ///
    /// # Panics
    ///
    /// When it is polled again after that.
    #[track_caller]
    pub fn poll_acquire(&mut self, cx: &mut Context<'_>) -> Poll<Token> {
        self.attempt.poll(cx).map(|lent| {
            lent.expect("only a key can have a token already");
            Token::new(Arc::clone(&self.attempt.limiter))
        })
    }
}

/// A key's wait for a token; see [`Limiter::acquire_for`].
///
/// It enters the queue at its first poll, and leaves no trace when it is dropped before it was
/// ready.
#[derive(Debug)]
#[must_use = "nothing is borrowed until this is polled"]
pub struct AcquireFor {
    attempt: Attempt,
}

impl AcquireFor {
    pub(super) fn new(limiter: Arc<Limiter>, borrower: Borrower) -> Self {
        Self {
            attempt: Attempt::new(limiter, Some(borrower)),
        }
    }

    /// Ready once a token has been lent to the key, which has it until
    /// [`Limiter::release_for`] is called.
    ///
    /// # Errors
    ///
    /// [`AlreadyBorrowed`] if the key has a token or waits for one.
    ///
    /// # Panics
    ///
    /// When it is polled again after it was ready.
    #[track_caller]
    pub fn poll_acquire(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), AlreadyBorrowed>> {
        self.attempt.poll(cx)
    }
}

/// One wait for a token, from before the queue to after it.
struct Attempt {
    limiter: Arc<Limiter>,
    stage: Stage,
}

enum Stage {
    /// Not polled yet.
    New(Option<Borrower>),
    /// In the queue, still waiting or granted.
    Queued(Ticket),
    /// Ready: whatever was lent is no longer this attempt's.
    Done,
}

impl Attempt {
    fn new(limiter: Arc<Limiter>, borrower: Option<Borrower>) -> Self {
        Self {
            limiter,
            stage: Stage::New(borrower),
        }
    }

    #[track_caller]
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), AlreadyBorrowed>> {
        let mut state = self.limiter.lock();
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::New(borrower) => match state.enter(borrower, cx.waker()) {
                Ok(Entry::Lent) => Poll::Ready(Ok(())),
                Ok(Entry::Queued(ticket)) => {
                    self.stage = Stage::Queued(ticket);
                    Poll::Pending
                }
                Err(error) => Poll::Ready(Err(error)),
            },
            Stage::Queued(ticket) if state.is_granted(&ticket) => {
                state.collect(ticket);
                Poll::Ready(Ok(()))
            }
            Stage::Queued(ticket) => {
                let replaced = state.set_waker(&ticket, cx.waker());
                drop(state);
                drop(replaced);
                self.stage = Stage::Queued(ticket);
                Poll::Pending
            }
            Stage::Done => {
                drop(state);
                panic!("the wait for a token was polled after it was ready: make a new one")
            }
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let Stage::Queued(ticket) = std::mem::replace(&mut self.stage, Stage::Done) else {
            return;
        };
        let given_up = self.limiter.lock().give_up(ticket);
        match given_up {
            GivenUp::Queued(own) => drop(own),
            GivenUp::Granted(next) => {
                if let Some(next) = next {
                    next.wake();
                }
            }
        }
    }
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.stage {
            Stage::New(_) => "not polled yet",
            Stage::Queued(_) => "queued",
            Stage::Done => "done",
        })
    }
}
