//! A function on its way to a worker thread and back.

use std::{
    io, mem,
    panic::{self, AssertUnwindSafe, Location},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use anyrt_core::{Gone, limiter::Token, unhandled};

use super::{call::Ended, to_thread::ThreadError, worker::Caller};
use crate::{
    cancel::{Hold, LentHold},
    task::forget_panic,
};

/// The function to run.
pub(super) type Function<T> = Box<dyn FnOnce() -> T + Send>;

/// What caller and worker share.
pub(super) struct Job<T> {
    shared: Mutex<Shared<T>>,
    /// The call's, from when the job is submitted until the function has returned or was withdrawn.
    hold: LentHold,
    call: Arc<Caller>,
}

struct Shared<T> {
    stage: Stage<T>,
    waiter: Option<Waker>,
}

enum Stage<T> {
    /// In the pool's queue, or withdrawn from it when the function has been taken.
    Queued(Option<(Function<T>, Token)>),
    /// The worker runs it; the flag says that nobody will ask for the value.
    Running { abandoned: bool },
    /// For the caller to take.
    Ended(Ended<T>),
    /// The caller has taken it.
    Taken,
}

impl<T> Shared<T> {
    /// Takes out how the call has ended, once it has.
    fn take_ended(&mut self) -> Option<Ended<T>> {
        if !matches!(self.stage, Stage::Ended(_)) {
            return None;
        }
        match mem::replace(&mut self.stage, Stage::Taken) {
            Stage::Ended(ended) => Some(ended),
            _ => unreachable!("the stage was just looked at"),
        }
    }
}

impl<T: Send + 'static> Job<T> {
    /// Hands the function to the runtime's blocking pool; it was called at `place`.
    pub(super) fn submit(
        call: Arc<Caller>,
        place: &'static Location<'static>,
        function: Function<T>,
        token: Token,
        hold: &mut Hold,
    ) -> Arc<Self> {
        let job = Arc::new(Self {
            shared: Mutex::new(Shared {
                stage: Stage::Queued(Some((function, token))),
                waiter: None,
            }),
            hold: LentHold::default(),
            call,
        });
        hold.lend(&job.hold);
        let number = job.call.runtime().shared().job_begins(place);
        let errand = Errand(Arc::clone(&job), number);
        let submitted = job
            .call
            .handle()
            .spawn_blocking(place, move || errand.run());
        if let Err(error) = submitted {
            job.refuse(error);
        }
        job
    }

    /// What the worker brought back, once it has.
    pub(super) fn poll_ended(&self, cx: &mut Context<'_>) -> Poll<Ended<T>> {
        {
            let mut shared = self.lock();
            if let Some(ended) = shared.take_ended() {
                return Poll::Ready(ended);
            }
            let current = shared.waiter.as_ref();
            if current.is_some_and(|current| current.will_wake(cx.waker())) {
                return Poll::Pending;
            }
        }
        // On no lock: a waker's clone may run any code.
        let waker = cx.waker().clone();
        let (ended, unused) = {
            let mut shared = self.lock();
            match shared.take_ended() {
                Some(ended) => (Some(ended), Some(waker)),
                None => (None, shared.waiter.replace(waker)),
            }
        };
        unused.into_iter().for_each(unhandled::discard);
        ended.map_or(Poll::Pending, Poll::Ready)
    }

    /// Has the caller woken once the worker has brought something back, at once if it has already.
    pub(super) fn wake_when_ended(&self, cx: &mut Context<'_>) {
        let waker = cx.waker().clone();
        let unused = {
            let mut shared = self.lock();
            if let Stage::Ended(_) = shared.stage {
                Err(waker)
            } else {
                Ok(shared.waiter.replace(waker))
            }
        };
        match unused {
            Ok(replaced) => replaced.into_iter().for_each(unhandled::discard),
            Err(waker) => unhandled::wake(waker),
        }
    }

    /// What the call has lent.
    pub(super) fn hold(&self) -> &LentHold {
        &self.hold
    }

    /// Takes the function back, if the worker has not begun.
    pub(super) fn withdraw(&self) -> Option<(Function<T>, Token)> {
        match &mut self.lock().stage {
            Stage::Queued(function) => function.take(),
            _ => None,
        }
    }

    /// The caller leaves: an unstarted function is dropped, a running one loses its audience, and hears of it.
    pub(super) fn abandon(&self) {
        self.call.abandon();
        let (function, ended, waiter) = {
            let mut shared = self.lock();
            let waiter = shared.waiter.take();
            match &mut shared.stage {
                Stage::Queued(function) => (function.take(), None, waiter),
                Stage::Running { abandoned } => {
                    *abandoned = true;
                    (None, None, waiter)
                }
                Stage::Ended(_) => (None, shared.take_ended(), waiter),
                Stage::Taken => (None, None, waiter),
            }
        };
        waiter.into_iter().for_each(unhandled::discard);
        // In this order: the function goes before its token is free again.
        if let Some((function, token)) = function {
            forget_panic(function);
            drop(token);
        }
        drop(ended);
    }

    /// The pool took nothing; the function is dropped here if the errand has not done it.
    fn refuse(&self, error: io::Error) {
        let gone = error.get_ref().is_some_and(|source| source.is::<Gone>());
        let error = if gone {
            ThreadError::Gone
        } else {
            ThreadError::NoThread(error)
        };
        // The caller is just about to ask.
        self.hold.take_back();
        self.end(None, Ended::NotRun(error));
    }

    /// Leaves the ending for the caller, or drops it if there is none. The token is free before the
    /// caller hears of it; the hold goes last, so that a scope that ends then has the ending to give.
    fn end(&self, token: Option<Token>, ended: Ended<T>) {
        drop(token);
        let (unwanted, previous, waiter) = {
            let mut shared = self.lock();
            if let Stage::Running { abandoned: true } | Stage::Taken = shared.stage {
                (Some(ended), None, None)
            } else {
                let previous = mem::replace(&mut shared.stage, Stage::Ended(ended));
                (None, Some(previous), shared.waiter.take())
            }
        };
        forget_panic((unwanted, previous));
        waiter.into_iter().for_each(unhandled::wake);
        self.hold.land();
    }

    fn lock(&self) -> MutexGuard<'_, Shared<T>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The worker's side: runs the function once, or reports that it was never run.
struct Errand<T: Send + 'static>(Arc<Job<T>>, usize);

impl<T: Send + 'static> Errand<T> {
    fn run(self) {
        let Some((function, token)) = self.begin() else {
            return;
        };
        let call = &self.0.call;
        let result = call.run(|| panic::catch_unwind(AssertUnwindSafe(function)));
        let ended = match result {
            Ok(value) => Ended::Returned(value),
            Err(payload) => Ended::Panicked(payload),
        };
        self.0.end(Some(token), ended);
    }

    fn begin(&self) -> Option<(Function<T>, Token)> {
        let mut shared = self.0.lock();
        let Stage::Queued(function) = &mut shared.stage else {
            return None;
        };
        let function = function.take()?;
        shared.stage = Stage::Running { abandoned: false };
        Some(function)
    }
}

impl<T: Send + 'static> Drop for Errand<T> {
    fn drop(&mut self) {
        // Still queued: the pool dropped the errand without running it.
        if let Some((function, token)) = self.0.withdraw() {
            forget_panic(function);
            self.0.end(Some(token), Ended::NotRun(ThreadError::Gone));
        }
        self.0.call.runtime().shared().job_ends(self.1);
    }
}
